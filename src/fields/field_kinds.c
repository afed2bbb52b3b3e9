/* The kinds of field: what there is to do with a value of each is one row of a table. */
#include "fields/field_kinds.h"

#include "base/error.h"
#include "base/memory.h"
#include "fields/spec.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

char hone_nothing[1];

static hone_object_functions objects;

/* ---- Sentences ---- */

/* 0.5, 1e-07, and whole numbers without ".0". */
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

static hone_status wrong_kind(const hone_field *field, const hone_config *config, const char *expected)
{
    char received[64];

    hone_internal_config_describe(config, received, sizeof received);
    return hone_fail(HONE_ERROR_ARGUMENT, "%s must be %s, not %s", field->name, expected, received);
}

/* ---- Booleans ---- */

static bool boolean_none(const void *value)
{
    (void)value;
    return false;
}

static bool boolean_equal(const void *a, const void *b)
{
    return *(const bool *)a == *(const bool *)b;
}

static hone_status boolean_copy(const hone_field *field, const void *from, void *to)
{
    (void)field;
    memcpy(to, from, sizeof(bool));
    return HONE_OK;
}

static void keep_value(void *value)
{
    (void)value;
}

static hone_status boolean_read(const hone_field *field, const hone_config *config, void *value)
{
    if (config->kind != HONE_CONFIG_BOOLEAN)
        return wrong_kind(field, config, "true or false");
    *(bool *)value = config->boolean;
    return HONE_OK;
}

static hone_config *boolean_write(const hone_field *field, const void *value)
{
    (void)field;
    return hone_internal_config_boolean(*(const bool *)value);
}

static hone_status no_check(const hone_field *field, const void *value)
{
    (void)field;
    (void)value;
    return HONE_OK;
}

/* ---- Integers ---- */

static bool integer_none(const void *value)
{
    return *(const int64_t *)value == HONE_NONE_INTEGER;
}

static bool integer_equal(const void *a, const void *b)
{
    return *(const int64_t *)a == *(const int64_t *)b;
}

static hone_status integer_copy(const hone_field *field, const void *from, void *to)
{
    (void)field;
    memcpy(to, from, sizeof(int64_t));
    return HONE_OK;
}

const hone_config *hone_internal_field_unwrap(const hone_config *config)
{
    static const struct {
        const char *class_name, *key;
    } wrappers[] = {{"SeedGenerator", "seed"}, {"__tensor__", "value"}, {"__numpy__", "value"}};
    const char *class_name = hone_internal_config_get_text(config, "class_name");
    const hone_config *inside;

    for (size_t i = 0; class_name && i < sizeof wrappers / sizeof *wrappers; i++) {
        inside = hone_internal_config_get(hone_internal_config_get(config, "config"), wrappers[i].key);
        if (strcmp(class_name, wrappers[i].class_name) == 0 && inside)
            return inside;
    }
    return config;
}

static hone_status integer_read(const hone_field *field, const hone_config *config, void *value)
{
    const hone_config *inside = hone_internal_field_unwrap(config);

    if (inside->kind == HONE_CONFIG_NULL)
        *(int64_t *)value = HONE_NONE_INTEGER;
    else if (inside->kind == HONE_CONFIG_INTEGER)
        *(int64_t *)value = inside->integer;
    else
        return wrong_kind(field, config, "an integer");
    return HONE_OK;
}

static hone_config *integer_write(const hone_field *field, const void *value)
{
    (void)field;
    return integer_none(value) ? hone_internal_config_null()
                               : hone_internal_config_integer(*(const int64_t *)value);
}

static bool outside(const hone_field *field, double number)
{
    if (!field->bounded)
        return false;
    return number < field->lowest || number > field->highest ||
           (field->open_below && number == field->lowest) || (field->open_above && number == field->highest);
}

