/* swap_ema_weights: validation sees the optimizer's moving averages in place of the weights. */
#include "callbacks/callback.h"

HONE_FIELD_TABLE(hone_swap_ema_weights_args, HONE_SWAP_EMA_WEIGHTS_FIELDS);

typedef struct state {
    bool swapped;
} state;

static hone_status swap(hone_callback *callback, hone_trainer *trainer, bool averages)
{
    state *self = hone_callback_state(callback);
    if (self->swapped == averages)
        return HONE_OK;
    HONE_TRY(hone_trainer_swap_averages(trainer));
    self->swapped = averages;
    return HONE_OK;
}

/* There and back: an optimizer without averages is refused before the training. */
static hone_status train_begin(hone_callback *callback, hone_trainer *trainer)
{
    ((state *)hone_callback_state(callback))->swapped = false;
    HONE_TRY(swap(callback, trainer, true));
    return swap(callback, trainer, false);
}

static bool on_epoch(const hone_callback *callback)
{
    return ((const hone_swap_ema_weights_args *)hone_callback_args(callback))->swap_on_epoch;
}

static hone_status epoch_begin(hone_callback *callback, hone_trainer *trainer, int64_t epoch)
{
    (void)epoch;
    return on_epoch(callback) ? swap(callback, trainer, false) : HONE_OK;
}

static hone_status epoch_end(hone_callback *callback, hone_trainer *trainer, int64_t epoch, hone_logs *logs)
{
    (void)epoch, (void)logs;
    return on_epoch(callback) ? swap(callback, trainer, true) : HONE_OK;
}

static hone_status test_begin(hone_callback *callback, hone_trainer *trainer)
{
    return swap(callback, trainer, true);
}

static hone_status test_end(hone_callback *callback, hone_trainer *trainer, hone_logs *logs)
{
    (void)logs;
    return swap(callback, trainer, false);
}

static hone_status save(const hone_callback *callback, hone_logs *numbers)
{
    return hone_logs_set(numbers, "swapped", ((const state *)callback->state)->swapped);
}

static hone_status restore(hone_callback *callback, const hone_logs *numbers)
{
    int64_t swapped;
    HONE_TRY(hone_internal_callback_integer(numbers, "swapped", &swapped));
    ((state *)hone_callback_state(callback))->swapped = swapped != 0;
    return HONE_OK;
}

const hone_callback_type hone_internal_swap_ema_weights_callback = {
    .type = {.name = "swap_ema_weights",
             .class_name = "SwapEMAWeights",
             .module = "keras.callbacks",
             .summary = "Validates with the moving averages of the weights (use_ema).",
             HONE_TYPE_FIELDS(hone_swap_ema_weights_args)},
    .state_bytes = sizeof(state),
    .train_begin = train_begin,
    .epoch_begin = epoch_begin,
    .epoch_end = epoch_end,
    .test_begin = test_begin,
    .test_end = test_end,
    .save = save,
    .restore = restore,
};
HONE_DEFINE_CALLBACK(swap_ema_weights)
