/* Items of a list of layers, and the layers that they describe. */
#include "base/memory.h"
#include "fields/fields.h"
#include "fields/spec.h"
#include "layers/layer.h"
#include "recipe/parts.h"

#include <string.h>

/* Beside the layer's own key in an item: {dense: 30, name: hidden, inputs: wide}. */
static bool is_model(const char *kind)
{
    static const char *const kinds[] = {"model", "sequential", "functional",
                                        "Model", "Sequential", "Functional"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kind, kinds[i]) == 0)
            return true;
    return false;
}

bool hone_internal_recipe_item_is_file(const hone_recipe_item *item)
{
    return strcmp(item->kind, "file") == 0;
}

bool hone_internal_recipe_item_is_input(const hone_recipe_item *item)
{
    return strcmp(item->kind, "input") == 0 || strcmp(item->kind, "InputLayer") == 0;
}

const char *hone_internal_recipe_item_name(const hone_recipe_item *item)
{
    return hone_internal_config_get_text(item->arguments, "name");
}

void hone_internal_recipe_item_free(hone_recipe_item *item)
{
    hone_internal_free(item->kind);
    hone_internal_config_free(item->arguments);
    *item = (hone_recipe_item){.node = NULL};
}

/* ---- reading an item ---- */

static hone_status fail_item(const hone_config *node)
{
    char received[96];
    hone_internal_config_describe(node, received, sizeof received);
    return hone_internal_config_fail(
        node,
        "a layer must be a name, or one name with its arguments, such as \"dense: {units: 10}\"; received %s",
        received);
}

/* The place of the layer's own key. */
static hone_status find_kind(const hone_config *node, size_t *place)
{
    size_t found = hone_internal_config_count(node);
    for (size_t i = 0; i < hone_internal_config_count(node); i++) {
        if (hone_internal_recipe_beside_layer(hone_internal_config_key(node, i)))
            continue;
        if (found < hone_internal_config_count(node))
            return hone_internal_config_fail(
                hone_internal_config_at(node, i),
                "\"%.60s\" is next to \"%.60s\"; its arguments go below it: %.60s: {%.60s: ...}",
                hone_internal_config_key(node, i), hone_internal_config_key(node, found),
                hone_internal_config_key(node, found), hone_internal_config_key(node, i));
        found = i;
    }
    *place = found;
    return found == hone_internal_config_count(node) ? fail_item(node) : HONE_OK;
}

hone_config *hone_internal_recipe_arguments(const hone_config *value)
{
    if (hone_internal_config_is(value, HONE_CONFIG_MAP))
        return hone_internal_config_copy(value);
    hone_config *map = hone_internal_config_map();
    if (map == NULL || !hone_internal_config_present(value))
        return map;
    if (hone_internal_config_set(map, "#0", hone_internal_config_copy(value)) >= 0)
        return map;
    hone_internal_config_free(map);
    return NULL;
}

static hone_status take_beside(const hone_config *node, hone_recipe_item *item)
{
    const hone_config *name = hone_internal_config_get(node, "name"),
                      *inputs = hone_internal_config_get(node, "inputs"),
                      *call = hone_internal_config_get(node, "call");
    if (inputs != NULL) {
        if (item->inputs != NULL)
            return hone_internal_config_fail(inputs, "inputs are given twice");
        item->inputs = inputs;
    }
    if (call != NULL) {
        if (item->call != NULL)
            return hone_internal_config_fail(call, "the arguments of the call are given twice");
        item->call = call;
    }
    if (name == NULL)
        return HONE_OK;
    if (hone_internal_config_get(item->arguments, "name") != NULL)
        return hone_internal_config_fail(name, "the name is given twice");
    return hone_internal_config_set(item->arguments, "name", hone_internal_config_copy(name));
}