/* `what` is the name, or "name[2]". */
static hone_status check_integer(const hone_field *field, const char *what, int64_t integer)
{
    char range[96];

    if (!outside(field, (double)integer))
        return HONE_OK;
    hone_internal_field_range(field, range, sizeof range);
    return hone_fail(HONE_ERROR_ARGUMENT, "%s must be %s, not %" PRId64, what, range, integer);
}

static hone_status integer_check(const hone_field *field, const void *value)
{
    return check_integer(field, field->name, *(const int64_t *)value);
}

/* ---- Numbers ---- */

static bool number_none(const void *value)
{
    return isnan(*(const double *)value);
}

static bool number_equal(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x == y || (isnan(x) && isnan(y));
}

static hone_status number_copy(const hone_field *field, const void *from, void *to)
{
    (void)field;
    memcpy(to, from, sizeof(double));
    return HONE_OK;
}

bool hone_internal_field_number(const hone_config *config, double *number)
{
    *number = config->number;
    if (config->kind == HONE_CONFIG_INTEGER || config->kind == HONE_CONFIG_NUMBER)
        return true;
    return config->kind == HONE_CONFIG_TEXT && strchr(config->text, '/') &&
           hone_internal_text_to_number(config->text, true, number);
}

static hone_status read_number(const hone_field *field, const hone_config *config, double *number)
{
    if (!hone_internal_field_number(hone_internal_field_unwrap(config), number))
        return wrong_kind(field, config, "a number");
    if (isnan(*number))
        return hone_fail(HONE_ERROR_ARGUMENT, "%s is not a number", field->name);
    return HONE_OK;
}

static hone_status number_read(const hone_field *field, const hone_config *config, void *value)
{
    *(double *)value = HONE_NONE;
    return config->kind == HONE_CONFIG_NULL ? HONE_OK : read_number(field, config, value);
}

static hone_config *number_write(const hone_field *field, const void *value)
{
    (void)field;
    return number_none(value) ? hone_internal_config_null()
                              : hone_internal_config_number(*(const double *)value);
}

static hone_status check_number(const hone_field *field, const char *what, double number)
{
    char range[96], received[32];

    if (!outside(field, number))
        return HONE_OK;
    hone_internal_field_range(field, range, sizeof range);
    show_number(number, received, sizeof received);
    return hone_fail(HONE_ERROR_ARGUMENT, "%s must be %s, not %s", what, range, received);
}

static hone_status number_check(const hone_field *field, const void *value)
{
    return check_number(field, field->name, *(const double *)value);
}

/* ---- Texts, spec strings among them ---- */

static const char *text_at(const void *value)
{
    return *(const char *const *)value;
}

