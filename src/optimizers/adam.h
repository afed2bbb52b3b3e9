/* What Adam shares with AdamW and Muon. */
#ifndef HONE_OPTIMIZERS_ADAM_H
#define HONE_OPTIMIZERS_ADAM_H

#include "optimizers/optimizer.h"

/* Slots momentum and velocity of each variable; then, with amsgrad, velocity_hat of all. */
hone_status hone_internal_adam_build(hone_optimizer *optimizer, bool amsgrad);
/* The numbers of step_adam and step_adam_amsgrad. */
void hone_internal_adam_numbers(double beta_1, double beta_2, double epsilon, int64_t t, double rate,
                                double *numbers);

#endif
