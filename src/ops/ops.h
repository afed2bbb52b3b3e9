/* What operations share, and the ones that only the library records. */
#ifndef HONE_OPS_OPS_H
#define HONE_OPS_OPS_H

#include "graph/op.h"
#include "plan/step.h"
#include <hone/ops.h>

/* HONE_NO_VALUE with "add: shapes (2, 3) and (4,) do not fit". */
hone_status hone_internal_fail_shapes(const char *what, hone_shape a, hone_shape b);

/* Sums x over the axes along which `shape` was broadcast to x's shape: the gradient of a broadcast. */
hone_value hone_internal_op_reduce_to(hone_graph *graph, hone_value x, hone_shape shape);

/* An element-wise function by its kernel. */
hone_value hone_internal_op_unary(hone_graph *graph, hone_kernel_index kernel, hone_value x,
                                  hone_parameters parameters);

/* What that function was applied to, when `value` comes straight from it; else HONE_NO_VALUE (no error). */
hone_value hone_internal_op_unary_input(const hone_graph *graph, hone_value value, hone_kernel_index kernel);

/* The index of a named function in its family, or -1 with an error. */
int hone_internal_unary_find(const char *name);

/* One step of an optimizer on a variable: `kernel` (HONE_KERNEL_step_...), gradient (may be HONE_NO_VALUE for
 * kernels that do not read it), slots, and where its numbers will stand when the plan runs. */
hone_status hone_internal_op_optimizer_step(hone_graph *graph, hone_kernel_index kernel,
                                            hone_variable *variable, hone_value gradient,
                                            hone_variable *const *slots, int slot_count,
                                            const double *numbers);

/* Metrics: adds to a state of doubles at a fixed address. weights may be HONE_NO_VALUE. */
hone_status hone_internal_op_accumulate_mean(hone_graph *graph, double *state, hone_value values,
                                             hone_value weights, double factor);
hone_status hone_internal_op_accumulate_columns(hone_graph *graph, double *state, hone_value values,
                                                hone_value weights);
hone_status hone_internal_op_accumulate_confusion(hone_graph *graph, double *state, hone_value targets,
                                                  hone_value predictions, hone_value weights,
                                                  const double *thresholds, int64_t threshold_count,
                                                  bool per_label);
hone_status hone_internal_op_accumulate_classes(hone_graph *graph, double *state, hone_value targets,
                                                hone_value predictions, hone_value weights, int64_t classes);

/* The value that a softmax over the last axis was applied to, when `value` comes straight from one; else
 * HONE_NO_VALUE (no error). */
hone_value hone_internal_op_softmax_input(const hone_graph *graph, hone_value value);
/* Cross-entropy of softmax(z) with rows of target weights t [rows, C], z [rows, C], p = softmax(z): the
 * values are recorded by the caller; this node passes `values` on and gives the gradient (p sum(t) - t) to z.
 */
hone_value hone_internal_op_softmax_crossentropy(hone_graph *graph, hone_value logits,
                                                 hone_value probabilities, hone_value targets,
                                                 hone_value values);

#endif