static bool text_none(const void *value)
{
    return text_at(value) == NULL;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool text_equal(const void *a, const void *b)
{
    return same_text(text_at(a), text_at(b));
}

static hone_status copy_text(const char *from, void *to)
{
    char *copy = hone_internal_copy_text(from);

    memcpy(to, &copy, sizeof copy);
    return from && !copy ? HONE_ERROR_MEMORY : HONE_OK;
}

static hone_status text_copy(const hone_field *field, const void *from, void *to)
{
    (void)field;
    return copy_text(text_at(from), to);
}

static void text_release(void *value)
{
    char *text;

    memcpy(&text, value, sizeof text);
    hone_internal_free(text);
    memset(value, 0, sizeof text);
}

static hone_status text_read(const hone_field *field, const hone_config *config, void *value)
{
    if (field->integer_too && config->kind == HONE_CONFIG_INTEGER) {
        char digits[32];
        snprintf(digits, sizeof digits, "%lld", (long long)config->integer);
        return copy_text(digits, value);
    }
    if (config->kind != HONE_CONFIG_NULL && config->kind != HONE_CONFIG_TEXT)
        return wrong_kind(field, config, "a text");
    return copy_text(config->text, value);
}

static hone_config *text_write(const hone_field *field, const void *value)
{
    (void)field;
    return hone_internal_config_text(text_at(value));
}

static bool is_choice(const char *choices, const char *text)
{
    size_t length = strlen(text);

    while (choices) {
        if (strcspn(choices, "|") == length && strncmp(choices, text, length) == 0)
            return true;
        choices = strchr(choices, '|');
        if (choices)
            choices++;
    }
    return false;
}

static hone_status text_check(const hone_field *field, const void *value)
{
    char choices[512];

    if (!field->choices || is_choice(field->choices, text_at(value)))
        return HONE_OK;
    hone_internal_field_choices(field->choices, true, choices, sizeof choices);
    return hone_fail(HONE_ERROR_ARGUMENT, "%s must be %s, not \"%.100s\"", field->name, choices,
                     text_at(value));
}

static hone_status spec_read(const hone_field *field, const hone_config *config, void *value)
{
    char *text;

    if (config->kind == HONE_CONFIG_NULL)
        return HONE_OK;
    text = hone_internal_spec_from_config(hone_internal_field_row(field)->family, config);
    if (!text)
        return hone_error_status();
    if (strcmp(text, "none") != 0) {
        memcpy(value, &text, sizeof text);
    } else {
        hone_internal_free(text);
    }
    return HONE_OK;
}

static hone_config *spec_write(const hone_field *field, const void *value)
{
    return hone_internal_spec_to_config(hone_internal_field_row(field)->family, text_at(value));
}

/* As Keras: no activation is the linear one. */
static hone_config *activation_write(const hone_field *field, const void *value)
{
    return spec_write(field, text_none(value) ? &(const char *){"linear"} : value);
}

static hone_status spec_check(const hone_field *field, const void *value)
{
    hone_spec spec;
    hone_status status =
        hone_internal_spec_resolve(hone_internal_field_row(field)->family, text_at(value), &spec);

    hone_internal_spec_free(&spec);
    return status;
}

/* Two spellings of one thing are equal; what cannot be resolved equals only itself. */
static bool specs_agree(const char *family, const char *a, const char *b)
{
    hone_spec x = {.type = NULL}, y = {.type = NULL};
    bool agree = false;

    if (same_text(a, b))
        return true;
    if (hone_internal_spec_resolve(family, a, &x) == HONE_OK &&
        hone_internal_spec_resolve(family, b, &y) == HONE_OK)
        agree = x.type == y.type && (!x.type || hone_internal_fields_equal(x.type, x.args, y.args));
    hone_internal_spec_free(&x);
    hone_internal_spec_free(&y);
    return agree;
}

static bool activation_equal(const void *a, const void *b)
{
    return specs_agree("activation", text_none(a) ? "linear" : text_at(a),
                       text_none(b) ? "linear" : text_at(b));
}

static bool initializer_equal(const void *a, const void *b)
{
    return specs_agree("initializer", text_at(a), text_at(b));
}

static bool regularizer_equal(const void *a, const void *b)
{
    return specs_agree("regularizer", text_at(a), text_at(b));
}

static bool constraint_equal(const void *a, const void *b)
{
    return specs_agree("constraint", text_at(a), text_at(b));
}

/* ---- Lists ---- */

/* The items of a config: of a list, or the config itself. */
static size_t item_count(const hone_config *config)
{
    return config->kind == HONE_CONFIG_LIST ? config->count : config->kind == HONE_CONFIG_NULL ? 0 : 1;
}

static const hone_config *item_of(const hone_config *config, size_t i)
{
    return config->kind == HONE_CONFIG_LIST ? config->items[i] : config;
}

static hone_status check_count(const hone_field *field, size_t count, size_t most)
{
    if (count <= most)
        return HONE_OK;
    return hone_fail(HONE_ERROR_ARGUMENT, "%s must have at most %zu items, not %zu", field->name, most,
                     count);
}

static hone_status wrong_item(const hone_field *field, size_t i, const hone_config *item,
                              const char *expected)
{
    char received[64];

    hone_internal_config_describe(item, received, sizeof received);
    return hone_fail(HONE_ERROR_ARGUMENT, "%s[%zu] must be %s, not %s", field->name, i, expected, received);
}

/* Without an end mark the compiler has filled the list up with zeros. */
static size_t count_integers(const void *value)
{
    const int64_t *integers = value;
    size_t count = 0;

    while (count < HONE_MAX_RANK && integers[count] != HONE_NONE_INTEGER)
        count++;
    if (count == HONE_MAX_RANK)
        while (count > 1 && integers[count - 1] == 0)
            count--;
    return count;
}

static bool integers_none(const void *value)
{
    return count_integers(value) == 0;
}

static bool integers_equal(const void *a, const void *b)
{
    size_t count = count_integers(a);

    return count == count_integers(b) && memcmp(a, b, count * sizeof(int64_t)) == 0;
}

/* What lies beyond the end may be anything, so it is made "none". */
static hone_status integers_copy(const hone_field *field, const void *from, void *to)
{
    size_t count = count_integers(from);

    (void)field;
    memcpy(to, from, count * sizeof(int64_t));
    for (size_t i = count; i < HONE_MAX_RANK; i++)
        ((int64_t *)to)[i] = HONE_NONE_INTEGER;
    return HONE_OK;
}

static hone_status integers_read(const hone_field *field, const hone_config *config, void *value)
{
    int64_t *integers = value;
    size_t count = item_count(config);

    for (size_t i = 0; i < HONE_MAX_RANK; i++)
        integers[i] = HONE_NONE_INTEGER;
    if (config->kind != HONE_CONFIG_LIST && config->kind != HONE_CONFIG_NULL &&
        !(config->kind == HONE_CONFIG_INTEGER && field->scalar_or_list))
        return wrong_kind(field, config,
                          field->scalar_or_list ? "an integer or a list of integers" : "a list of integers");
    HONE_TRY(check_count(field, count, HONE_MAX_RANK));
    for (size_t i = 0; i < count; i++) {
        const hone_config *item = item_of(config, i);
        if (item->kind != HONE_CONFIG_INTEGER && item->kind != HONE_CONFIG_NULL)
            return wrong_item(field, i, item, "an integer");
        if (item->kind == HONE_CONFIG_INTEGER && item->integer == HONE_NONE_INTEGER)
            return wrong_item(field, i, item, "an integer in range");
        integers[i] = item->kind == HONE_CONFIG_NULL ? HONE_ANY : item->integer;
    }
    return HONE_OK;
}

static hone_config *write_integer_item(int64_t integer)
{
    return integer == HONE_ANY ? hone_internal_config_null() : hone_internal_config_integer(integer);
}

/* Adds an item to a list; frees the list when that fails, and then returns NULL, as for a NULL list. */
static hone_config *with_item(hone_config *list, hone_config *item)
{
    if (!list) {
        hone_internal_config_free(item);
        return NULL;
    }
    if (hone_internal_config_append(list, item) == HONE_OK)
        return list;
    hone_internal_config_free(list);
    return NULL;
}

/* In axes or sizes -1 is a number; in a shape, which is never one plain integer, it is "any". */
static hone_config *integers_write(const hone_field *field, const void *value)
{
    const int64_t *integers = value;
    size_t count = count_integers(value);
    hone_config *list;

    if (count == 0 && !field->always_list)
        return hone_internal_config_null();
    if (count == 1 && field->scalar_or_list && !field->always_list)
        return hone_internal_config_integer(integers[0]);
    list = hone_internal_config_list();
    for (size_t i = 0; list && i < count; i++)
        list = with_item(list, field->scalar_or_list ? hone_internal_config_integer(integers[i])
                                                     : write_integer_item(integers[i]));
    return list;
}

static hone_status integers_check(const hone_field *field, const void *value)
{
    const int64_t *integers = value;
    size_t count = count_integers(value);
    char what[96];

    for (size_t i = 0; i < count; i++) {
        snprintf(what, sizeof what, "%s[%zu]", field->name, i);
        HONE_TRY(check_integer(field, what, integers[i]));
    }
    return HONE_OK;
}

static size_t count_numbers(const void *value)
{
    const double *numbers = value;
    size_t count = 0;

    while (count < HONE_MAX_NUMBERS && !isnan(numbers[count]))
        count++;
    if (count == HONE_MAX_NUMBERS)
        while (count > 1 && numbers[count - 1] == 0)
            count--;
    return count;
}

static bool numbers_none(const void *value)
{
    return count_numbers(value) == 0;
}

static bool numbers_equal(const void *a, const void *b)
{
    size_t count = count_numbers(a);

    if (count != count_numbers(b))
        return false;
    for (size_t i = 0; i < count; i++)
        if (((const double *)a)[i] != ((const double *)b)[i])
            return false;
    return true;
}

static hone_status numbers_copy(const hone_field *field, const void *from, void *to)
{
    size_t count = count_numbers(from);

    (void)field;
    memcpy(to, from, count * sizeof(double));
    for (size_t i = count; i < HONE_MAX_NUMBERS; i++)
        ((double *)to)[i] = HONE_NONE;
    return HONE_OK;
}

static hone_status numbers_read(const hone_field *field, const hone_config *config, void *value)
{
    double *numbers = value;
    size_t count = item_count(config);

    for (size_t i = 0; i < HONE_MAX_NUMBERS; i++)
        numbers[i] = HONE_NONE;
    HONE_TRY(check_count(field, count, HONE_MAX_NUMBERS));
    for (size_t i = 0; i < count; i++) {
        if (!hone_internal_field_number(item_of(config, i), &numbers[i]) || isnan(numbers[i]))
            return wrong_item(field, i, item_of(config, i), "a number");
    }
    return HONE_OK;
}

static hone_config *numbers_write(const hone_field *field, const void *value)
{
    size_t count = count_numbers(value);
    hone_config *list = count ? hone_internal_config_list() : hone_internal_config_null();

    (void)field;
    for (size_t i = 0; list && i < count; i++)
        list = with_item(list, hone_internal_config_number(((const double *)value)[i]));
    return list;
}

static hone_status numbers_check(const hone_field *field, const void *value)
{
    size_t count = count_numbers(value);
    char what[96];

    for (size_t i = 0; i < count; i++) {
        snprintf(what, sizeof what, "%s[%zu]", field->name, i);
        HONE_TRY(check_number(field, what, ((const double *)value)[i]));
    }
    return HONE_OK;
}

static const char *text_item(const void *value, size_t i)
{
    return ((const char *const *)value)[i];
}

static size_t count_texts(const void *value)
{
    size_t count = 0;

    while (count < HONE_MAX_TEXTS && text_item(value, count))
        count++;
    return count;
}

static bool texts_none(const void *value)
{
    return count_texts(value) == 0;
}

static bool texts_equal(const void *a, const void *b)
{
    size_t count = count_texts(a);

    if (count != count_texts(b))
        return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(text_item(a, i), text_item(b, i)) != 0)
            return false;
    return true;
}

