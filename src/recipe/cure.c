/* Cures of the doctor as changes of a recipe: settings, arguments of layers, layers put in, taken out and
 * moved. */
#include "base/memory.h"
#include "base/text.h"
#include "fields/fields.h"
#include "recipe/parts.h"
#include "recipe/yaml.h"
#include <hone/recipe.h>

#include <stdio.h>
#include <string.h>

hone_recipe *hone_internal_recipe_copy(const hone_recipe *recipe)
{
    hone_config *tree = hone_internal_config_copy(recipe->tree); /* with the places, for messages */
    hone_recipe *copy = tree == NULL ? NULL : hone_internal_recipe_of_tree(tree, recipe->label);
    if (copy != NULL)
        hone_recipe_set_output(copy, recipe->output, recipe->output_context);
    return copy;
}

/* ---- layers of the list `model` ---- */

static const char *kind_of(const hone_config *item)
{
    static const char none[] = "";
    if (hone_internal_config_is(item, HONE_CONFIG_TEXT))
        return hone_internal_config_as_text(item);
    return hone_internal_config_is(item, HONE_CONFIG_MAP) ? hone_internal_config_key(item, 0) : none;
}

/* The type of "dense(3)". */
static size_t kind_length(const char *kind)
{
    return strcspn(kind, "( ");
}

static bool same_kind(const char *a, const char *b)
{
    size_t length = kind_length(a);
    return length == kind_length(b) && strncmp(a, b, length) == 0;
}

static const char *name_of(const hone_config *item)
{
    const hone_config *arguments = hone_internal_config_at(item, 0);
    const char *name = hone_internal_config_get_text(item, "name");
    return name != NULL ? name : hone_internal_config_get_text(arguments, "name");
}

/* The name of an item's layer: its own, or its kind with the number of those before it. */
void hone_internal_recipe_layer_name(const hone_config *list, size_t place, char *name, size_t size)
{
    const hone_config *item = hone_internal_config_at(list, place);
    const char *kind = kind_of(item);
    char bare[96];
    int before = 0;
    snprintf(bare, sizeof bare, "%.*s", (int)kind_length(kind), kind);
    const hone_type *type = hone_internal_type_find("layer", bare);
    hone_error_clear();
    for (size_t j = 0; j < place; j++)
        before += same_kind(kind_of(hone_internal_config_at(list, j)), kind) &&
                  name_of(hone_internal_config_at(list, j)) == NULL;
    char *snake = type == NULL ? NULL : hone_internal_text_snake_case(type->class_name);
    if (name_of(item) != NULL)
        snprintf(name, size, "%s", name_of(item));
    else if (before == 0)
        snprintf(name, size, "%s", snake == NULL ? bare : snake);
    else
        snprintf(name, size, "%s_%d", snake == NULL ? bare : snake, before);
    hone_internal_free(snake);
}

/* The place in the list of the layer with a name: its own, or its kind with the number of those before it. */
static int find_item(const hone_config *list, const char *layer)
{
    size_t count = hone_internal_config_count(list);
    for (size_t i = 0; i < count; i++) {
        const char *name = name_of(hone_internal_config_at(list, i));
        if (name != NULL && strcmp(name, layer) == 0)
            return (int)i;
    }
    for (size_t i = 0; i < count; i++) {
        char expected[128];
        hone_internal_recipe_layer_name(list, i, expected, sizeof expected);
        if (strcmp(expected, layer) == 0)
            return (int)i;
    }
    return -1;
}

static hone_config *value_of(const char *yaml)
{
    return hone_internal_yaml_parse(yaml, strlen(yaml), "cure");
}

/* An item as {kind: {arguments}}: "flatten", "dense(3)", {dense: 3}. NULL when it is of another form. */
static hone_config *open_item(const hone_config *item)
{
    hone_recipe_item read;
    if (hone_internal_recipe_item_read(item, &read) < 0)
        return NULL;
    hone_config *open = hone_internal_config_map();
    hone_config *arguments =
        read.arguments == NULL ? hone_internal_config_map() : hone_internal_config_copy(read.arguments);
    hone_status status = hone_internal_config_set(open, read.kind, arguments);
    for (size_t i = 0; i < hone_internal_config_count(item) && hone_internal_config_is(item, HONE_CONFIG_MAP);
         i++)
        if (strcmp(hone_internal_config_key(item, i), read.kind) != 0 && status >= 0)
            status = hone_internal_config_set(open, hone_internal_config_key(item, i),
                                              hone_internal_config_copy(hone_internal_config_at(item, i)));
    hone_config *inner = hone_internal_config_get_mutable(open, read.kind);
    if (read.inputs != NULL && hone_internal_config_get(open, "inputs") == NULL && status >= 0)
        status = hone_internal_config_set(inner, "inputs", hone_internal_config_copy(read.inputs));
    if (read.call != NULL && hone_internal_config_get(open, "call") == NULL && status >= 0)
        status = hone_internal_config_set(inner, "call", hone_internal_config_copy(read.call));
    hone_internal_recipe_item_free(&read);
    if (status >= 0)
        return open;
    hone_internal_config_free(open);
    return NULL;
}