/* {file: base.keras, until: pooling}: its keys stand beside each other. */
static hone_status read_file(const hone_config *node, hone_recipe_item *item)
{
    item->kind = hone_internal_copy_text("file");
    item->arguments = hone_internal_config_copy(node);
    return item->kind == NULL || item->arguments == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

static hone_status read_map(const hone_config *node, hone_recipe_item *item)
{
    size_t place = 0;
    if (hone_internal_config_get(node, "file") != NULL)
        return read_file(node, item);
    HONE_TRY(find_kind(node, &place));
    item->kind = hone_internal_copy_text(hone_internal_config_key(node, place));
    item->arguments = hone_internal_recipe_arguments(hone_internal_config_at(node, place));
    if (item->kind == NULL || item->arguments == NULL)
        return HONE_ERROR_MEMORY;
    item->inputs = hone_internal_config_get(hone_internal_config_at(node, place), "inputs");
    item->call = hone_internal_config_get(hone_internal_config_at(node, place), "call");
    hone_internal_config_remove(item->arguments, "inputs");
    hone_internal_config_remove(item->arguments, "call");
    HONE_TRY(take_beside(node, item));
    return item->call == NULL ? HONE_OK : hone_internal_recipe_expect(item->call, HONE_CONFIG_MAP, "call");
}

static hone_status read_text(const hone_config *node, hone_recipe_item *item)
{
    item->kind = hone_internal_spec_parse(hone_internal_config_as_text(node), &item->arguments);
    if (item->kind == NULL)
        return hone_internal_recipe_place(hone_error_status(), node);
    if (hone_internal_config_get(item->arguments, "inputs") == NULL)
        return HONE_OK;
    return hone_internal_config_fail(node, "write inputs beside the arguments: {%.60s: {...}, inputs: name}",
                                     item->kind);
}

/* The shape of an input stands first: input: [28, 28], input: 5, input(28, 28). */
static hone_status tidy_input(hone_recipe_item *item)
{
    hone_config *map = item->arguments;
    const hone_config *first = hone_internal_config_get(map, "#0");
    if (first == NULL)
        return HONE_OK;
    hone_config *shape = hone_internal_config_is(first, HONE_CONFIG_LIST) ? hone_internal_config_copy(first)
                                                                          : hone_internal_config_list();
    hone_status status = shape == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (size_t i = 0; i < hone_internal_config_count(map) && status >= 0; i++)
        if (hone_internal_config_key(map, i)[0] == '#' && !hone_internal_config_is(first, HONE_CONFIG_LIST))
            status = hone_internal_config_append(shape,
                                                 hone_internal_config_copy(hone_internal_config_at(map, i)));
    if (status < 0) {
        hone_internal_config_free(shape);
        return status;
    }
    hone_internal_config_set_place(shape, hone_internal_config_place(first));
    for (size_t i = hone_internal_config_count(map); i > 0; i--)
        if (hone_internal_config_key(map, i - 1)[0] == '#')
            hone_internal_config_remove(map, hone_internal_config_key(map, i - 1));
    return hone_internal_config_set(map, "shape", shape);
}

hone_status hone_internal_recipe_item_read(const hone_config *node, hone_recipe_item *item)
{
    *item = (hone_recipe_item){.node = node};
    hone_status status = hone_internal_config_is(node, HONE_CONFIG_TEXT)  ? read_text(node, item)
                         : hone_internal_config_is(node, HONE_CONFIG_MAP) ? read_map(node, item)
                                                                          : fail_item(node);
    if (status >= 0 && hone_internal_recipe_item_is_input(item))
        status = tidy_input(item);
    if (status < 0)
        hone_internal_recipe_item_free(item);
    return status;
}

/* ---- arguments that hold layers and schedules ---- */

static bool is_short_form(const hone_config *value)
{
    return hone_internal_config_is(value, HONE_CONFIG_MAP) && hone_internal_config_count(value) == 1;
}

/* {dense: 3} to {class_name: Dense, config: {units: 3}}. */
static hone_config *layer_envelope(const hone_config *value)
{
    hone_recipe_item item;
    if (hone_internal_recipe_item_read(value, &item) < 0)
        return NULL;
    const hone_type *type = hone_internal_type_find("layer", item.kind);
    hone_config *envelope = NULL;
    if (type == NULL)
        hone_internal_recipe_place(hone_error_status(), value);
    else if (hone_internal_recipe_tidy_arguments(type, item.arguments) >= 0)
        envelope =
            hone_internal_envelope(type->module, type->class_name, hone_internal_config_copy(item.arguments));
    hone_internal_recipe_item_free(&item);
    return envelope;
}

static hone_config *schedule_spec(const hone_config *value)
{
    char *text = hone_internal_spec_from_config("schedule", value);
    hone_config *spec = text == NULL ? NULL : hone_internal_config_text(text);
    if (text == NULL)
        hone_internal_recipe_place(hone_error_status(), value);
    hone_internal_free(text);
    return spec;
}

/* Short forms in a list of layers: [random_flip, {random_rotation: 0.1, name: turned}]. */
static hone_status tidy_list(hone_config *list)
{
    for (size_t i = 0;
         hone_internal_config_is(list, HONE_CONFIG_LIST) && i < hone_internal_config_count(list); i++) {
        const hone_config *one = hone_internal_config_at(list, i);
        if (hone_internal_config_is(one, HONE_CONFIG_TEXT) ||
            hone_internal_config_get(one, "class_name") != NULL)
            continue;
        hone_config *tidy = layer_envelope(one);
        if (tidy == NULL)
            return hone_error_status();
        hone_internal_config_set_place(tidy, hone_internal_config_place(one));
        HONE_TRY(hone_internal_config_replace(list, i, tidy));
    }
    return HONE_OK;
}

/* The field that an argument is of, by its name or by its place ("#0"); NULL: none. */
static const hone_field *field_of(const hone_type *type, const hone_config *arguments, size_t place)
{
    const char *key = hone_internal_config_key(arguments, place);
    return key[0] == '#' ? hone_internal_fields_of_key(type, arguments, key)
                         : hone_internal_fields_find(type, key);
}

hone_status hone_internal_recipe_tidy_arguments(const hone_type *type, hone_config *arguments)
{
    for (size_t i = 0; i < hone_internal_config_count(arguments); i++) {
        hone_config *value = hone_internal_config_at_mutable(arguments, i);
        const hone_field *field = field_of(type, arguments, i);
        if (field != NULL && field->kind == HONE_FIELD_LAYERS)
            HONE_TRY(tidy_list(value));
        if (field == NULL || !is_short_form(value))
            continue;
        bool schedule = hone_internal_field_schedule_beside(type, field) != NULL;
        hone_config *tidy = field->kind == HONE_FIELD_LAYER ? layer_envelope(value)
                            : schedule                      ? schedule_spec(value)
                                                            : value;
        if (tidy == NULL)
            return hone_error_status();
        if (tidy == value)
            continue;
        hone_internal_config_set_place(tidy, hone_internal_config_place(value));
        HONE_TRY(hone_internal_config_replace(arguments, i, tidy));
    }
    return HONE_OK;
}

/* ---- layers ---- */

static hone_layer *plain_layer(const hone_recipe_item *item)
{
    const hone_type *type = hone_internal_type_find("layer", item->kind);
    void *args = NULL;
    hone_layer *layer = NULL;
    if (type != NULL && hone_internal_recipe_tidy_arguments(type, item->arguments) >= 0)
        args = hone_internal_fields_from_config(type, item->arguments, NULL);
    if (args != NULL)
        layer = hone_layer_create((const hone_layer_type *)type, args);
    hone_internal_fields_free(type, args);
    return layer;
}

/* [layers], {layers: [...], outputs: [...], name: ...}, or {file: base.keras, name: ...}. */
static hone_model *nested_model(const hone_recipe *recipe, const hone_recipe_item *item)
{
    static const char *const keys[] = {"layers", "outputs", "name", "trainable", "#0", NULL};
    const hone_config *layers = hone_internal_config_get(item->arguments, "layers");
    if (hone_internal_config_get(item->arguments, "file") != NULL)
        return hone_internal_recipe_file_model(recipe, item->arguments, HONE_RECIPE_FILE_LAYER);
    if (layers == NULL)
        layers = hone_internal_config_get(item->arguments, "#0");
    if (hone_internal_recipe_check_keys(item->arguments, item->kind, keys) < 0)
        return NULL;
    if (!hone_internal_config_present(layers)) {
        hone_internal_config_fail(item->node, "%s needs a list of layers, or a file", item->kind);
        return NULL;
    }
    if (hone_internal_recipe_expect(layers, HONE_CONFIG_LIST, "layers") < 0)
        return NULL;
    return hone_internal_recipe_network(recipe, layers, hone_internal_config_get(item->arguments, "outputs"));
}

static hone_layer *nested_layer(const hone_recipe *recipe, const hone_recipe_item *item)
{
    const hone_config *trainable = hone_internal_config_get(item->arguments, "trainable");
    if (trainable != NULL && hone_internal_recipe_expect(trainable, HONE_CONFIG_BOOLEAN, "trainable") < 0)
        return NULL;
    hone_model *model = nested_model(recipe, item);
    const char *name = hone_internal_recipe_item_name(item);
    if (model != NULL && name != NULL && hone_model_set_name(model, name) < 0) {
        hone_model_free(model);
        return NULL;
    }
    hone_layer *layer = hone_model_as_layer(model);
    if (trainable != NULL && !hone_internal_config_as_boolean(trainable))
        hone_layer_set_trainable(layer, false);
    return layer;
}

hone_layer *hone_internal_recipe_item_layer(const hone_recipe *recipe, const hone_recipe_item *item)
{
    hone_layer *layer = is_model(item->kind) ? nested_layer(recipe, item) : plain_layer(item);
    if (layer == NULL)
        hone_internal_recipe_place(hone_error_status(), item->node);
    return layer;
}