static hone_status texts_copy(const hone_field *field, const void *from, void *to)
{
    size_t count = count_texts(from);

    (void)field;
    for (size_t i = 0; i < count; i++)
        HONE_TRY(copy_text(text_item(from, i), (char *)to + i * sizeof(char *)));
    return HONE_OK;
}

static void texts_release(void *value)
{
    for (size_t i = 0; i < HONE_MAX_TEXTS; i++)
        text_release((char *)value + i * sizeof(char *));
}

static hone_status texts_read(const hone_field *field, const hone_config *config, void *value)
{
    size_t count = item_count(config);

    HONE_TRY(check_count(field, count, HONE_MAX_TEXTS));
    for (size_t i = 0; i < count; i++) {
        const hone_config *item = item_of(config, i);
        if (item->kind != HONE_CONFIG_TEXT)
            return wrong_item(field, i, item, "a text");
        HONE_TRY(copy_text(item->text, (char *)value + i * sizeof(char *)));
    }
    return HONE_OK;
}

static hone_config *texts_write(const hone_field *field, const void *value)
{
    size_t count = count_texts(value);
    hone_config *list = count ? hone_internal_config_list() : hone_internal_config_null();

    (void)field;
    for (size_t i = 0; list && i < count; i++)
        list = with_item(list, hone_internal_config_text(text_item(value, i)));
    return list;
}

