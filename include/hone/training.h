/* One batch at a time, and loops of one's own.
 *
 * hone_train_on_batch does what fit does with a batch. hone_gradients_compute stops half-way: forward, loss,
 * gradients, which may be read and changed; hone_gradients_apply goes on with the optimizer's step. */
#ifndef HONE_TRAINING_H
#define HONE_TRAINING_H

#include <hone/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One step of training, or one evaluation, on the arrays of a batch; loss and metrics of this batch alone
 * into `logs` (may be NULL). */
hone_status hone_train_on_batch(hone_model *model, const hone_batch *batch, hone_logs *logs);
hone_status hone_test_on_batch(hone_model *model, const hone_batch *batch, hone_logs *logs);
/* The outputs for a batch; `outputs` has room for hone_model_outputs() arrays, to be freed with
 * hone_array_free. `training`: as in training (dropout draws anew at each call, and repeats with the seed):
 * Monte Carlo dropout. Statistics of batch normalisation are not moved. */
hone_status hone_predict_on_batch(hone_model *model, const hone_batch *batch, bool training,
                                  hone_array **outputs);

/* The gradients of a batch's loss, with respect to each trainable weight and each input. */
typedef struct hone_gradients hone_gradients;
/* Forward in training mode, loss and gradients; nothing is updated but moving statistics. NULL on failure. */
hone_gradients *hone_gradients_compute(hone_model *model, const hone_batch *batch);
double hone_gradients_loss(const hone_gradients *gradients);
int hone_gradients_count(const hone_gradients *gradients); /* trainable weights, in Keras's order */
hone_variable *hone_gradients_variable(const hone_gradients *gradients, int index); /* lent */
/* The numbers, row-major in the variable's (the input's) shape, to read and write. NULL where the loss does
 * not depend on it. */
float *hone_gradients_data(const hone_gradients *gradients, int index);
float *hone_gradients_input(const hone_gradients *gradients, int input, hone_shape *shape);
/* One step of the model's optimizer with these gradients: clipping, decay, update, constraints. */
hone_status hone_gradients_apply(hone_model *model, const hone_gradients *gradients);
/* One step of any optimizer on a part of the weights, by their numbers in `gradients`: several optimizers on
 * parts of one model. The first call ties the optimizer (lent) to these weights. */
hone_status hone_gradients_apply_part(hone_optimizer *optimizer, const hone_gradients *gradients,
                                      const int *indexes, int count);
void hone_gradients_free(hone_gradients *gradients); /* NULL is fine */

#ifdef __cplusplus
}
#endif
#endif
