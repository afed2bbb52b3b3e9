/* The words of C source: calls of functions, and the functions. */
#ifndef HONE_CSOURCE_WORDS_H
#define HONE_CSOURCE_WORDS_H

#include "base/text.h"
#include "csource/program.h"

/* What is written so far. */
typedef struct hone_c_words {
    const hone_c_program *program;
    const char *prefix;
    const char *const *names; /* of each slot: an array, a parameter; NULL for work space */
    hone_text functions;      /* in the order of their first use, each behind those that it calls */
    hone_text body;           /* the calls */
    char **defined;           /* names of the functions */
    int function_count, calls;
    size_t function_capacity;
} hone_c_words;

/* Letters, digits and _ from here on. */
size_t hone_internal_c_word_length(const char *at);

/* Writes a step into the body, and its functions. An error names the layer. */
hone_status hone_internal_c_words_step(hone_c_words *words, const hone_c_step *step);
void hone_internal_c_words_free(hone_c_words *words);

/* ---- for the families (forms.h) ---- */

hone_status hone_internal_c_fail_step(const hone_c_step *step); /* cannot be said */
/* A call by a pattern ("op_fill($0, #n, %0)"), and the function that it names. */
void hone_internal_c_call(hone_c_words *words, const hone_c_step *step, const char *pattern);
/* "    net_" of a call, and parts of one. */
void hone_internal_c_begin_call(hone_c_words *words);
void hone_internal_c_operand(hone_c_words *words, int slot);
bool hone_internal_c_has_bytes(const hone_c_words *words, int slot);

/* All of csource/functions/, one file after the other. */
extern const char hone_internal_c_functions[];
/* Whether there is a function of that name, and, when it is not there yet, adds it with those that it calls.
 */
bool hone_internal_c_use(hone_c_words *words, const char *name);
/* Adds a function made by a family when there is none of that name yet; frees its text. */
hone_status hone_internal_c_define(hone_c_words *words, const char *name, hone_text *source);

/* A float that reads back as itself: "0.1f", "-INFINITY". At least 32 bytes. */
void hone_internal_c_number(float number, char *buffer, size_t size);
/* An expression of a kernel list as float source; false when it holds an unknown word. Functions of libm get
 * their f, helpers become fn_NAME. */
bool hone_internal_c_formula(hone_c_words *words, const char *expression, hone_text *text);
bool hone_internal_c_formula_uses(const char *expression, char parameter);

/* Loops over a result in order, with strides of the operands a and b: a block that begins with `to`, `a`, `b`
 * and loops, its innermost statement to follow. `walk` is collapsed: axes of size 1 go, and neighbours that
 * both operands walk as one become one. */
hone_strides hone_internal_c_collapse(const hone_strides *walk);
/* y: -1 for one operand. `statements`: several stand within, in braces. */
void hone_internal_c_begin_loops(hone_c_words *words, const hone_strides *walk, int result, int x, int y,
                                 bool statements);
/* "a[i0 * 3 + i1 + 5]" */
void hone_internal_c_element(hone_c_words *words, const char *name, int64_t offset, const hone_strides *walk,
                             const int64_t *strides);

#endif
