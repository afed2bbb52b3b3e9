/* Steps of optimizers, as optimizers record them. */
#ifndef HONE_OPS_OPTIMIZER_H
#define HONE_OPS_OPTIMIZER_H

#include "ops/ops.h"

/* One step of an optimizer on a variable: `kernel` (HONE_KERNEL_step_...), gradient (may be HONE_NO_VALUE for
 * kernels that do not read it), slots, and where its numbers will stand when the plan runs. */
hone_status hone_internal_op_optimizer_step(hone_graph *graph, hone_kernel_index kernel,
                                            hone_variable *variable, hone_value gradient,
                                            hone_variable *const *slots, int slot_count,
                                            const double *numbers);

#endif
