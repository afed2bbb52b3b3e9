/* Fields that hold a small thing by its spec string: "relu", "l2(0.01)". */
#include "base/error.h"
#include "base/memory.h"
#include "fields/field_kinds.h"
#include "fields/spec.h"
#include <string.h>

static hone_status spec_read(const hone_field *field, const hone_config *config, void *value)
{
    char *text;

    if (!hone_internal_config_present(config))
        return HONE_OK;
    text = hone_internal_spec_from_config(hone_internal_field_family(field), config);
    if (!text)
        return hone_error_status();
    if (strcmp(text, "none") != 0)
        memcpy(value, &text, sizeof text);
    else
        hone_internal_free(text);
    return HONE_OK;
}

static hone_config *spec_write(const hone_field *field, const void *value)
{
    return hone_internal_spec_to_config(hone_internal_field_family(field), hone_internal_field_text(value));
}

static hone_status spec_check(const hone_field *field, const void *value)
{
    hone_spec spec;
    hone_status status =
        hone_internal_spec_resolve(hone_internal_field_family(field), hone_internal_field_text(value), &spec);

    hone_internal_spec_free(&spec);
    return status;
}

/* Two spellings of one thing are equal; what cannot be resolved equals only itself. */
static bool specs_agree(const char *family, const char *a, const char *b)
{
    hone_spec x = {.type = NULL}, y = {.type = NULL};
    bool agree = false;

    if (a == b || (a && b && strcmp(a, b) == 0))
        return true;
    if (hone_internal_spec_resolve(family, a, &x) == HONE_OK &&
        hone_internal_spec_resolve(family, b, &y) == HONE_OK)
        agree = x.type == y.type && (!x.type || hone_internal_fields_equal(x.type, x.args, y.args));
    hone_internal_spec_free(&x);
    hone_internal_spec_free(&y);
    return agree;
}

static bool spec_equal(const hone_field *field, const void *a, const void *b)
{
    return specs_agree(hone_internal_field_family(field), hone_internal_field_text(a),
                       hone_internal_field_text(b));
}

/* As Keras: no activation is the linear one. */
static const void *or_linear(const void *value)
{
    static const char *const linear = "linear";

    return hone_internal_field_text(value) ? value : &linear;
}

static hone_config *activation_write(const hone_field *field, const void *value)
{
    return spec_write(field, or_linear(value));
}

static bool activation_equal(const hone_field *field, const void *a, const void *b)
{
    return spec_equal(field, or_linear(a), or_linear(b));
}

#define SPEC(family_, equal_, write_) \
    const hone_field_row hone_internal_##family_##_field = { \
        .label = #family_, \
        .family = #family_, \
        .bytes = sizeof(char *), \
        .owns = true, \
        .none = hone_internal_text_field_none, \
        .equal = equal_, \
        .copy = hone_internal_text_field_copy, \
        .release = hone_internal_text_field_release, \
        .read = spec_read, \
        .write = write_, \
        .check = spec_check, \
    }
SPEC(activation, activation_equal, activation_write);
SPEC(initializer, spec_equal, spec_write);
SPEC(regularizer, spec_equal, spec_write);
SPEC(constraint, spec_equal, spec_write);
