/* TensorBoard's event files: a log is a folder with a file of events, which may be looked at while it grows.
 */
#ifndef HONE_FORMATS_EVENTS_H
#define HONE_FORMATS_EVENTS_H

#include "base/error.h"
#include "base/text.h"
#include "fields/config.h"

typedef struct hone_event_log hone_event_log;

/* Makes the folder and in it a new file, events.out.tfevents.SECONDS.HOST.PROCESS.NUMBER.v2. */
hone_event_log *hone_internal_event_log_open(const char *folder);
/* What was added reaches the file; NULL is fine. */
hone_status hone_internal_event_log_flush(hone_event_log *log);
hone_status hone_internal_event_log_close(hone_event_log *log); /* with a last flush; accepts NULL */

hone_status hone_internal_event_log_scalar(hone_event_log *log, const char *tag, double value, int64_t step);
/* 30 equal bins from the least to the greatest of the finite numbers, the last one closed; when all are
 * equal, all edges are that number and the last bin has the count. */
hone_status hone_internal_event_log_histogram(hone_event_log *log, const char *tag, const float *numbers,
                                              int64_t count, int64_t step);
/* A picture or several of one size, each as the bytes of a PNG file. */
typedef struct hone_event_image {
    void *data;
    size_t bytes;
} hone_event_image;
hone_status hone_internal_event_log_images(hone_event_log *log, const char *tag, int64_t width,
                                           int64_t height, const hone_event_image *images, size_t count,
                                           int64_t step);
/* The model's JSON, as Keras logs it: the conceptual graph of the Graphs page. */
hone_status hone_internal_event_log_keras_graph(hone_event_log *log, const char *json);
/* The same as a graph of operations, which the Graphs page shows first: nodes are added to a text one after
 * the other, their inputs by name. -1 in `sizes` is an open size. */
typedef struct hone_event_node {
    const char *name, *operation;
    const char *const *inputs;
    size_t input_count;
    const int64_t *sizes; /* of the output */
    size_t rank;
} hone_event_node;
hone_status hone_internal_event_graph_add(hone_text *graph, const hone_event_node *node);
hone_status hone_internal_event_log_graph(hone_event_log *log, const hone_text *graph);
/* Hyper-parameters: a map of numbers, booleans and texts (others are left out), for the HParams page; and how
 * the run ended. */
hone_status hone_internal_event_log_hyperparameters(hone_event_log *log, const hone_config *map);
hone_status hone_internal_event_log_end(hone_event_log *log, bool success);

/* Event files from memory: the log's file is `data`, whole records from its start; a truncated last one, as
 * live files have it, is skipped quietly. Returns the number of records, or a status. For tests. */
int64_t hone_internal_event_records(const void *data, size_t bytes);

#endif
