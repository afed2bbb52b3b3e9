/* Categories with an embedding by one word: what stands in front of a network whose table is read with
 * embed=true.
 *
 *   - input: {shape: [6], name: "numbers"}
 *   - normalization: {name: "numbers_ready"}     when the network begins with one
 *   - input: {shape: [1], name: "city"}
 *   - embedding: {input_dim: 3, output_dim: 2}   about half as many numbers as there are categories
 *   - flatten: {name: "city_ready"}
 *   - concatenate: {inputs: ["numbers_ready", "city_ready"]}
 *
 * hone_recipe_init writes it into a recipe; a chain of layers gets it when its model is made. */
#include "base/memory.h"
#include "data/dataset.h"
#include "readers/format.h"
#include "readers/schema.h"
#include "recipe/parts.h"
#include "recipe/yaml.h"

#include <string.h>

enum { WIDEST_EMBEDDING = 50 };

bool hone_internal_recipe_says_embed(const hone_config *options)
{
    const char *value = hone_internal_config_get_text(options, "embed");
    return value != NULL && strcmp(value, "false") != 0;
}

/* ---- the columns of a table ---- */

/* How many categories the column has that is this input; 0: it is of numbers. */
static int64_t count_categories(const hone_dataset *data, int input)
{
    const hone_config *schema = hone_internal_dataset_schema(data),
                      *group =
                          hone_internal_config_at(hone_internal_config_get(schema, "inputs"), (size_t)input),
                      *columns = hone_internal_config_get(group, "columns");
    if (hone_internal_config_count(columns) != 1)
        return 0;
    const int64_t column = hone_internal_config_as_integer(hone_internal_config_at(columns, 0));
    const hone_config *entry =
        hone_internal_config_at(hone_internal_config_get(schema, "columns"), (size_t)column);
    return (int64_t)hone_internal_config_count(hone_internal_config_get(entry, "categories"));
}

bool hone_internal_recipe_embeds(const hone_dataset *data)
{
    for (int i = 0; i < hone_dataset_input_count(data); i++)
        if (count_categories(data, i) > 0)
            return true;
    return false;
}

static int64_t width_of(const hone_dataset *data, int input)
{
    const int64_t categories = count_categories(data, input), half = (categories + 1) / 2;
    if (categories == 0)
        return hone_dataset_input(data, input)->shape[1];
    return half < WIDEST_EMBEDDING ? half : WIDEST_EMBEDDING;
}

/* ---- lines of YAML ---- */

/* A single input has no name. */
static const char *name_of(const hone_dataset *data, int input)
{
    const char *name = hone_internal_dataset_name(data, HONE_COMPONENT_INPUT, input);
    return name != NULL ? name : "columns";
}

static void put_quoted(hone_text *text, const char *name, const char *end)
{
    hone_internal_text_append(text, "\"");
    for (const char *letter = name; *letter != '\0'; letter++)
        hone_internal_text_format(text, *letter == '"' || *letter == '\\' ? "\\%c" : "%c", *letter);
    hone_internal_text_format(text, "%s\"", end);
}

/* The arguments that were given, and a name. */
static hone_status put_normalization(hone_text *text, const hone_config *given, const char *name)
{
    hone_internal_text_append(text, "  - normalization: {");
    for (size_t i = 0; i < hone_internal_config_count(given); i++) {
        char *value = hone_internal_config_to_json(hone_internal_config_at(given, i), false);
        if (value == NULL)
            return HONE_ERROR_MEMORY;
        if (strcmp(hone_internal_config_key(given, i), "name") != 0)
            hone_internal_text_format(text, "%s: %s, ", hone_internal_config_key(given, i), value);
        hone_internal_free(value);
    }
    hone_internal_text_append(text, "name: ");
    put_quoted(text, name, "_ready");
    hone_internal_text_append(text, "}\n");
    return HONE_OK;
}

static hone_status put_input(hone_text *text, const hone_dataset *data, int input,
                             const hone_config *normalization)
{
    const int64_t categories = count_categories(data, input);
    const char *name = name_of(data, input);
    hone_internal_text_format(
        text, "  - input: {shape: [%lld], name: ", (long long)hone_dataset_input(data, input)->shape[1]);
    put_quoted(text, name, "");
    hone_internal_text_append(text, "}\n");
    if (categories == 0)
        return normalization != NULL ? put_normalization(text, normalization, name) : HONE_OK;
    hone_internal_text_format(text,
                              "  - embedding: {input_dim: %lld, output_dim: %lld}\n  - flatten: {name: ",
                              (long long)categories, (long long)width_of(data, input));
    put_quoted(text, name, "_ready");
    hone_internal_text_append(text, "}\n");
    return HONE_OK;
}

/* Texts and windows of rows want layers of their own. */
static hone_status check_inputs(const hone_dataset *data)
{
    for (int i = 0; i < hone_dataset_input_count(data); i++) {
        const hone_array *x = hone_dataset_input(data, i);
        if (x->type == HONE_TEXT || x->rank != 2)
            return hone_fail(
                HONE_ERROR_UNSUPPORTED,
                "embed=true: the input \"%.100s\" is %s, not numbers and categories of a row; write a "
                "graph with an input layer of each name (hone help recipe)",
                name_of(data, i), x->type == HONE_TEXT ? "a text" : "a window of rows");
    }
    return HONE_OK;
}

