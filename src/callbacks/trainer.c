/* The trainer as callbacks see it: what fit has put behind it. */
#include "base/memory.h"
#include "base/text.h"
#include "callbacks/callback.h"
#include <hone/distribution.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int64_t hone_trainer_epoch(const hone_trainer *trainer)
{
    return trainer->epoch;
}
int64_t hone_trainer_epoch_count(const hone_trainer *trainer)
{
    return trainer->epochs;
}
int64_t hone_trainer_step_count(const hone_trainer *trainer)
{
    return trainer->steps;
}
int64_t hone_trainer_iteration(const hone_trainer *trainer)
{
    return trainer->iteration;
}
int hone_trainer_rank(const hone_trainer *trainer)
{
    return trainer->rank;
}
int hone_trainer_verbose(const hone_trainer *trainer)
{
    return trainer->verbose;
}

double hone_trainer_learning_rate(const hone_trainer *trainer)
{
    return trainer->learning_rate(trainer->context);
}
hone_status hone_trainer_set_learning_rate(hone_trainer *trainer, double rate)
{
    return trainer->set_learning_rate(trainer->context, rate);
}
hone_status hone_trainer_set_momentum(hone_trainer *trainer, double momentum)
{
    return trainer->set_momentum(trainer->context, momentum);
}
int hone_trainer_direction(const hone_trainer *trainer, const char *name)
{
    return trainer->direction(trainer->context, name);
}
hone_status hone_trainer_save(hone_trainer *trainer, const char *path, bool weights_only)
{
    return trainer->save(trainer->context, path, weights_only);
}
hone_weights_copy *hone_trainer_copy_weights(hone_trainer *trainer, hone_weights_copy *into)
{
    return trainer->copy_weights(trainer->context, into);
}
hone_status hone_trainer_restore_weights(hone_trainer *trainer, const hone_weights_copy *copy)
{
    return trainer->restore_weights(trainer->context, copy);
}
hone_status hone_trainer_swap_averages(hone_trainer *trainer)
{
    return trainer->swap_averages(trainer->context);
}

/* The first who stops it is the reason. */
void hone_trainer_stop(hone_trainer *trainer, const char *reason)
{
    trainer->stopped = true;
    if (trainer->stop_reason == NULL)
        trainer->stop_reason = reason;
}

/* A line that cannot be made for want of memory is left out: training continues. */
void hone_trainer_print(hone_trainer *trainer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = hone_internal_format_list(format, arguments);
    va_end(arguments);
    if (text != NULL)
        trainer->print(trainer->context, text);
    hone_internal_free(text);
}

hone_status hone_internal_callback_need_own_rate(const hone_trainer *trainer)
{
    if (!trainer->scheduled)
        return HONE_OK;
    return hone_fail(HONE_ERROR_STATE,
                     "the optimizer's learning rate comes from a schedule, so no callback can set it");
}

hone_status hone_internal_callback_frequency(const char *name, const char *text, int64_t *every)
{
    *every = 0;
    if (strcmp(text, "epoch") == 0)
        return HONE_OK;
    if (hone_internal_text_to_integer(text, every) && *every >= 1)
        return HONE_OK;
    return hone_fail(HONE_ERROR_ARGUMENT,
                     "%s must be \"epoch\" or a number of batches, at least 1, not "
                     "\"%s\"",
                     name, text);
}
