/* What a diagnosis has not looked at, and what it has found not to be the cause: lists of texts. */
#include "doctor/doctor.h"

#include <stdio.h>
#include <string.h>

static void append(hone_diagnosis *diagnosis, char ***list, size_t *count, size_t *room, const char *format,
                   va_list arguments)
{
    char *text = hone_internal_format_list(format, arguments), *copy = NULL;
    if (text != NULL && hone_internal_grow(list, room, *count + 1, sizeof **list) >= 0)
        copy = hone_internal_arena_copy_text(&diagnosis->arena, text);
    if (copy != NULL)
        (*list)[(*count)++] = copy;
    hone_internal_free(text);
}

void hone_internal_diagnosis_exclude(hone_diagnosis *diagnosis, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    append(diagnosis, &diagnosis->excluded, &diagnosis->excluded_count, &diagnosis->excluded_room, format,
           arguments);
    va_end(arguments);
}

void hone_internal_diagnosis_skip(hone_diagnosis *diagnosis, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    append(diagnosis, &diagnosis->skipped, &diagnosis->skipped_count, &diagnosis->skipped_room, format,
           arguments);
    va_end(arguments);
}

/* Checks that need a training, or one to its end. */
static bool needs(const hone_doctor_rule *rule, bool whole)
{
    static const char ends[] = "overfit|early_stop_too_soon|too_few_steps|batch_norm_lag";
    return whole ? hone_internal_rule_listed(ends, rule->id)
                 : strcmp(rule->phase, "while") == 0 || strcmp(rule->phase, "end") == 0;
}

void hone_internal_diagnosis_skip_checks(hone_diagnosis *diagnosis, bool whole, const char *reason)
{
    for (int i = 0; hone_doctor_rule_at(i) != NULL; i++)
        if (needs(hone_doctor_rule_at(i), whole))
            hone_internal_diagnosis_skip(diagnosis, "%s: %s", hone_doctor_rule_at(i)->id, reason);
}
