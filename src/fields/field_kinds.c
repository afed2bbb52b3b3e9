/* The kinds of field, one row each, and what their messages share. The rows stand in field_scalars.c,
 * field_specs.c, field_lists.c, field_objects.c and field_tensors.c.
 *
 * A new kind of object (something that is made above and held by a pointer): HONE_FIELD_X in hone/fields.h,
 * HONE_DECLARE_X in hone/args.h, a row made with OBJECT in field_objects.c, a line here, HONE_OBJECT(x) in
 * registry.def, and the functions of its objects, hone_internal_x_objects, beside the objects themselves. */
#include "fields/field_kinds.h"

#include "base/error.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

char hone_nothing[1];

static const hone_field_row *const kinds[] = {
    [HONE_FIELD_BOOLEAN] = &hone_internal_boolean_field,
    [HONE_FIELD_INTEGER] = &hone_internal_integer_field,
    [HONE_FIELD_NUMBER] = &hone_internal_number_field,
    [HONE_FIELD_TEXT] = &hone_internal_text_field,
    [HONE_FIELD_ACTIVATION] = &hone_internal_activation_field,
    [HONE_FIELD_INITIALIZER] = &hone_internal_initializer_field,
    [HONE_FIELD_REGULARIZER] = &hone_internal_regularizer_field,
    [HONE_FIELD_CONSTRAINT] = &hone_internal_constraint_field,
    [HONE_FIELD_INTEGERS] = &hone_internal_integers_field,
    [HONE_FIELD_SIZES] = &hone_internal_sizes_field,
    [HONE_FIELD_NUMBERS] = &hone_internal_numbers_field,
    [HONE_FIELD_IDS] = &hone_internal_ids_field,
    [HONE_FIELD_TEXTS] = &hone_internal_texts_field,
    [HONE_FIELD_LAYER] = &hone_internal_layer_field,
    [HONE_FIELD_LAYERS] = &hone_internal_layers_field,
    [HONE_FIELD_SCHEDULE] = &hone_internal_schedule_field,
    [HONE_FIELD_TENSOR] = &hone_internal_tensor_field,
    [HONE_FIELD_TENSORS] = &hone_internal_tensors_field,
    [HONE_FIELD_OPTIMIZER] = &hone_internal_optimizer_field,
    [HONE_FIELD_CALLBACKS] = &hone_internal_callbacks_field,
    [HONE_FIELD_DATASET] = &hone_internal_dataset_field,
    [HONE_FIELD_MODEL] = &hone_internal_model_field,
    [HONE_FIELD_HISTORY] = &hone_internal_history_field,
    [HONE_FIELD_SINK] = &hone_internal_sink_field,
    [HONE_FIELD_PROGRESS] = &hone_internal_progress_field,
    [HONE_FIELD_POINTER] = &hone_internal_pointer_field,
    [HONE_FIELD_TEXT_LIST] = &hone_internal_text_list_field,
    [HONE_FIELD_CLASS_WEIGHTS] = &hone_internal_class_weights_field,
};

const hone_field_row *hone_internal_field_row(const hone_field *field)
{
    return kinds[field->kind];
}

const char *hone_internal_field_family(const hone_field *field)
{
    return kinds[field->kind]->family;
}

void hone_internal_field_keep(const hone_field *field, void *value)
{
    (void)field;
    (void)value;
}

hone_status hone_internal_field_no_check(const hone_field *field, const void *value)
{
    (void)field;
    (void)value;
    return HONE_OK;
}

/* ---- Sentences ---- */

static void show_number(double number, char *buffer, size_t size)
{
    if (isfinite(number) && number == floor(number) && fabs(number) < 1e15)
        snprintf(buffer, size, "%.0f", number);
    else
        hone_internal_number_to_text(number, buffer, size);
}

void hone_internal_field_range(const hone_field *field, char *buffer, size_t size)
{
    bool below = field->lowest > -HUGE_VAL, above = field->highest < HUGE_VAL;
    char lowest[32], highest[32];

    show_number(field->lowest, lowest, sizeof lowest);
    show_number(field->highest, highest, sizeof highest);
    if (below && above && !field->open_below && !field->open_above)
        snprintf(buffer, size, "between %s and %s", lowest, highest);
    else
        snprintf(buffer, size, "%s%s%s%s%s",
                 !below              ? ""
                 : field->open_below ? "above "
                                     : "at least ",
                 below ? lowest : "", below && above ? " and " : "",
                 !above              ? ""
                 : field->open_above ? "below "
                                     : "at most ",
                 above ? highest : "");
}

void hone_internal_field_choices(const char *choices, bool quoted, char *buffer, size_t size)
{
    size_t used = 0;

    buffer[0] = '\0';
    while (*choices && used + 1 < size) {
        size_t length = strcspn(choices, "|");
        const char *rest = choices + length + (choices[length] == '|');
        const char *between = !*rest ? "" : !quoted || strchr(rest, '|') ? ", " : " or ";
        const char *mark = quoted ? "\"" : "";
        int written =
            snprintf(buffer + used, size - used, "%s%.*s%s%s", mark, (int)length, choices, mark, between);
        if (written > 0)
            used += (size_t)written;
        choices = rest;
    }
}

hone_status hone_internal_field_wrong_kind(const hone_field *field, const hone_config *config,
                                           const char *expected)
{
    char received[64];

    hone_internal_config_describe(config, received, sizeof received);
    return hone_fail(HONE_ERROR_ARGUMENT, "%s must be %s, not %s", field->name, expected, received);
}

static bool outside(const hone_field *field, double number)
{
    if (!field->bounded)
        return false;
    return number < field->lowest || number > field->highest ||
           (field->open_below && number == field->lowest) || (field->open_above && number == field->highest);
}

hone_status hone_internal_field_check_integer(const hone_field *field, const char *what, int64_t integer)
{
    char range[96];

    if (!outside(field, (double)integer))
        return HONE_OK;
    hone_internal_field_range(field, range, sizeof range);
    return hone_fail(HONE_ERROR_ARGUMENT, "%s must be %s, not %" PRId64, what, range, integer);
}

hone_status hone_internal_field_check_number(const hone_field *field, const char *what, double number)
{
    char range[96], received[32];

    if (!outside(field, number))
        return HONE_OK;
    hone_internal_field_range(field, range, sizeof range);
    show_number(number, received, sizeof received);
    return hone_fail(HONE_ERROR_ARGUMENT, "%s must be %s, not %s", what, range, received);
}
