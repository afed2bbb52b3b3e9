/* What callbacks that watch a number share: which direction is better, and whether it got better. */
#include "callbacks/callback.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

hone_status hone_internal_monitor_resolve(hone_monitor *monitor, hone_trainer *trainer, const char *name,
                                          const char *mode)
{
    if (monitor->direction != 0)
        return HONE_OK;
    if (strcmp(mode, "max") == 0)
        monitor->direction = 1;
    if (strcmp(mode, "min") == 0)
        monitor->direction = -1;
    if (monitor->direction == 0)
        monitor->direction = hone_trainer_direction(trainer, name);
    if (monitor->direction != 0)
        return HONE_OK;
    return hone_fail(HONE_ERROR_ARGUMENT,
                     "it is not known whether \"%s\" should rise or fall: set mode=\"max\" or mode=\"min\"",
                     name);
}

/* max: value - d > reference; min: value + d < reference, with d = |min_delta|. A NaN reference does not
 * count: any number is better. */
bool hone_internal_monitor_improves(const hone_monitor *monitor, double value, double reference,
                                    double min_delta)
{
    if (isnan(value))
        return false;
    if (isnan(reference))
        return true;
    double delta = fabs(min_delta);
    return monitor->direction > 0 ? value - delta > reference : value + delta < reference;
}

hone_status hone_internal_monitor_get(hone_monitor *monitor, hone_trainer *trainer, const char *callback,
                                      const char *name, const hone_logs *logs, double *value, bool *found)
{
    int count = hone_logs_get_all(logs, name, NULL, 0);
    *found = hone_logs_get(logs, name, value);
    if (count > 1)
        return hone_fail(HONE_ERROR_ARGUMENT, "\"%s\" cannot be monitored: it has %d values instead of one",
                         name, count);
    if (*found || monitor->told_missing)
        return HONE_OK;
    monitor->told_missing = true;
    char known[1024] = "";
    const char *one;
    for (int i = 0; (one = hone_logs_at(logs, i).name) != NULL; i++) {
        size_t length = strlen(known);
        snprintf(known + length, sizeof known - length, "%s%s", i == 0 ? "" : ", ", one);
    }
    hone_trainer_print(trainer, "%s: there is no metric \"%s\" to monitor; available metrics: %s.\n",
                       callback, name, known);
    return HONE_OK;
}

hone_status hone_internal_monitor_save(const hone_monitor *monitor, hone_logs *numbers)
{
    HONE_TRY(hone_logs_set(numbers, "best", monitor->best));
    return hone_logs_set(numbers, "direction", monitor->direction);
}

hone_status hone_internal_monitor_restore(hone_monitor *monitor, const hone_logs *numbers)
{
    double direction;
    if (!hone_logs_get(numbers, "best", &monitor->best) || !hone_logs_get(numbers, "direction", &direction) ||
        !(direction == 0 || direction == 1 || direction == -1))
        return hone_fail(HONE_ERROR_FORMAT, "\"best\" or \"direction\" is missing or wrong");
    monitor->direction = (int)direction;
    return HONE_OK;
}

hone_status hone_internal_callback_integer(const hone_logs *numbers, const char *name, int64_t *integer)
{
    double value;
    if (!hone_logs_get(numbers, name, &value) || !(value > -9e15 && value < 9e15) || value != floor(value))
        return hone_fail(HONE_ERROR_FORMAT, "\"%s\" is missing or not an integer", name);
    *integer = (int64_t)value;
    return HONE_OK;
}