/* ---- Layers and schedules ---- */

void hone_internal_fields_set_objects(const hone_object_functions *functions)
{
#define TAKE(member) \
    if (functions->member) \
    objects.member = functions->member
    TAKE(retain_layer);
    TAKE(free_layer);
    TAKE(layer_to_config);
    TAKE(layer_from_config);
    TAKE(retain_schedule);
    TAKE(free_schedule);
    TAKE(schedule_to_config);
    TAKE(schedule_from_config);
#undef TAKE
}

bool hone_internal_object_given(const void *object)
{
    return object && object != hone_nothing;
}

static const void *object_at(const void *value)
{
    const void *object;

    memcpy(&object, value, sizeof object);
    return object;
}

static bool object_none(const void *value)
{
    return !hone_internal_object_given(object_at(value));
}

static hone_status no_objects(const hone_field *field)
{
    return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: this build has no %ss", field->name,
                     hone_internal_field_row(field)->label);
}

static bool configs_agree(hone_config *a, hone_config *b)
{
    bool agree = a && b && hone_internal_config_equal(a, b);

    hone_internal_config_free(a);
    hone_internal_config_free(b);
    return agree;
}

static bool layer_equal(const void *a, const void *b)
{
    if (object_none(a) || object_none(b))
        return object_none(a) && object_none(b);
    if (object_at(a) == object_at(b))
        return true;
    return objects.layer_to_config &&
           configs_agree(objects.layer_to_config(object_at(a)), objects.layer_to_config(object_at(b)));
}

