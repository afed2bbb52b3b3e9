/* Variables: weights, moving statistics and optimizer slots. Counted; each owns a span of a block, so that a
 * model's weights (or an optimizer's slots) are one piece of memory. */
#ifndef HONE_GRAPH_VARIABLE_H
#define HONE_GRAPH_VARIABLE_H

#include "base/error.h"
#include <hone/array.h>
#include <hone/graph.h>

typedef struct hone_block hone_block; /* counted memory, aligned to 64 bytes, zeroed */

/* How much memory the weights of one file may ask for together: no more than its own weights could fill.
 * Counted: the layers of the file and their variables hold it. Lifted when the file has been read; from then
 * on it allows anything. */
typedef struct hone_allowance hone_allowance;
hone_allowance *hone_internal_allowance_create(size_t bytes);
hone_allowance *hone_internal_allowance_retain(hone_allowance *allowance); /* accepts NULL */
void hone_internal_allowance_lift(hone_allowance *allowance); /* gives up a reference, too; accepts NULL */
void hone_internal_allowance_free(hone_allowance *allowance); /* gives up a reference; accepts NULL */

struct hone_variable {
    int references;
    char *name; /* "kernel" */
    char *path; /* "dense/kernel"; NULL until the model names its layers */
    hone_shape shape;
    float *memory; /* NULL until placed; as `panels` says. Others ask hone_internal_variable_data */
    hone_block *block;
    hone_allowance *allowance; /* of the file that asks for it; NULL: any */
    bool panels;               /* lies in panels (kernels/panels.h), as plans want it; else row by row */
    bool held;                 /* somebody has its address: stays row by row */
    bool created_trainable;    /* as its layer said: decides the order in files */
    bool trainable;            /* now: its own flag and its layer's */
    bool integer;              /* a scalar that files store as int32 */
    bool retired;              /* another has taken its place: plans that know it are made again */
    bool fresh;                /* holds what its initializer drew and nothing else */
    char *initializer, *regularizer, *constraint; /* spec strings or NULL */
    int64_t input_axes, output_axes;              /* bit sets for the fans, 0: by the shape's rank */
    int64_t ones_begin, ones_end;                 /* elements that start as 1 whatever the initializer is */
    hone_variable *lora_a, *lora_b; /* of a weight that a low-rank adaptation adds to: a reference to each */
    double lora_scale;              /* lora_alpha / lora_rank */
    hone_variable *lora_past[2];    /* two that were merged: other models may still know them */
    hone_dtype stored; /* in files: HONE_INT8, whole numbers of a quantised weight; else HONE_FLOAT32 */
    int packed;  /* of those: 1 + the axis along which a byte has two of four bits; 0: a byte for each */
    bool adapts; /* is one of such two: files of Keras have it merged */
};

hone_variable *hone_internal_variable_create(const char *name, hone_shape shape, const char *initializer);
hone_variable *hone_internal_variable_retain(hone_variable *variable);
void hone_internal_variable_free(hone_variable *variable);           /* gives up a reference */
int64_t hone_internal_variable_count(const hone_variable *variable); /* elements */

/* Its numbers with what a low-rank adaptation adds: W + scale A B; W alone where there is none. */
void hone_internal_variable_merge(const hone_variable *variable, float *numbers);
/* Adds to `numbers`, as many as the variable has, what its low-rank adaptation adds; nothing without one. */
void hone_internal_variable_adapt(const hone_variable *variable, float *numbers);

/* Places variables that have no memory yet next to each other in one new block, each aligned to 64 bytes,
 * zeroed. HONE_ERROR_FORMAT when that is more than the allowance of one of them. */
hone_status hone_internal_variables_place(hone_variable *const *variables, size_t count);
/* Elements begin .. end-1 of a placed variable, in its memory, which lives on with them: a vector with its
 * name. Both lie row by row while they are used; NULL on failure. */
hone_variable *hone_internal_variable_part(hone_variable *variable, int64_t begin, int64_t end);
/* Elements begin .. end-1 are not needed, nor is their memory: they hold anything from now on. */
void hone_internal_variable_forget(hone_variable *variable, int64_t begin, int64_t end);
/* The numbers row by row, to read and write until the next plan runs. NULL before it is placed. */
float *hone_internal_variable_data(const hone_variable *variable);
/* The same, to keep: it stays row by row from now on. */
float *hone_internal_variable_hold(hone_variable *variable);

/* Sees to it that a matrix can be turned into panels and back at any time, even when there is no memory left.
 */
hone_status hone_internal_variable_reserve(hone_variable *variable);
/* Turns a variable into panels, for which room is reserved, or rows. */
void hone_internal_variable_arrange(hone_variable *variable, bool panels);

#endif
