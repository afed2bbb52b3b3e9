/* The files of C source: source.c puts them together, samples.c writes the self-test. */
#ifndef HONE_CSOURCE_SOURCE_H
#define HONE_CSOURCE_SOURCE_H

#include "csource/words.h"
#include "train/feed.h"
#include <hone/export.h>

typedef struct hone_c_writer {
    hone_c_program program;
    hone_c_program exact; /* with calibration: the same with int8 weights alone */
    hone_c_words words;
    char prefix[64], upper[64];
    char **names; /* of the slots, as in words */
    int64_t samples;
    hone_dataset *data; /* or NULL */
    hone_text arrays, source, header;
    hone_c_source report;
} hone_c_writer;

/* "INPUT" with one input, else "INPUT_IMAGE". `end`: "INPUT" or "OUTPUT". */
void hone_internal_c_end_name(const hone_c_writer *writer, const char *end, int number, char *buffer,
                              size_t size);
/* `count` numbers as rows of an array's braces. */
void hone_internal_c_write_floats(hone_text *text, const float *numbers, int64_t count);
/* The constants of the program, into the arrays. */
void hone_internal_c_write_arrays(hone_c_writer *writer);
/* int8_ranges.c: the program over bytes, by the ranges that the exact one is seen to have over at most
 * HONE_C_CALIBRATION samples of the data, evenly spread. */
enum { HONE_C_CALIBRATION = 1000 };
hone_status hone_internal_c_calibrate(hone_c_writer *writer, hone_dataset *data);
/* Feeds a sample of data, checked, to a program. */
hone_status hone_internal_c_feed(hone_c_program *program, hone_dataset *data, int64_t index);
/* What is kept from call to call (states.c), when there is any: its reset into the source, its struct into
 * the header. */
void hone_internal_c_write_reset(hone_c_writer *writer);
void hone_internal_c_write_states(hone_c_writer *writer);
/* A text of the user's as one of C: letters beyond ASCII in octal, so that no encoding is assumed; a list of
 * them, which ends its array. */
void hone_internal_c_write_string(hone_text *text, const char *words);
void hone_internal_c_write_strings(hone_text *text, const hone_config *list);
/* What outputs mean (classes.c): names of classes and labels, thresholds. */
void hone_internal_c_write_classes(hone_c_writer *writer);
/* A model of a table (table.c): whether it has a function for rows, which the functions then include; that
 * function. */
bool hone_internal_c_has_rows(hone_c_writer *writer);
hone_status hone_internal_c_write_rows(hone_c_writer *writer);
/* main() and its samples. */
hone_status hone_internal_c_write_test(hone_c_writer *writer);
/* int8 against float32 weights over the data, into the report. */
hone_status hone_internal_c_measure(hone_c_writer *writer);

#endif