static hone_status layer_copy(const hone_field *field, const void *from, void *to)
{
    hone_layer *layer;

    memcpy(&layer, from, sizeof layer);
    if (hone_internal_object_given(layer)) {
        if (!objects.retain_layer)
            return no_objects(field);
        objects.retain_layer(layer);
    }
    memcpy(to, &layer, sizeof layer);
    return HONE_OK;
}

static void layer_release(void *value)
{
    hone_layer *layer;

    memcpy(&layer, value, sizeof layer);
    if (hone_internal_object_given(layer) && objects.free_layer)
        objects.free_layer(layer);
    memset(value, 0, sizeof layer);
}

static hone_status layer_read(const hone_field *field, const hone_config *config, void *value)
{
    hone_layer *layer = NULL;

    if (!objects.layer_from_config)
        return no_objects(field);
    layer = objects.layer_from_config(config);
    memcpy(value, &layer, sizeof layer);
    return layer ? HONE_OK : hone_error_status();
}

static hone_config *layer_write(const hone_field *field, const void *value)
{
    if (object_none(value))
        return hone_internal_config_null();
    if (objects.layer_to_config)
        return objects.layer_to_config(object_at(value));
    no_objects(field);
    return NULL;
}

static bool schedule_equal(const void *a, const void *b)
{
    if (object_none(a) || object_none(b))
        return object_none(a) && object_none(b);
    if (object_at(a) == object_at(b))
        return true;
    return objects.schedule_to_config &&
           configs_agree(objects.schedule_to_config(object_at(a)), objects.schedule_to_config(object_at(b)));
}

static hone_status schedule_copy(const hone_field *field, const void *from, void *to)
{
    hone_schedule *schedule;

    memcpy(&schedule, from, sizeof schedule);
    if (hone_internal_object_given(schedule)) {
        if (!objects.retain_schedule)
            return no_objects(field);
        objects.retain_schedule(schedule);
    }
    memcpy(to, &schedule, sizeof schedule);
    return HONE_OK;
}

