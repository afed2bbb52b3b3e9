/* hone schema: every type and argument of the library as JSON, for bindings of other languages. */
#include "json.h"

#include <hone/catalog.h>
#include <hone/extend.h>
#include <math.h>

/* In the order of hone_field_kind. */
static const char *const kinds[] = {
    "boolean",    "integer",  "number",   "text",      "activation", "initializer",   "regularizer",
    "constraint", "integers", "sizes",    "numbers",   "texts",      "ids",           "layer",
    "schedule",   "tensor",   "tensors",  "optimizer", "callbacks",  "dataset",       "model",
    "history",    "sink",     "progress", "pointer",   "text_list",  "class_weights", "layers"};

/* Bytes of the member that this field is: up to the next one, or the end. */
static size_t size_of(const hone_type *type, const hone_field *field)
{
    size_t end = type->args_size;
    for (size_t i = 0; i < type->field_count; i++)
        if (type->fields[i].offset > field->offset && type->fields[i].offset < end)
            end = type->fields[i].offset;
    return end - field->offset;
}

static void put_field(cli_json *json, const hone_type *type, const hone_field *field)
{
    char *standard = hone_field_default(type, field);
    cli_json_open(json, NULL, '{');
    cli_json_text(json, "name", field->name);
    if (field->key != NULL)
        cli_json_text(json, "key", field->key);
    cli_json_text(json, "kind",
                  (size_t)field->kind < sizeof kinds / sizeof *kinds ? kinds[field->kind] : "unknown");
    cli_json_integer(json, "offset", (int64_t)field->offset);
    cli_json_integer(json, "room", (int64_t)size_of(type, field));
    cli_json_text(json, "default", standard);
    if (field->bounded && isfinite(field->lowest))
        cli_json_number(json, field->open_below ? "above" : "at_least", field->lowest);
    if (field->bounded && isfinite(field->highest))
        cli_json_number(json, field->open_above ? "below" : "at_most", field->highest);
    if (field->choices != NULL)
        cli_json_text(json, "choices", field->choices);
    if (field->specs != NULL)
        cli_json_text(json, "specs", field->specs);
    if (field->by_name)
        cli_json_text(json, "by_name", "yes");
    if (field->required)
        cli_json_text(json, "required", "yes");
    if (field->program_only)
        cli_json_text(json, "program_only", "yes");
    if (field->unsupported != NULL)
        cli_json_text(json, "unsupported", field->unsupported);
    cli_json_text(json, "help", field->help);
    cli_json_close(json, '}');
    hone_free(standard);
}

static void put_type(cli_json *json, const hone_type *type)
{
    cli_json_open(json, type->name, '{');
    cli_json_text(json, "class_name", type->class_name);
    cli_json_text(json, "module", type->module);
    cli_json_text(json, "summary", type->summary);
    cli_json_integer(json, "size", (int64_t)type->args_size);
    cli_json_open(json, "fields", '[');
    for (size_t i = 0; i < type->field_count; i++)
        put_field(json, type, &type->fields[i]);
    cli_json_close(json, ']');
    cli_json_close(json, '}');
}

static int schema(const cli_settings *settings)
{
    cli_json json;
    const char *family;
    const hone_type *type;
    if (!settings->json)
        return cli_fail_usage("schema: --json is missing: hone schema --json; for people: hone help NAME");
    cli_json_begin(&json);
    cli_json_text(&json, "version", HONE_VERSION_TEXT);
    for (size_t i = 0; (family = hone_family_at(i)) != NULL; i++) {
        cli_json_open(&json, family, '{');
        for (size_t k = 0; (type = hone_type_at(family, k)) != NULL; k++)
            put_type(&json, type);
        cli_json_close(&json, '}');
    }
    cli_json_open(&json, "function", '{');
    for (size_t k = 0; (type = hone_function_at(k)) != NULL; k++)
        put_type(&json, type);
    cli_json_close(&json, '}');
    cli_json_open(&json, "recipe", '{');
    for (size_t k = 0; (type = hone_recipe_section(k)) != NULL; k++)
        put_type(&json, type);
    cli_json_close(&json, '}');
    return cli_json_print(&json);
}

static const cli_option options[] = {CLI_OPTION_JSON, CLI_OPTIONS_END};

const cli_command cli_schema = {
    .name = "schema",
    .operands = "",
    .least = 0,
    .most = 0,
    .options = options,
    .run = schema,
    .summary = "Prints every type and argument of the library as JSON, for bindings of other languages.",
    .details =
        "By family (layer, optimizer, loss, ...; function: fit, save, ...; recipe: its sections) and name: class_name, module,\n"
        "summary, size (bytes of the argument struct) and fields: name, kind, offset, room (bytes up to the next member), default\n"
        "(as in a spec; null: none), bounds, choices, help.\n\n"
        "  hone schema --json > schema.json\n"};
