/* The data set inside: components that are arrays, rows of files, or what a node makes of other data sets. */
#ifndef HONE_DATA_INSIDE_H
#define HONE_DATA_INSIDE_H

#include "data/dataset.h"
#include "formats/rows.h"
#include <stdatomic.h>

/* One input, target, or the weights. */
typedef struct component {
    hone_array array; /* a view: of these samples alone; no data when they are in a file or made by a node */
    size_t width;     /* numbers in a sample */
    char *name, *label;
    char place[20];    /* "x[3]" */
    hone_array *owned; /* what the view looks at, when it is not borrowed by the caller */
    hone_rows *rows;   /* where they are, when not in memory */
    bool coded;        /* numbers are codes of ids (tensor/ids.h) */
    bool mine;         /* texts, `owned` and `rows` are this data set's, not its parent's */
} component;

typedef struct components {
    component *items;
    int count;
    size_t room;
} components;

/* What makes samples of other data sets' samples. Its functions may be called by several threads at once. */
typedef struct hone_data_node hone_data_node;
typedef struct hone_data_node_type {
    const char *name;
    /* Samples rows[0 .. count-1] of the node's into batch->data. */
    hone_status (*fill)(hone_data_node *node, const hone_data_sweep *sweep, const int64_t *rows,
                        int64_t count, const hone_made_batch *batch);
    uint64_t (*fingerprint)(const hone_data_node *node, uint64_t start, hone_status *status);
    void (*free)(hone_data_node *node);
    bool orders; /* the samples come in an order of its own */
} hone_data_node_type;
struct hone_data_node {
    const hone_data_node_type *type;
    hone_dataset *from[2]; /* references; the second of a concatenation alone */
};

struct hone_dataset {
    atomic_int references;
    hone_dataset *parent; /* whose arrays and texts this one uses, or NULL */
    components kinds[3];  /* HONE_COMPONENT_INPUT, _TARGET, _WEIGHT; of a stream: those of its last batch */
    int64_t first, count; /* which of the samples of files and nodes */
    hone_data_node *node; /* its own when it has no parent; or NULL */
    int64_t batch_size;   /* or 0: the caller decides */
    bool drop_remainder;
    int prefetch;        /* batches; -1: nobody has said */
    hone_config *schema; /* its own (schema.h), or NULL: then the parent's counts */
    int64_t skipped;     /* pictures, and why the first was */
    char *first_skipped;
    int32_t *groups; /* its own, of each sample; or NULL */
    int32_t group_count;
    bool standardize;          /* standardize.h: not done yet */
    char *notes;               /* what looked wrong when it was read, or NULL */
    hone_config *names;        /* of the samples, or NULL */
    const char *preprocessing; /* how hone_dataset_preprocess changed its images, or NULL; not owned */
    int64_t one_hot;           /* classes that hone_dataset_one_hot made rows of, or 0 */
    double scale;
    float bytes[256];     /* each byte, times the scale */
    float scale_parts[2]; /* see scale_bytes */
    bool parts_serve;

    hone_batch_function *next; /* of a stream, else NULL */
    void *context;
    void (*release)(void *context);
    hone_batch batch;
};

hone_dataset *hone_internal_dataset_new(double scale); /* without anything in it; 0 is taken as 1 */
/* One more input, target or weight, empty; NULL on failure. */
component *hone_internal_components_add(hone_dataset *dataset, int kind);
void hone_internal_dataset_prepare_bytes(hone_dataset *dataset); /* `bytes` and so on, from the scale */
uint64_t hone_internal_hash_number(uint64_t start, int64_t number);
/* FNV-1a of numbers of `size` bytes, the same on every machine: hash = (hash ^ byte) * prime. */
#define HONE_HASH_START 0xcbf29ce484222325u
uint64_t hone_internal_hash_numbers(uint64_t start, const void *numbers, size_t count, size_t size);
/* A data set of a node, which is taken over (also on failure): float32 components like those of `like`,
 * `count` samples. */
hone_dataset *hone_internal_dataset_of_node(hone_data_node *node, const hone_dataset *like, int64_t count);
/* Another data set with the same samples; the first one is kept alive. NULL passes on an earlier failure. */
hone_dataset *hone_internal_dataset_share(hone_dataset *dataset);
/* All samples of a stream's epoch 0, in scratch files; takes the stream over, also on failure. */
hone_dataset *hone_internal_dataset_collect(hone_dataset *dataset);
/* A zeroed node of `bytes` with one data set behind it, which is taken over (also on failure). */
hone_data_node *hone_internal_node_create(const hone_data_node_type *type, size_t bytes, hone_dataset *from);
/* Lets go of the data sets that it is made from, too. */
void hone_internal_node_free(hone_data_node *node);
/* Its name and what is behind it. */
uint64_t hone_internal_node_hash(const hone_data_node *node, uint64_t start, hone_status *status);
/* False, with a message, for NULL and for what has no numbered samples. */
bool hone_internal_dataset_check_indexed(const hone_dataset *dataset, const char *what);

/* How many of the `count` rows follow each other from the i-th on: rows NULL means all. */
int64_t hone_internal_run_of_rows(const int64_t *rows, int64_t i, int64_t count);

/* Which way an image of bytes is turned on its way to floats. */
enum { HONE_FLIP_COLUMNS = 1, HONE_FLIP_ROWS = 2 };
/* Whether input 0 is images [h, w] or [h, w, c] of bytes in memory, which can be turned as such. */
bool hone_internal_dataset_holds_bytes(const hone_dataset *dataset);
/* Samples rows[0 .. count-1] of such a data set, the i-th of input 0 turned by flips[i]. */
hone_status hone_internal_dataset_fill_flipped(const hone_dataset *dataset, const int64_t *rows,
                                               int64_t count, const unsigned char *flips,
                                               const hone_made_batch *batch);

/* The array and its count of samples against those of the others; `kind` is a hone_component_kind. */
hone_status hone_internal_dataset_check_component(hone_dataset *dataset, int kind, int index);

/* Weights of samples or of their steps that were read from files: finite, at least 0 (parts.c). */
hone_status hone_internal_check_weights(const hone_array *weights, const char *label);

#endif