static void schedule_release(void *value)
{
    hone_schedule *schedule;

    memcpy(&schedule, value, sizeof schedule);
    if (hone_internal_object_given(schedule) && objects.free_schedule)
        objects.free_schedule(schedule);
    memset(value, 0, sizeof schedule);
}

static hone_status schedule_read(const hone_field *field, const hone_config *config, void *value)
{
    hone_schedule *schedule = NULL;

    if (!objects.schedule_from_config)
        return no_objects(field);
    schedule = objects.schedule_from_config(config);
    memcpy(value, &schedule, sizeof schedule);
    return schedule ? HONE_OK : hone_error_status();
}

static hone_config *schedule_write(const hone_field *field, const void *value)
{
    if (object_none(value))
        return hone_internal_config_null();
    if (objects.schedule_to_config)
        return objects.schedule_to_config(object_at(value));
    no_objects(field);
    return NULL;
}

/* clang-format off */
static const hone_field_row kinds[] = {
    [HONE_FIELD_BOOLEAN] = {"true or false", NULL, sizeof(bool), false,
        boolean_none, boolean_equal, boolean_copy, keep_value,
        boolean_read, boolean_write, no_check},
    [HONE_FIELD_INTEGER] = {"integer", NULL, sizeof(int64_t), false,
        integer_none, integer_equal, integer_copy, keep_value,
        integer_read, integer_write, integer_check},
    [HONE_FIELD_NUMBER] = {"number", NULL, sizeof(double), false,
        number_none, number_equal, number_copy, keep_value,
        number_read, number_write, number_check},
    [HONE_FIELD_TEXT] = {"text", NULL, sizeof(char *), true,
        text_none, text_equal, text_copy, text_release,
        text_read, text_write, text_check},
    [HONE_FIELD_ACTIVATION] = {"activation", "activation", sizeof(char *), true,
        text_none, activation_equal, text_copy, text_release,
        spec_read, activation_write, spec_check},
    [HONE_FIELD_INITIALIZER] = {"initializer", "initializer", sizeof(char *), true,
        text_none, initializer_equal, text_copy, text_release,
        spec_read, spec_write, spec_check},
    [HONE_FIELD_REGULARIZER] = {"regularizer", "regularizer", sizeof(char *), true,
        text_none, regularizer_equal, text_copy, text_release,
        spec_read, spec_write, spec_check},
    [HONE_FIELD_CONSTRAINT] = {"constraint", "constraint", sizeof(char *), true,
        text_none, constraint_equal, text_copy, text_release,
        spec_read, spec_write, spec_check},
    [HONE_FIELD_INTEGERS] = {"integers", NULL, sizeof(int64_t[HONE_MAX_RANK]), false,
        integers_none, integers_equal, integers_copy, keep_value,
        integers_read, integers_write, integers_check},
    [HONE_FIELD_NUMBERS] = {"numbers", NULL, sizeof(double[HONE_MAX_NUMBERS]), false,
        numbers_none, numbers_equal, numbers_copy, keep_value,
        numbers_read, numbers_write, numbers_check},
    [HONE_FIELD_TEXTS] = {"texts", NULL, sizeof(char *[HONE_MAX_TEXTS]), true,
        texts_none, texts_equal, texts_copy, texts_release,
        texts_read, texts_write, no_check},
    [HONE_FIELD_LAYER] = {"layer", NULL, sizeof(hone_layer *), true,
        object_none, layer_equal, layer_copy, layer_release,
        layer_read, layer_write, no_check},
    [HONE_FIELD_SCHEDULE] = {"schedule", NULL, sizeof(hone_schedule *), true,
        object_none, schedule_equal, schedule_copy, schedule_release,
        schedule_read, schedule_write, no_check},
};
/* clang-format on */

const hone_field_row *hone_internal_field_row(const hone_field *field)
{
    return &kinds[field->kind];
}
