/* What losses and metrics share: fitting targets to predictions, and weights to values. */
#ifndef HONE_OPS_TARGETS_H
#define HONE_OPS_TARGETS_H

#include "base/error.h"
#include "graph/graph.h"
#include <hone/extend.h>

/* As Keras fixes ranks: when ranks differ by 1 and the larger ends in an
 * axis of size 1, the smaller gets that axis too if it has rank 1, else the larger loses it. */
hone_status hone_internal_align_ranks(hone_graph *graph, hone_value *y_true, hone_value *y_pred);

/* Class ids of shape (..., 1) beside predictions (..., C) lose their last axis. */
hone_value hone_internal_align_ids(hone_graph *graph, hone_value ids, hone_value y_pred);

/* The input that class ids come from may hold 0 .. classes - 1 only; the feeder checks. */
void hone_internal_check_classes(hone_graph *graph, hone_value ids, int64_t classes);

/* HONE_ERROR_SHAPE "targets of shape (4, 3) do not match predictions of shape (4, 5)" unless both are of one
 * shape. */
hone_status hone_internal_same_targets(const hone_graph *graph, hone_value y_true, hone_value y_pred);
hone_status hone_internal_fail_targets(const hone_graph *graph, hone_value y_true, hone_value y_pred);

/* Weights (or a mask) as a value that broadcasts to values of `shape`: their axes belong to the first axes
 * of the values, so that weights of rank 1 are one for each sample; axes of size 1 at their end that the
 * values lack are dropped. */
hone_value hone_internal_fit_weights(hone_graph *graph, hone_value weights, hone_shape shape,
                                     const char *what);
/* The product of two of these, either of which may be HONE_NO_VALUE; HONE_NO_VALUE without an error when
 * both are. */
hone_value hone_internal_join_weights(hone_graph *graph, hone_value a, hone_value b);

/* The values of a loss: ranks fixed, the loss's own record, its name in errors. */
hone_value hone_internal_loss_values(const hone_loss_type *type, const void *args, hone_graph *graph,
                                     hone_value y_true, hone_value y_pred);

/* "binary", "sparse_categorical" or "categorical": what "accuracy" and "crossentropy" stand for, by shapes
 * alone. */
const char *hone_internal_kind_by_shapes(hone_shape y_true, hone_shape y_pred);

#endif
