/* The activations that work along an axis, for the table in activations.c. */
#ifndef HONE_ACTIVATIONS_ROWS_H
#define HONE_ACTIVATIONS_ROWS_H

#include <hone/extend.h>

extern const hone_activation_type hone_internal_glu_activation;
extern const hone_activation_type hone_internal_softmax_activation;
extern const hone_activation_type hone_internal_log_softmax_activation;
extern const hone_activation_type hone_internal_sparsemax_activation;

/* max(x - t, 0) along an axis, counted from 0, with t such that the sum is 1. */
hone_value hone_internal_sparsemax(hone_graph *graph, hone_value x, int axis);

#endif
