/* The schedule object: a type with its arguments, or a function of the user's. */
#include "schedules/schedule.h"
#include "base/memory.h"
#include "fields/fields.h"
#include "fields/spec.h"

#include <math.h>

/* "decay_steps" or "steps", when it need not be given. */
static double *find_length(const hone_schedule *schedule)
{
    static const char *const NAMES[] = {"decay_steps", "steps"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const hone_field *field = hone_internal_fields_find(&schedule->type->type, NAMES[i]);
        if (field != NULL && !field->required)
            return (double *)(void *)((char *)schedule->args + field->offset);
    }
    return NULL;
}

hone_schedule *hone_schedule_create(const hone_schedule_type *type, const void *args)
{
    const char *site = args != NULL ? ((const hone_args *)args)->site : NULL;
    hone_schedule *schedule = hone_internal_allocate_zeroed(1, sizeof *schedule);
    if (schedule == NULL)
        return NULL;
    schedule->references = 1;
    schedule->type = type;
    hone_internal_error_push(site, type->type.name);
    schedule->args = hone_internal_fields_copy(&type->type, args != NULL ? args : type->type.defaults);
    bool good = schedule->args != NULL && hone_internal_fields_check(&type->type, schedule->args) >= 0 &&
                (type->check == NULL || type->check(schedule->args) >= 0);
    hone_internal_error_pop();
    if (!good) {
        hone_schedule_free(schedule);
        return NULL;
    }
    schedule->length = find_length(schedule);
    return schedule;
}

bool hone_internal_schedule_is_open(const hone_schedule *schedule)
{
    return schedule != NULL && schedule->length != NULL && isnan(*schedule->length);
}

void hone_internal_schedule_set_length(hone_schedule *schedule, double steps)
{
    *schedule->length = steps;
}

hone_schedule *hone_schedule_from_text(const char *text)
{
    hone_spec spec;
    if (text == NULL || hone_internal_spec_resolve("schedule", text, &spec) < 0)
        return NULL;
    if (spec.type == NULL) {
        hone_fail(HONE_ERROR_ARGUMENT, "expected a schedule, received \"%s\"", text);
        return NULL;
    }
    hone_schedule *schedule = hone_schedule_create((const hone_schedule_type *)spec.type, spec.args);
    hone_internal_spec_free(&spec);
    return schedule;
}

hone_schedule *hone_function_schedule(double (*rate)(int64_t step, void *context), void *context)
{
    hone_schedule *schedule = hone_internal_allocate_zeroed(1, sizeof *schedule);
    if (schedule == NULL)
        return NULL;
    *schedule = (hone_schedule){.references = 1, .function = rate, .context = context};
    return schedule;
}

hone_schedule *hone_schedule_retain(hone_schedule *schedule)
{
    if (schedule != NULL)
        schedule->references++;
    return schedule;
}

void hone_schedule_free(hone_schedule *schedule)
{
    if (schedule == NULL || --schedule->references > 0)
        return;
    if (schedule->args != NULL)
        hone_internal_fields_free(&schedule->type->type, schedule->args);
    hone_internal_free(schedule);
}

double hone_schedule_rate(const hone_schedule *schedule, int64_t step)
{
    if (schedule->type == NULL)
        return schedule->function(step, schedule->context);
    return schedule->type->rate(schedule->args, hone_internal_schedule_is_open(schedule) ? 0 : step);
}

/* Text, or {"class_name", "config"}, by way of the spec's text. */
hone_schedule *hone_internal_schedule_from_config(const hone_config *config)
{
    char *text = hone_internal_spec_from_config("schedule", config);
    hone_schedule *schedule = text != NULL ? hone_schedule_from_text(text) : NULL;
    hone_internal_free(text);
    return schedule;
}

/* ---- for fields that hold a schedule ---- */

static void retain(void *schedule)
{
    hone_schedule_retain(schedule);
}

static void release(void *schedule)
{
    hone_schedule_free(schedule);
}

static hone_config *to_config(const void *object)
{
    const hone_schedule *schedule = object;
    if (schedule->type == NULL) {
        hone_fail(HONE_ERROR_UNSUPPORTED, "a learning rate from a custom function cannot be saved");
        return NULL;
    }
    const hone_type *type = &schedule->type->type;
    return hone_internal_envelope(type->module, type->class_name,
                                  hone_internal_fields_to_config(type, schedule->args));
}

static void *from_config(const hone_config *value, const hone_loading *loading)
{
    (void)loading;
    return hone_internal_schedule_from_config(value);
}

const hone_object_family hone_internal_schedule_objects = {
    .name = "schedule", .retain = retain, .release = release, .write = to_config, .read = from_config};