/* The positional arguments of a spec stand under "#0": by their names, for a map of a recipe. */
static void name_positions(hone_config *open)
{
    const char *kind = hone_internal_config_key(open, 0);
    hone_config *arguments = hone_internal_config_get_mutable(open, kind);
    const hone_type *type = hone_internal_type_find("layer", kind);
    for (size_t f = 0; type != NULL && f < type->field_count; f++) {
        char place[32];
        snprintf(place, sizeof place, "#%zu", f);
        const hone_config *value = hone_internal_config_get(arguments, place);
        if (value == NULL)
            continue;
        hone_internal_config_set(arguments, hone_internal_field_key(&type->fields[f]),
                                 hone_internal_config_copy(value));
        hone_internal_config_remove(arguments, place);
    }
}

static hone_status set_argument(hone_recipe *recipe, size_t place, const char *argument, const char *yaml)
{
    char path[128];
    snprintf(path, sizeof path, "model.%zu.%.64s", place, argument);
    return hone_recipe_set(recipe, path, yaml);
}

/* A new list with an item put in front of a place, or without that of a place (`item` NULL). */
static hone_status splice(hone_recipe *recipe, size_t place, hone_config *item)
{
    hone_config *list = hone_internal_config_list();
    const hone_config *old = hone_internal_config_get(recipe->tree, "model");
    bool removes = item == NULL;
    hone_status status = HONE_OK;
    for (size_t i = 0; i <= hone_internal_config_count(old) && status >= 0; i++) {
        if (i == place && item != NULL) {
            status = hone_internal_config_append(list, item);
            item = NULL;
        }
        if (i < hone_internal_config_count(old) && status >= 0 && !(removes && i == place))
            status =
                hone_internal_config_append(list, hone_internal_config_copy(hone_internal_config_at(old, i)));
    }
    hone_internal_config_free(item);
    if (status >= 0)
        return hone_internal_config_set(recipe->tree, "model", list);
    hone_internal_config_free(list);
    return status;
}

/* Whether items name what they read, so that a new one in between would be passed by. */
static bool is_graph(const hone_recipe *recipe, const hone_config *list)
{
    bool found = hone_internal_config_present(hone_internal_config_get(recipe->tree, "outputs"));
    for (size_t i = 0; i < hone_internal_config_count(list); i++) {
        const hone_config *item = hone_internal_config_at(list, i);
        found = found || hone_internal_config_get(item, "inputs") != NULL ||
                hone_internal_config_get(hone_internal_config_at(item, 0), "inputs") != NULL;
    }
    return found;
}

static size_t behind_inputs(const hone_config *list)
{
    size_t place = 0;
    while (place < hone_internal_config_count(list) &&
           (same_kind(kind_of(hone_internal_config_at(list, place)), "input") ||
            same_kind(kind_of(hone_internal_config_at(list, place)), "rescaling")))
        place++;
    return place;
}

/* The one node that an item of a graph reads, however often it names it; NULL: the item above, or several. */
static const char *read_by(const hone_config *inputs)
{
    if (hone_internal_config_is(inputs, HONE_CONFIG_TEXT))
        return hone_internal_config_as_text(inputs);
    const char *name = hone_internal_config_text_at(inputs, 0);
    for (size_t i = 1; i < hone_internal_config_count(inputs) && name != NULL; i++) {
        const char *other = hone_internal_config_text_at(inputs, i);
        name = other != NULL && strcmp(other, name) == 0 ? name : NULL;
    }
    return name;
}

/* The names of an item's inputs, as they stand beside its kind or among its arguments; NULL: none. */
static hone_config *holder_of_inputs(hone_config *item)
{
    if (hone_internal_config_get(item, "inputs") != NULL)
        return item;
    hone_config *arguments = hone_internal_config_is(item, HONE_CONFIG_MAP)
                                 ? hone_internal_config_get_mutable(item, hone_internal_config_key(item, 0))
                                 : NULL;
    return hone_internal_config_get(arguments, "inputs") != NULL ? arguments : NULL;
}

