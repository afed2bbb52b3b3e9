/* learning_rate_scheduler: the rate of each epoch, from a schedule counted in epochs or from a function. */
#include "base/text.h"
#include "callbacks/callback.h"
#include "fields/fields.h"
#include "schedules/schedule.h"
#include <hone/schedules.h>

#include <math.h>

HONE_FIELD_TABLE(hone_learning_rate_scheduler_args, HONE_LEARNING_RATE_SCHEDULER_FIELDS);

static hone_status check(hone_callback *callback)
{
    const hone_learning_rate_scheduler_args *args = hone_callback_args(callback);
    bool scheduled = hone_internal_object_given(args->schedule);
    if (scheduled != (args->function != NULL))
        return HONE_OK;
    return hone_fail(HONE_ERROR_ARGUMENT,
                     scheduled ? "give a schedule or a function, not both" : "a schedule is missing");
}

static hone_status train_begin(hone_callback *callback, hone_trainer *trainer)
{
    const hone_learning_rate_scheduler_args *args = hone_callback_args(callback);
    if (args->function == NULL && hone_internal_schedule_is_open(args->schedule))
        hone_internal_schedule_set_length(args->schedule, (double)trainer->epochs);
    return hone_internal_callback_need_own_rate(trainer);
}

static hone_status epoch_begin(hone_callback *callback, hone_trainer *trainer, int64_t epoch)
{
    const hone_learning_rate_scheduler_args *args = hone_callback_args(callback);
    double rate = args->function != NULL
                      ? args->function(args->context, epoch, hone_trainer_learning_rate(trainer))
                      : hone_schedule_rate(args->schedule, epoch);
    char text[32];
    if (!(rate >= 0) || isinf(rate))
        return hone_fail(HONE_ERROR_CALLBACK, "the schedule returned the learning rate %g for epoch %lld",
                         rate, (long long)epoch + 1);
    HONE_TRY(hone_trainer_set_learning_rate(trainer, rate));
    hone_internal_number_to_text(rate, text, sizeof text);
    if (args->verbose > 0)
        hone_trainer_print(trainer, "Epoch %lld: LearningRateScheduler setting learning rate to %s.\n",
                           (long long)epoch + 1, text);
    return HONE_OK;
}

static hone_status epoch_end(hone_callback *callback, hone_trainer *trainer, int64_t epoch, hone_logs *logs)
{
    (void)callback, (void)epoch;
    return hone_logs_set(logs, "learning_rate", hone_trainer_learning_rate(trainer));
}

const hone_callback_type hone_internal_learning_rate_scheduler_callback = {
    .type = {.name = "learning_rate_scheduler",
             .class_name = "LearningRateScheduler",
             .module = "keras.callbacks",
             .summary = "Sets the learning rate of each epoch by a schedule or a function.",
             HONE_TYPE_FIELDS(hone_learning_rate_scheduler_args)},
    .check = check,
    .train_begin = train_begin,
    .epoch_begin = epoch_begin,
    .epoch_end = epoch_end,
};
HONE_DEFINE_CALLBACK(learning_rate_scheduler)
