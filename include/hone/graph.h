/* Recording computations. A layer's call, a loss and a metric do not compute: they record operations on
 * symbolic values into a graph, which a plan then schedules and runs. Values are identified by
 * numbers; HONE_NO_VALUE means an earlier failure (with its message) and is passed on by every operation, so
 * one check at the end is enough. */
#ifndef HONE_GRAPH_H
#define HONE_GRAPH_H

#include <hone/args.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hone_graph hone_graph;
typedef struct hone_variable hone_variable;

typedef int hone_value;
enum { HONE_NO_VALUE = -1 };

/* Sizes along each axis; HONE_ANY for a variable size (only while a model is built). */
typedef struct hone_shape {
    int rank;
    int64_t size[HONE_MAX_RANK];
} hone_shape;

/* hone_shape_of(2, rows, columns) without counting by hand: HONE_SHAPE(rows, columns). */
#ifndef __cplusplus
#define HONE_SHAPE(...) \
    ((hone_shape){.rank = (int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), .size = {__VA_ARGS__}})
#endif

hone_shape hone_value_shape(const hone_graph *graph, hone_value value); /* rank 0 for HONE_NO_VALUE */
/* The size on an axis; a negative axis counts from the end. */
int64_t hone_value_size(const hone_graph *graph, hone_value value, int axis);
bool hone_graph_training(
    const hone_graph *graph); /* recorded for training (with dropout and batch statistics) */

/* The mask of a value (1 for steps that count, 0 for padding), or HONE_NO_VALUE without an
 * error. */
hone_value hone_value_mask(const hone_graph *graph, hone_value value);
void hone_value_set_mask(hone_graph *graph, hone_value value, hone_value mask);

/* A variable (weight) as a value. */
hone_value hone_graph_variable(hone_graph *graph, hone_variable *variable);

#ifdef __cplusplus
}
#endif
#endif
