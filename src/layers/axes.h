/* Lists of axes, as several layers take them. */
#ifndef HONE_LAYERS_AXES_H
#define HONE_LAYERS_AXES_H

#include "layers/layer.h"

/* Axes given from 0 or from the end, sorted and counted from 0. Returns how many, or a status. */
int hone_internal_axes_resolve(const int64_t *axes, hone_shape shape, int *resolved);
/* The same, of none given all of them. */
int hone_internal_axes_or_all(const int64_t *axes, hone_shape shape, int *resolved);
/* The order of axes that moves these to the end (in their order), and the order back. */
void hone_internal_axes_to_end(const int *axes, int count, int rank, int *order, int *back);
/* x with these axes moved to the end; x itself when they are there. */
hone_value hone_internal_axes_move(hone_graph *graph, hone_value x, const int *order);
/* The softmax over these axes together, which are moved to the end and made one for it. */
hone_value hone_internal_axes_softmax(hone_graph *graph, hone_value x, const int *axes, int count);
/* HONE_ERROR_UNSUPPORTED where steps come one at a time and an axis, counted from 0, is theirs. */
hone_status hone_internal_axes_step(const hone_graph *graph, const int *axes, int count, int rank);

#endif
