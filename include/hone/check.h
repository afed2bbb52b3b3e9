/* Checks of custom parts, by what holds for every built-in one. Each returns HONE_OK, or a failure whose
 * message says what does not hold, where, and by how much; a part that cannot be made or run fails as it
 * would in a model. They train small models, take well under a second, and write only files of their own in
 * TMPDIR, which they remove. */
#ifndef HONE_CHECK_H
#define HONE_CHECK_H

#include <hone/array.h>
#include <hone/data.h>
#include <hone/graph.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A layer by its spec, "scale(start=0.5)", on inputs of a shape without the batch, drawn from -2 to 2: its
 * outputs are finite; its gradients in inputs and weights are those of differences (probes at a kink are left
 * out, and all of them for a layer that draws random numbers); each sample is computed by itself; any number
 * of threads gives the same bits; saved and loaded it predicts the same bits. */
hone_status hone_check_layer(const char *spec, hone_shape input);
/* A loss on targets and predictions that it may get, with samples along the first axis: it is finite, and its
 * gradient in the predictions is that of differences. */
hone_status hone_check_loss(const char *spec, const hone_array *y_true, const hone_array *y_pred);
/* A metric on such arrays: it does not depend on how samples are cut into batches, and starts from 0 in each
 * evaluation. */
hone_status hone_check_metric(const char *spec, const hone_array *y_true, const hone_array *y_pred);
/* An optimizer by its spec: it lowers the loss of a small regression, gives the same bits each time, and
 * continues from a file as if it had not stopped. */
hone_status hone_check_optimizer(const char *spec);
/* An initializer, on weights of a shape: it writes every number, all are finite, and a seed gives the same
 * ones each time. */
hone_status hone_check_initializer(const char *spec, hone_shape shape);
/* A callback, in a small training with validation data: trained again, and continued from a checkpoint in a
 * folder of TMPDIR, the weights have the same bits. So what it decides follows from what it is told, and what
 * it remembers is saved and restored. */
hone_status hone_check_callback(const char *spec);
/* Data, for one's own source as hone_dataset_from_callback: all batches have the same shapes and types, as
 * many targets as inputs, and finite numbers; an epoch ends, is not empty, and gives the same numbers when it
 * is read again after another. */
hone_status hone_check_data(hone_dataset *data);

#ifdef __cplusplus
}
#endif
#endif
