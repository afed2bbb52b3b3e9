/* Learning-rate schedules: the rate as a function of the count of batches. They go into an optimizer's .learning_rate_schedule, which takes
 * them over: hone_adam(.learning_rate_schedule = hone_schedule_from_text("cosine_decay(0.1, 1000)")). */
#ifndef HONE_SCHEDULES_H
#define HONE_SCHEDULES_H

#include <hone/ext.h>

#ifdef __cplusplus
extern "C" {
#endif

hone_schedule *hone_schedule_create(const hone_schedule_type *type, const void *args);
hone_schedule *hone_schedule_from_text(const char *text);
hone_schedule *hone_schedule_retain(hone_schedule *schedule);
void hone_schedule_free(hone_schedule *schedule);
double hone_schedule_rate(const hone_schedule *schedule, int64_t step); /* step from 0 */

#define HONE_DECLARE_SCHEDULE_ARGS(thing, FIELDS) \
    HONE_ARGS_STRUCT(hone_##thing##_args, FIELDS); \
    hone_schedule *hone_##thing##_create(const hone_##thing##_args *args)

#ifdef __cplusplus
}
#endif
#endif
