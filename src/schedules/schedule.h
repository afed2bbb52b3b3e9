/* The schedule object. */
#ifndef HONE_SCHEDULES_SCHEDULE_H
#define HONE_SCHEDULES_SCHEDULE_H

#include "base/error.h"
#include "fields/config.h"
#include "registry.h"
#include <hone/schedules.h>

struct hone_schedule {
    int references;
    const hone_schedule_type *type; /* NULL: a function of the user's, with its context */
    void *args;
    double (*function)(int64_t step, void *context);
    void *context;
    double *length; /* in `args`: the number of steps, NaN until a fit sets it; NULL: it must be given */
};

#define HONE_DEFINE_SCHEDULE(thing, type_) \
    hone_schedule *hone_##thing##_with(const hone_##thing##_args *args) \
    { \
        return hone_schedule_create(&type_, args); \
    }

/* Whether its length is left to the fit, and is not known yet; NULL is no schedule. */
bool hone_internal_schedule_is_open(const hone_schedule *schedule);
void hone_internal_schedule_set_length(hone_schedule *schedule, double steps); /* of an open one */

/* As Keras's envelope, and back. */
hone_schedule *hone_internal_schedule_from_config(const hone_config *config); /* text or envelope */

#endif