/* A new node that reads what the one at `place` reads, which then reads the new one. */
static hone_status insert_node(hone_recipe *recipe, size_t place, const char *yaml)
{
    hone_config *list = hone_internal_config_get_mutable(recipe->tree, "model"), *item = value_of(yaml),
                *open = item == NULL ? NULL : open_item(item);
    hone_config *holder = holder_of_inputs(hone_internal_config_at_mutable(list, place));
    hone_internal_config_free(item);
    if (open == NULL)
        return hone_error_status();
    if (holder == NULL) /* it reads the one above, and so does the new one */
        return splice(recipe, place, open);
    char name[96];
    const hone_config *inputs = hone_internal_config_get(holder, "inputs");
    const char *source = read_by(inputs);
    hone_status status = source == NULL ? hone_fail(HONE_ERROR_UNSUPPORTED,
                                                    "a layer of several inputs has none in front of it")
                                        : HONE_OK;
    snprintf(name, sizeof name, "in_front_%zu", place);
    if (status >= 0)
        status = hone_internal_config_set(open, "inputs", hone_internal_config_text(source));
    if (status >= 0)
        status = hone_internal_config_set(open, "name", hone_internal_config_text(name));
    hone_config *now = hone_internal_config_is(inputs, HONE_CONFIG_LIST) ? hone_internal_config_list()
                                                                         : hone_internal_config_text(name);
    for (size_t i = 0; i < hone_internal_config_count(inputs) &&
                       hone_internal_config_is(now, HONE_CONFIG_LIST) && status >= 0;
         i++)
        status = hone_internal_config_append(now, hone_internal_config_text(name));
    if (status >= 0)
        status = hone_internal_config_set(holder, "inputs", now);
    else
        hone_internal_config_free(now);
    if (status >= 0)
        return splice(recipe, place, open);
    hone_internal_config_free(open);
    return status;
}

static hone_status change_list(hone_recipe *recipe, const hone_config *list, const hone_edit *edit)
{
    int place = edit->target[0] == '\0' ? (int)behind_inputs(list) : find_item(list, edit->target);
    if (place >= 0 && edit->kind == HONE_EDIT_INSERT && edit->target[0] != '\0' && is_graph(recipe, list))
        return insert_node(recipe, (size_t)place, edit->value);
    if (place < 0 || is_graph(recipe, list))
        return hone_fail(HONE_ERROR_UNSUPPORTED, "the layer %s is not in a plain list of layers",
                         edit->target);
    if (edit->kind == HONE_EDIT_REMOVE)
        return splice(recipe, (size_t)place, NULL);
    if (edit->kind == HONE_EDIT_MOVE) {
        int to = find_item(list, edit->value);
        hone_config *item = hone_internal_config_copy(hone_internal_config_at(list, (size_t)place));
        if (to < 0 || to > place) {
            hone_internal_config_free(item);
            return hone_fail(HONE_ERROR_UNSUPPORTED, "the layer %s is not in front", edit->value);
        }
        HONE_TRY(splice(recipe, (size_t)place, NULL));
        return splice(recipe, (size_t)to, item);
    }
    hone_config *item = value_of(edit->value);
    return item == NULL ? hone_error_status()
                        : splice(recipe, (size_t)place + (edit->kind == HONE_EDIT_APPEND), item);
}

/* Layers that have the argument; "hidden": but the last of those with weights. */
static hone_status change_all(hone_recipe *recipe, const hone_config *list, const hone_edit *edit)
{
    size_t count = hone_internal_config_count(list), last = 0, changed = 0;
    bool hidden = strcmp(edit->target, "hidden") == 0,
         init = strcmp(edit->argument, "kernel_initializer") == 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < count; i++) {
            const char *kind = kind_of(hone_internal_config_at(list, i));
            char bare[96];
            snprintf(bare, sizeof bare, "%.*s", (int)kind_length(kind), kind);
            const hone_type *type = hone_internal_type_find("layer", bare);
            hone_error_clear();
            bool weights = type != NULL && hone_internal_fields_find(type, "kernel_initializer") != NULL;
            bool has = weights && (hone_internal_fields_find(type, edit->argument) != NULL ||
                                   strcmp(edit->argument, "trainable") == 0);
            if (pass == 0)
                last = weights ? i : last;
            else if (has && !(hidden && i == last)) {
                HONE_TRY(set_argument(recipe, i, edit->argument, edit->value));
                changed++;
            }
        }
    (void)init;
    return changed > 0 ? HONE_OK
                       : hone_fail(HONE_ERROR_UNSUPPORTED, "no layer has the argument %s", edit->argument);
}

