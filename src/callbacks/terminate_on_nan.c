/* terminate_on_nan: stops when the running loss is no longer a finite number. */
#include "callbacks/callback.h"

#include <math.h>

HONE_FIELD_TABLE(hone_terminate_on_nan_args, HONE_TERMINATE_ON_NAN_FIELDS);

static hone_status batch_end(hone_callback *callback, hone_trainer *trainer, int64_t batch, hone_logs *logs)
{
    const hone_terminate_on_nan_args *args = hone_callback_args(callback);
    double loss;
    if (!hone_logs_get(logs, "loss", &loss) || isfinite(loss))
        return HONE_OK;
    if (args->raise_error)
        return hone_fail(HONE_ERROR_NUMERIC, "the loss is %f at batch %lld of epoch %lld", loss,
                         (long long)batch, (long long)hone_trainer_epoch(trainer) + 1);
    hone_trainer_print(trainer, "Batch %lld: Invalid loss, terminating training\n", (long long)batch);
    hone_trainer_stop(trainer, "terminate_on_nan");
    return HONE_OK;
}

const hone_callback_type hone_internal_terminate_on_nan_callback = {
    .type = {.name = "terminate_on_nan",
             .class_name = "TerminateOnNaN",
             .module = "keras.callbacks",
             .summary = "Stops training when the loss is NaN or infinite.",
             HONE_TYPE_FIELDS(hone_terminate_on_nan_args)},
    .batch_end = batch_end,
};
HONE_DEFINE_CALLBACK(terminate_on_nan)
