/* Tables that are read with embed=true in front of networks that say nothing of it. */
#define _GNU_SOURCE /* mkdtemp */
#include "testing/files.h"
#include "testing/recipes.h"

#include <hone/hone.h>
#include <stdio.h>
#include <string.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

enum { ROWS = 40 };

/* city,area,rooms,y with three cities. */
static const char *table(void)
{
    static const char *const cities[] = {"Oslo", "Rome", "Bonn"};
    static char csv[4096];
    size_t length = (size_t)snprintf(csv, sizeof csv, "city,area,rooms,y\n");
    for (int i = 0; i < ROWS; i++)
        length += (size_t)snprintf(csv + length, sizeof csv - length, "%s,%d.5,%d,%d\n", cities[i % 3],
                                   30 + i * 7 % 20, 1 + i % 4, i % 3 * 10 + i % 4);
    return testing_file("t.csv", csv, length);
}

static hone_recipe *recipe_of(const char *model, const char *options)
{
    char text[1024];
    snprintf(text, sizeof text,
             "model:\n%scompile: {optimizer: adam(0.01), loss: mse}\n"
             "data: {train: \"%s#target=y%s\", validation: 0.2}\nfit: {epochs: 2, verbose: 0}\n",
             model, table(), options);
    return parse_recipe(text);
}

#define TAIL "  - dense: {units: 4, activation: relu}\n  - dense: 1\n"

static const struct {
    const char *name, *model, *options;
    int inputs, layers; /* layers: those of the whole model */
    const char *layer;  /* one that it has */
} chains[] = {
    {"with an input layer", "  - input: [3]\n" TAIL, ",embed=true", 2, 7, "city_ready"},
    {"without one", TAIL, ",embed=true", 2, 7, "city_ready"},
    {"a normalization is that of the numbers", "  - input: [3]\n  - normalization\n" TAIL, ",embed=true", 2,
     8, "numbers_ready"},
    {"as a spec", "  - normalization()\n" TAIL, ",embed=true", 2, 8, "numbers_ready"},
    {"its arguments stay", "  - normalization: {axis: -1, name: own}\n" TAIL, ",embed=true", 2, 8,
     "numbers_ready"},
    {"one column of categories", TAIL, ",drop=[area,rooms],embed=true", 1, 4, "columns_ready"},
    {"no embed", "  - input: [3]\n" TAIL, "", 1, 2, "dense"},
    {"no categories", "  - input: [2]\n" TAIL, ",drop=[city],embed=true", 1, 2, "dense"},
};

TEST_EACH(a_chain_trains_behind_the_columns, chains)
{
    hone_recipe *recipe = recipe_of(row->model, row->options);
    hone_model *model = hone_recipe_train(recipe);
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_model_input_count(model), row->inputs);
    assert_int_equal(hone_model_layer_count(model), row->layers);
    assert_non_null(hone_model_layer(model, row->layer));
    hone_model_free(model);
    hone_recipe_free(recipe);
}

/* What is trained predicts, and the recipe stays as it was. */
TEST(later_rows_find_their_category)
{
    hone_recipe *recipe = recipe_of("  - normalization\n" TAIL, ",embed=true");
    char *before = hone_recipe_get(recipe, "model");
    hone_model *model = hone_recipe_train(recipe);
    static const char rows[] = "rooms,city,area\n2,Rome,40\n3,Oslo,45\n";
    hone_dataset *data =
        hone_dataset_load_for(model, testing_file("new.csv", rows, sizeof rows - 1), NULL, 0);
    hone_array *outputs = NULL;
    assert_int_equal(hone_predict(model, data, &outputs), HONE_OK);
    assert_int_equal(outputs->shape[0], 2);
    char *after = hone_recipe_get(recipe, "model");
    assert_string_equal(before, after);
    hone_free(before);
    hone_free(after);
    hone_array_free(outputs);
    hone_dataset_free(data);
    hone_model_free(model);
    hone_recipe_free(recipe);
}

/* Data that are set later are looked at again. */
TEST(other_data_make_other_columns)
{
    hone_recipe *recipe = recipe_of(TAIL, ",embed=true");
    hone_model *model = hone_recipe_model(recipe);
    assert_int_equal(hone_model_input_count(model), 2);
    hone_model_free(model);
    char plain[300];
    snprintf(plain, sizeof plain, "%s#target=y", table());
    assert_int_equal(hone_recipe_set_text(recipe, "data.train", plain), HONE_OK);
    model = hone_recipe_model(recipe);
    assert_int_equal(hone_model_layer_count(model), 2);
    hone_model_free(model);
    hone_recipe_free(recipe);
}

static const struct {
    const char *name, *model, *options, *words;
} refused[] = {
    {"a graph says its inputs itself", "  - input: {shape: [3], name: x}\n  - dense: {units: 1, inputs: x}\n",
     ",embed=true", "each needs an input layer of its name"},
    {"texts", TAIL, ",embed=true,text=[city],categorical=[rooms]", "the input \"city\" is a text"},
    {"an option that is wrong", TAIL, ",embed=true,drp=[city]", "did you mean \"drop\"?"},
};

TEST_EACH(refuses, refused)
{
    hone_recipe *recipe = recipe_of(row->model, row->options);
    hone_error_clear();
    hone_model *model = hone_recipe_train(recipe);
    assert_null(model);
    assert_message_has(row->words);
    hone_recipe_free(recipe);
}

TEST(survives_failing_allocations)
{
    char text[700];
    snprintf(text, sizeof text,
             "model: [normalization, {dense: 1}]\ndata: {train: \"%s#target=y,embed=true\"}\n", table());
    hone_model_free(model_of_recipe(text)); /* what is made once and kept */
    const int64_t before = hone_internal_blocks_in_use();
    int64_t allowed = 0;
    for (bool done = false; !done && allowed < 20000; allowed++) {
        hone_internal_fail_allocations_after(allowed);
        hone_recipe *recipe = hone_recipe_parse(text, "test.yaml");
        hone_model *model = recipe == NULL ? NULL : hone_recipe_model(recipe);
        hone_internal_fail_allocations_after(-1);
        done = model != NULL;
        if (recipe != NULL && !done) /* nothing half done is left behind */
            model = hone_recipe_model(recipe);
        assert_int_equal(hone_model_layer_count(model), recipe == NULL ? 0 : 7);
        hone_model_free(model);
        hone_recipe_free(recipe);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_in_range(allowed, 100, 19999);
}