/* "+momentum=0.9": into the optimizer's spec, in place of what it says. */
static hone_status change_optimizer(hone_recipe *recipe, const char *word)
{
    const hone_config *node =
        hone_internal_config_get(hone_internal_config_get(recipe->tree, "compile"), "optimizer");
    const char *spec = node == NULL ? "rmsprop" : hone_internal_config_as_text(node);
    size_t key = strcspn(word, "="), name = strcspn(spec, "(");
    if (hone_internal_config_is(node, HONE_CONFIG_MAP)) {
        char path[256];
        snprintf(path, sizeof path, "compile.optimizer.%s.%.*s", hone_internal_config_key(node, 0), (int)key,
                 word);
        return hone_recipe_set(recipe, path, word + key + 1);
    }
    hone_text text = {.data = NULL};
    hone_internal_text_format(&text, "%.*s(", (int)name, spec);
    const char *at = spec[name] == '(' ? spec + name + 1 : "";
    while (*at != '\0' && *at != ')') {
        size_t length = 0;
        int depth = 0;
        while (at[length] != '\0' && (depth > 0 || (at[length] != ',' && at[length] != ')'))) {
            depth += at[length] == '(';
            depth -= at[length] == ')';
            length++;
        }
        const char *begin = at + strspn(at, " ");
        if (!(strncmp(begin, word, key) == 0 && begin[key + strspn(begin + key, " ")] == '='))
            hone_internal_text_format(&text, "%.*s, ", (int)(length - (size_t)(begin - at)), begin);
        at += length + (at[length] == ',');
    }
    hone_internal_text_format(&text, "%s)", word);
    char *spoken = hone_internal_text_take(&text);
    hone_status status =
        spoken == NULL ? HONE_ERROR_MEMORY : hone_recipe_set_text(recipe, "compile.optimizer", spoken);
    hone_internal_free(spoken);
    return status;
}

/* Validation data that are the last of the training data may be random ones; others stay. */
static hone_status check_validation(const hone_recipe *recipe)
{
    const hone_config *now =
        hone_internal_config_get(hone_internal_config_get(recipe->tree, "data"), "validation");
    const char *text =
        hone_internal_config_is(now, HONE_CONFIG_TEXT) ? hone_internal_config_as_text(now) : "";
    if (hone_internal_config_is_numeric(now) || strncmp(text, "last ", 5) == 0)
        return HONE_OK;
    return hone_fail(HONE_ERROR_UNSUPPORTED, "the validation data are not the last of the training data");
}

static hone_status apply_set(hone_recipe *recipe, const hone_edit *edit)
{
    if (strcmp(edit->target, "data.validation") == 0)
        HONE_TRY(check_validation(recipe));
    if (edit->value[0] == '+' && strcmp(edit->target, "compile.optimizer") == 0)
        return change_optimizer(recipe, edit->value + 1);
    if (strcmp(edit->target, "compile.learning_rate") == 0) {
        char word[200];
        const hone_config *node =
            hone_internal_config_get(hone_internal_config_get(recipe->tree, "compile"), "optimizer");
        bool plain = node == NULL || strchr(hone_internal_config_as_text(node), '(') == NULL ||
                     strstr(hone_internal_config_as_text(node), "learning_rate") != NULL;
        snprintf(word, sizeof word, "learning_rate=%s", edit->value);
        if (plain || hone_internal_config_is(node, HONE_CONFIG_MAP)) {
            hone_recipe_set_text(recipe, "compile.learning_rate", NULL);
            return change_optimizer(recipe, word);
        }
    }
    if (strcmp(edit->target, "compile.optimizer") == 0)
        hone_recipe_set_text(recipe, "compile.learning_rate", NULL);
    return hone_recipe_set(recipe, edit->target, edit->value);
}

