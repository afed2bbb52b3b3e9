/* lambda_callback: functions of the caller's. */
#include "callbacks/callback.h"

HONE_FIELD_TABLE(hone_lambda_callback_args, HONE_LAMBDA_CALLBACK_FIELDS);

static hone_status check(hone_callback *callback)
{
    const hone_lambda_callback_args *args = hone_callback_args(callback);
    if (args->on_train_begin || args->on_train_end || args->on_epoch_begin || args->on_epoch_end ||
        args->on_train_batch_begin || args->on_train_batch_end)
        return HONE_OK;
    return hone_fail(HONE_ERROR_ARGUMENT, "it needs a function, which can be given only in C");
}

static hone_status train_begin(hone_callback *callback, hone_trainer *trainer)
{
    const hone_lambda_callback_args *args = hone_callback_args(callback);
    return args->on_train_begin == NULL ? HONE_OK : args->on_train_begin(args->context, trainer);
}

static hone_status train_end(hone_callback *callback, hone_trainer *trainer, hone_logs *logs)
{
    const hone_lambda_callback_args *args = hone_callback_args(callback);
    return args->on_train_end == NULL ? HONE_OK : args->on_train_end(args->context, trainer, logs);
}

static hone_status epoch_begin(hone_callback *callback, hone_trainer *trainer, int64_t epoch)
{
    const hone_lambda_callback_args *args = hone_callback_args(callback);
    return args->on_epoch_begin == NULL ? HONE_OK : args->on_epoch_begin(args->context, trainer, epoch);
}

static hone_status epoch_end(hone_callback *callback, hone_trainer *trainer, int64_t epoch, hone_logs *logs)
{
    const hone_lambda_callback_args *args = hone_callback_args(callback);
    return args->on_epoch_end == NULL ? HONE_OK : args->on_epoch_end(args->context, trainer, epoch, logs);
}

static hone_status batch_begin(hone_callback *callback, hone_trainer *trainer, int64_t batch)
{
    const hone_lambda_callback_args *args = hone_callback_args(callback);
    return args->on_train_batch_begin == NULL ? HONE_OK
                                              : args->on_train_batch_begin(args->context, trainer, batch);
}

static hone_status batch_end(hone_callback *callback, hone_trainer *trainer, int64_t batch, hone_logs *logs)
{
    const hone_lambda_callback_args *args = hone_callback_args(callback);
    return args->on_train_batch_end == NULL ? HONE_OK
                                            : args->on_train_batch_end(args->context, trainer, batch, logs);
}

static bool wants_batches(const hone_callback *callback)
{
    return ((const hone_lambda_callback_args *)callback->args)->on_train_batch_end != NULL;
}

const hone_callback_type hone_internal_lambda_callback = {
    .type = {.name = "lambda_callback",
             .class_name = "LambdaCallback",
             .module = "keras.callbacks",
             .summary = "Calls custom functions, from C.",
             HONE_TYPE_FIELDS(hone_lambda_callback_args)},
    .check = check,
    .train_begin = train_begin,
    .train_end = train_end,
    .epoch_begin = epoch_begin,
    .epoch_end = epoch_end,
    .batch_begin = batch_begin,
    .batch_end = batch_end,
    .wants_batches = wants_batches,
};

hone_callback *hone_lambda_callback_with(const hone_lambda_callback_args *args)
{
    return hone_callback_create(&hone_internal_lambda_callback, args);
}