hone_status hone_internal_recipe_put_columns(hone_text *text, const hone_dataset *data,
                                             const hone_config *normalization, int64_t *width)
{
    const int inputs = hone_dataset_input_count(data);
    *width = 0;
    HONE_TRY(check_inputs(data));
    for (int i = 0; i < inputs; i++) {
        HONE_TRY(put_input(text, data, i, normalization));
        *width += width_of(data, i);
    }
    if (inputs == 1)
        return HONE_OK;
    hone_internal_text_append(text, "  - concatenate: {inputs: [");
    for (int i = 0; i < inputs; i++) {
        const bool made = count_categories(data, i) > 0 || normalization != NULL;
        hone_internal_text_append(text, i > 0 ? ", " : "");
        put_quoted(text, name_of(data, i), made ? "_ready" : "");
    }
    hone_internal_text_append(text, "]}\n");
    return HONE_OK;
}

/* ---- a chain behind them ---- */

/* The training data, when they are a table that is read with embed=true; *data stays NULL when not. */
static hone_status read_table(const hone_recipe *recipe, hone_dataset **data)
{
    char *path;
    hone_config *options;
    *data = NULL;
    if (recipe->data->train == NULL)
        return HONE_OK;
    HONE_TRY(hone_internal_source_split(recipe->data->train, &path, &options));
    const bool embeds = path != NULL && hone_internal_recipe_says_embed(options);
    hone_internal_free(path);
    hone_internal_config_free(options);
    if (!embeds)
        return HONE_OK;
    hone_error_clear();
    *data = hone_internal_dataset_load_as(recipe->data->train,
                                          &(hone_data_reading){.part = "train",
                                                               .scale = recipe->data->scale,
                                                               .group = recipe->validation.group});
    if (*data != NULL)
        return HONE_OK;
    hone_internal_recipe_note_folder(recipe, recipe->data->train);
    return hone_error_status();
}

/* Every layer reads the one before it, and none but the first is an input; *begin: the first one behind an
 * input. */
static hone_status look_at_chain(const hone_config *layers, bool *chain, size_t *begin)
{
    *chain = hone_internal_config_is(layers, HONE_CONFIG_LIST);
    *begin = 0;
    for (size_t i = 0; *chain && i < hone_internal_config_count(layers); i++) {
        hone_recipe_item item;
        HONE_TRY(hone_internal_recipe_item_read(hone_internal_config_at(layers, i), &item));
        const bool input = hone_internal_recipe_item_is_input(&item);
        *chain = item.inputs == NULL && !hone_internal_recipe_item_is_file(&item) && (i == 0 || !input);
        *begin += input;
        hone_internal_recipe_item_free(&item);
    }
    return HONE_OK;
}

/* The arguments of a normalization that comes first: it is that of the numbers. NULL: there is none. */
static hone_status take_normalization(const hone_config *layers, size_t *begin, hone_config **arguments)
{
    hone_recipe_item item;
    *arguments = NULL;
    if (*begin >= hone_internal_config_count(layers))
        return HONE_OK;
    HONE_TRY(hone_internal_recipe_item_read(hone_internal_config_at(layers, *begin), &item));
    if (strcmp(item.kind, "normalization") == 0 || strcmp(item.kind, "Normalization") == 0) {
        *arguments = item.arguments != NULL ? item.arguments : hone_internal_config_map();
        item.arguments = NULL;
        (*begin)++;
    }
    hone_internal_recipe_item_free(&item);
    return HONE_OK;
}

/* The lines of the columns as a list of layers; NULL on failure. */
static hone_config *layers_of_columns(const hone_dataset *data, const hone_config *normalization)
{
    hone_text text = {0};
    int64_t width;
    const hone_status status = hone_internal_recipe_put_columns(&text, data, normalization, &width);
    char *lines = hone_internal_text_take(&text);
    hone_config *layers = status < 0 || lines == NULL
                              ? NULL
                              : hone_internal_yaml_parse(lines, strlen(lines), "the columns of the table");
    hone_internal_free(lines);
    if (layers != NULL)
        hone_internal_recipe_forget_places(layers);
    return layers;
}

static hone_status put_in_front(hone_recipe *recipe, const hone_dataset *data, const hone_config *layers,
                                size_t begin)
{
    hone_config *normalization;
    HONE_TRY(take_normalization(layers, &begin, &normalization));
    hone_config *all = layers_of_columns(data, normalization);
    hone_status status = all != NULL               ? HONE_OK
                         : hone_error_status() < 0 ? hone_error_status()
                                                   : HONE_ERROR_MEMORY;
    hone_internal_config_free(normalization);
    for (size_t i = begin; status >= 0 && i < hone_internal_config_count(layers); i++)
        status =
            hone_internal_config_append(all, hone_internal_config_copy(hone_internal_config_at(layers, i)));
    if (status < 0) {
        hone_internal_config_free(all);
        return status;
    }
    recipe->embedded = all;
    return HONE_OK;
}

hone_status hone_internal_recipe_read_columns(hone_recipe *recipe)
{
    const hone_config *layers = hone_internal_config_get(recipe->tree, "model");
    hone_dataset *data;
    bool chain;
    size_t begin;
    if (recipe->embedded != NULL)
        return HONE_OK;
    HONE_TRY(look_at_chain(layers, &chain, &begin));
    if (!chain)
        return HONE_OK;
    HONE_TRY(read_table(recipe, &data));
    hone_status status = HONE_OK;
    if (data != NULL && hone_internal_recipe_embeds(data))
        status = put_in_front(recipe, data, layers, begin);
    hone_dataset_free(data);
    return status;
}
