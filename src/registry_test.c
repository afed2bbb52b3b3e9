/* The registry: names, defaults against the ones that Keras saves, one's own types. */
#include "fields/fields.h"
#include "base/memory.h"
#include "registry.h"
#include "testing/golden.h"
#include "testing/test.h"

#include <math.h>
#include <string.h>

/* ---- defaults ---- */

static bool absent(const hone_config *value)
{
    return !hone_internal_config_present(value) ||
           (hone_internal_config_is(value, HONE_CONFIG_LIST) && hone_internal_config_count(value) == 0);
}

static bool numeric(const hone_config *value)
{
    return hone_internal_config_is_numeric(value);
}

/* Equal, as Keras reads them: 2 and 2.0 are one number, null and [] both nothing, and numbers may have been
 * float32. */
static bool agree(const hone_config *a, const hone_config *b)
{
    if (absent(a) || absent(b))
        return absent(a) && absent(b);
    if (numeric(a) && numeric(b))
        return fabs(hone_internal_config_as_number(a) - hone_internal_config_as_number(b)) <=
               1e-7 * fabs(hone_internal_config_as_number(a));
    if (hone_internal_config_kind(a) != hone_internal_config_kind(b))
        return false;
    if (!hone_internal_config_is(a, HONE_CONFIG_LIST) && !hone_internal_config_is(a, HONE_CONFIG_MAP))
        return hone_internal_config_equal(a, b);
    for (size_t i = 0; i < hone_internal_config_count(a); i++) {
        const hone_config *other = hone_internal_config_is(a, HONE_CONFIG_MAP)
                                       ? hone_internal_config_get(b, hone_internal_config_key(a, i))
                                   : i < hone_internal_config_count(b) ? hone_internal_config_at(b, i)
                                                                       : NULL;
        if (!agree(hone_internal_config_at(a, i), other))
            return false;
    }
    return hone_internal_config_is(a, HONE_CONFIG_MAP) ||
           hone_internal_config_count(a) == hone_internal_config_count(b);
}

/* Reading what Keras saved for default arguments gives a struct that is written the same, and nothing
 * besides. */
static void check_defaults(const char *family, const hone_config *example)
{
    const hone_config *serialized = golden_get(example, "serialized"),
                      *expected = hone_internal_config_get(serialized, "config");
    const char *class_name = hone_internal_config_get_text(serialized, "class_name");
    const hone_type *type = hone_internal_type_find(family, class_name);
    if (type == NULL)
        fail_msg("%s", hone_error_message());
    assert_string_equal(type->class_name, class_name);
    assert_string_equal(type->module, hone_internal_config_get_text(serialized, "module"));
    void *args = hone_internal_fields_from_config(type, expected, NULL);
    if (args == NULL)
        fail_msg("%s %s: %s", family, class_name, hone_error_message());
    hone_config *written = hone_internal_fields_to_config(type, args);
    if (!agree(expected, written) || !agree(written, expected))
        fail_msg("%s %s: %s, not %s", family, class_name, hone_internal_config_to_json(written, false),
                 hone_internal_config_to_json(expected, false));
    void *defaults = hone_internal_fields_from_config(type, golden_get(example, "arguments"), NULL);
    assert_non_null(defaults);
    hone_config *from_defaults = hone_internal_fields_to_config(type, defaults);
    if (!agree(from_defaults, written))
        fail_msg("%s %s: defaults %s, not %s", family, class_name,
                 hone_internal_config_to_json(from_defaults, false),
                 hone_internal_config_to_json(written, false));
    hone_internal_config_free(written);
    hone_internal_config_free(from_defaults);
    hone_internal_fields_free(type, args);
    hone_internal_fields_free(type, defaults);
}

TEST(defaults_are_those_of_keras)
{
    static const char *const families[] = {"initializer", "regularizer", "constraint", "optimizer",
                                           "schedule"};
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        hone_config *file = golden_open("defaults", families[i]);
        const hone_config *cases = golden_cases(file);
        for (size_t j = 0; j < hone_internal_config_count(cases); j++)
            check_defaults(families[i], hone_internal_config_at(cases, j));
        hone_internal_config_free(file);
    }
}

/* ---- names ---- */

TEST(names_are_unique_and_explained)
{
    for (const char *const *family = hone_internal_families; *family != NULL; family++) {
        const hone_type *type, *found;
        for (size_t i = 0; (type = hone_internal_type_at(*family, i)) != NULL; i++) {
            found = hone_internal_type_find(*family, type->name);
            if (found != type)
                fail_msg("%s \"%s\" stands for another", *family, type->name);
            found = hone_internal_type_find(*family, type->class_name);
            if (found == NULL || strcmp(found->class_name, type->class_name) != 0)
                fail_msg("%s %s", *family, type->class_name);
            if (type->summary == NULL || type->module == NULL)
                fail_msg("%s %s is not explained", *family, type->name);
            assert_true(type->args_size >= sizeof(hone_args));
            for (size_t j = 0; j < type->field_count; j++)
                if (type->fields[j].help == NULL)
                    fail_msg("%s %s: %s has no help", *family, type->name, type->fields[j].name);
        }
    }
}

/* ---- one's own ---- */

static double rate_halved(const void *args, int64_t step)
{
    (void)args;
    return 1 / (double)(step + 1);
}

#define NO_FIELDS(F, A)
HONE_ARGS_STRUCT(own_args, NO_FIELDS);
HONE_FIELD_TABLE(own_args, NO_FIELDS);

TEST(ones_own_types_are_known)
{
    static const hone_schedule_type own = {
        .type = {.name = "my_schedule",
                 .class_name = "MySchedule",
                 .module = "mine",
                 .summary = "Mine.",
                 HONE_TYPE_FIELDS(own_args)},
        .rate = rate_halved,
    };
    static const hone_schedule_type twin = {
        .type = {.name = "my_schedule",
                 .class_name = "Twin",
                 .module = "mine",
                 .summary = "Mine.",
                 HONE_TYPE_FIELDS(own_args)},
        .rate = rate_halved,
    };
    static const hone_schedule_type nameless = {
        .type = {.class_name = "Nameless", HONE_TYPE_FIELDS(own_args)}, .rate = rate_halved};
    assert_int_equal(hone_register_schedule(&own), HONE_OK);
    assert_ptr_equal(hone_internal_type_find("schedule", "MySchedule"), &own.type);
    assert_int_equal(hone_register_schedule(&twin), HONE_ERROR_NAME);
    assert_int_equal(hone_register_schedule(&nameless), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_register_schedule(NULL), HONE_ERROR_ARGUMENT);
    hone_error_clear();
}

TEST(defaults_are_given_by_name)
{
    own_args args = {.base = {0}};
    char larger[4096];
    assert_int_equal(hone_args_default("my_schedule", &args, sizeof args), HONE_OK);
    assert_int_equal(args.base.size, sizeof args);
    assert_int_equal(hone_args_default("my_schedule", larger, sizeof larger), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_args_default("my_shedule", &args, sizeof args), HONE_ERROR_NAME);
    hone_error_clear();
}