/* An input's shape stands as a list, under shape, or with the samples under batch_shape. */
static void forget_batch_shape(hone_config *item)
{
    const char *kind = kind_of(item);
    hone_config *arguments =
        hone_internal_config_is(item, HONE_CONFIG_MAP) ? hone_internal_config_get_mutable(item, kind) : NULL;
    if (!same_kind(kind, "input") || arguments == NULL)
        return;
    if (hone_internal_config_is(arguments, HONE_CONFIG_MAP))
        hone_internal_config_remove(arguments, "batch_shape");
    else
        hone_internal_config_set(item, kind, hone_internal_config_map());
}

static hone_status apply_edit(hone_recipe *recipe, const hone_edit *edit)
{
    if (edit->kind == HONE_EDIT_SET)
        return apply_set(recipe, edit);
    hone_internal_recipe_forget_sections(recipe);
    hone_config *list = hone_internal_config_get_mutable(recipe->tree, "model");
    if (!hone_internal_config_is(list, HONE_CONFIG_LIST))
        return hone_fail(HONE_ERROR_UNSUPPORTED, "the model is not a list of layers");
    if (edit->kind == HONE_EDIT_FIT)
        return change_all(recipe, list, edit);
    if (edit->kind != HONE_EDIT_LAYER)
        return change_list(recipe, list, edit);
    int place = find_item(list, edit->target);
    if (place < 0)
        return hone_fail(HONE_ERROR_UNSUPPORTED, "the layer %s is not in the list of layers", edit->target);
    if (strcmp(edit->argument, "shape") == 0) /* `input: [13]` says it by its first argument */
        forget_batch_shape(hone_internal_config_at_mutable(list, (size_t)place));
    return set_argument(recipe, (size_t)place, edit->argument, edit->value);
}

hone_status hone_recipe_cure(hone_recipe *recipe, const hone_cure *cure)
{
    if (recipe == NULL || cure == NULL)
        return hone_internal_fail_null(recipe == NULL ? "a recipe" : "a cure");
    for (int e = 0; e < cure->count; e++)
        HONE_TRY(apply_edit(recipe, &cure->edits[e]));
    return HONE_OK;
}

/* Path, old and new value of a cure that is one edit. */
void hone_internal_recipe_describe_cure(const hone_recipe *given, hone_finding *finding)
{
    const hone_edit *edit = &finding->cures[0].edits[0];
    if (finding->cure_count == 0 || finding->cures[0].count < 1)
        return;
    hone_recipe *recipe = hone_internal_recipe_copy(given);
    const hone_config *list = recipe == NULL ? NULL : hone_internal_config_get(recipe->tree, "model");
    int place = edit->kind == HONE_EDIT_LAYER ? find_item(list, edit->target) : -1;
    if (edit->kind == HONE_EDIT_LAYER && place >= 0) {
        const char *kind = kind_of(hone_internal_config_at(list, (size_t)place));
        snprintf(finding->path, sizeof finding->path, "model.%d.%.*s.%s", place, (int)kind_length(kind), kind,
                 edit->argument);
        hone_config *open = open_item(hone_internal_config_at(list, (size_t)place));
        if (open != NULL)
            name_positions(open);
        const hone_config *arguments = hone_internal_config_at(open, 0);
        char *was =
            hone_internal_config_get(arguments, edit->argument) == NULL
                ? NULL
                : hone_internal_config_to_json(hone_internal_config_get(arguments, edit->argument), false);
        snprintf(finding->was, sizeof finding->was, "%s", was == NULL ? "" : was);
        snprintf(finding->becomes, sizeof finding->becomes, "%s", edit->value);
        hone_internal_free(was);
        hone_internal_config_free(open);
    } else if (edit->kind == HONE_EDIT_SET && recipe != NULL) {
        const char *path =
            strcmp(edit->target, "compile.learning_rate") == 0 ? "compile.optimizer" : edit->target;
        char *was = hone_recipe_get(recipe, path);
        snprintf(finding->was, sizeof finding->was, "%s", was == NULL ? "" : was);
        char *now = hone_recipe_cure(recipe, &finding->cures[0]) < 0 ? NULL : hone_recipe_get(recipe, path);
        bool text = now != NULL && now[0] == '"';
        snprintf(finding->path, sizeof finding->path, "%s", now == NULL ? "" : path);
        if (now == NULL && strcmp(path, "data.validation") == 0)
            finding->cure_count = 0; /* the data are others: the advice is left */
        snprintf(finding->becomes, sizeof finding->becomes, "%.*s",
                 now == NULL ? 0 : (int)(strlen(now) - 2 * text), now == NULL ? "" : now + text);
        hone_free(was);
        hone_free(now);
        hone_error_clear();
    }
    hone_recipe_free(recipe);
}
