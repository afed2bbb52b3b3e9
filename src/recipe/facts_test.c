/* What a model keeps of its training by a recipe. */
#define _GNU_SOURCE /* mkdtemp */
#include "testing/files.h"
#include "testing/recipes.h"

#include <hone/hone.h>
#include <stdio.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

/* The facts of a training on these rows, as JSON; to be freed. */
static char *facts_of(const char *rows, const char *settings)
{
    char text[900];
    snprintf(text, sizeof text,
             "model: [{input: 1}, {dense: 1}]\ncompile: {loss: mse}\n"
             "data: {train: \"%s#target=y\", validation: last 1}\nfit: {epochs: 1%s}\n",
             testing_file("t.csv", rows, strlen(rows)), settings);
    hone_recipe *recipe = parse_recipe(text);
    hone_model *model = hone_recipe_train(recipe);
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    char *facts = hone_model_data(model, "run");
    assert_non_null(facts);
    char *told = hone_model_data_text(model);
    assert_non_null(strstr(told, "trained by Hone "));
    assert_non_null(strstr(told, "train: 2 samples\nvalidation: 1 sample\ndigest of the data: "));
    hone_free(told);
    hone_model_free(model);
    hone_recipe_free(recipe);
    return facts;
}

static void assert_same(char *a, char *b, bool same)
{
    if ((strcmp(a, b) == 0) != same)
        fail_msg("%s\n%s", a, b);
    hone_free(a);
    hone_free(b);
}

TEST(the_recipe_the_seed_and_the_data_are_kept)
{
    char *facts = facts_of("a,y\n1,2\n3,4\n5,6\n", ", seed: 7, verbose: 0");
    const char *const parts[] = {"\"hone\": \"", "\"seed\": 7",    "\"samples\": 2",
                                 "\"data\": \"", "\"samples\": 1", "\"loss\": \"mse\""};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strstr(facts, parts[i]) == NULL)
            fail_msg("\"%s\" is not in %s", parts[i], facts);
    assert_null(strstr(facts, "verbose"));
    hone_free(facts);
}

TEST(other_data_have_another_digest_and_where_things_lie_does_not_matter)
{
    const char *rows = "a,y\n1,2\n3,4\n5,6\n";
    assert_same(facts_of(rows, ""), facts_of(rows, ", verbose: 0"), true);
    assert_same(facts_of(rows, ""), facts_of("a,y\n1,2\n3,5\n5,6\n", ""), false);
    assert_same(facts_of(rows, ""), facts_of(rows, ", batch_size: 1"), false);
}

TEST(survives_failing_allocations)
{
    static const float x[4] = {1, 2, 3, 4};
    hone_recipe *recipe =
        parse_recipe("model: [{input: 1}, {dense: 1}]\ncompile: {loss: mse}\ndata: {train: x.npy}\n");
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){4, 1})});
    hone_model *model = hone_sequential(hone_input(1), hone_dense(1));
    hone_status status = HONE_ERROR_MEMORY;
    for (int64_t n = 0; status < 0 && n < 1000; n++) {
        hone_internal_fail_allocations_after(n);
        status = hone_internal_recipe_keep_facts(recipe, model, data, data);
        hone_internal_fail_allocations_after(-1);
    }
    assert_int_equal(status, HONE_OK);
    hone_model_free(model);
    hone_dataset_free(data);
    hone_recipe_free(recipe);
}
