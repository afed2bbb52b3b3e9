/* fit.class_weight: numbers, names, balance. */
#include "testing/files.h"
#include "testing/recipes.h"

#include <hone/hone.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

static hone_recipe *recipe_of(const char *weights)
{
    char text[600];
    snprintf(
        text, sizeof text,
        "model: [{input: 1}, {dense: 2}]\ncompile: {loss: sparse_categorical_crossentropy}\nfit: {class_weight: %s}\n",
        weights);
    return parse_recipe(text);
}

static const struct {
    const char *name, *weights;
    bool waits;
    const char *words; /* of a refusal, or NULL */
} forms[] = {
    {"numbers", "{0: 1, 1: 30.5}", false, NULL},
    {"names", "{fraud: 30}", true, NULL},
    {"a name among numbers", "{0: 1, fraud: 30}", true, NULL},
    {"balanced", "balanced", true, NULL},
    {"a weight of 0", "{0: 0}", false, NULL},
    {"a negative weight", "{0: -1}", false, "the weight of class 0 must be a number, at least 0"},
    {"a word as weight", "{fraud: much}", true, "the weight of class fraud must be a number, at least 0"},
    {"an endless weight", "{1: .inf}", false, "the weight of class 1 must be a number, at least 0"},
};

TEST_EACH(weights_are_checked, forms)
{
    hone_recipe *recipe = recipe_of(row->weights);
    const hone_config *node = hone_internal_recipe_get(recipe, "fit", "class_weight");
    assert_int_equal(hone_internal_recipe_weights_wait(node), row->waits);
    hone_error_clear();
    assert_int_equal(hone_internal_recipe_check_weights(node) < 0, row->words != NULL);
    if (row->words != NULL)
        assert_message_has(row->words);
    hone_recipe_free(recipe);
}

static const struct {
    const char *name, *text;
    bool good;
} texts[] = {
    {"one class", "0:1", true},
    {"several", "0:1.5,1:30", true},
    {"a name", "fraud:30", true},
    {"a name with a colon", "a:b:2", true},
    {"balanced", "balanced", true},
    {"nothing", "", false},
    {"no weight", "0", false},
    {"an empty weight", "0:", false},
    {"no class", ":1", false},
    {"a negative weight", "0:-1", false},
    {"a class twice", "0:1,0:2", false},
    {"a negative class", "-1:2", false},
    {"a comma at the end", "0:1,", false},
    {"a class beyond all limits", "99999999999:1", false},
    {"a word", "0:much", false},
};

TEST_EACH(the_command_line_is_checked, texts)
{
    hone_error_clear();
    assert_int_equal(hone_internal_recipe_check_weight_text(row->text) >= 0, row->good);
    if (!row->good)
        assert_message_has("expected balanced, or different classes below");
}

/* A table of three rows of no and one of yes; classes are sorted. */
static hone_dataset *fraud_data(void)
{
    static const char table[] = "x,kind\n1,no\n2,no\n3,yes\n4,no\n";
    char source[600];
    snprintf(source, sizeof source, "%s#target=kind", testing_file("t.csv", table, sizeof table - 1));
    hone_dataset *data = hone_dataset_load(source, NULL, 1);
    if (data == NULL)
        fail_msg("%s", hone_error_message());
    return data;
}

static const struct {
    const char *name, *weights;
    int64_t count;
    double no, yes;
    const char *words;
} found[] = {
    {"by name", "{\"yes\": 30}", 2, 1, 30, NULL},
    {"by name and number", "{\"yes\": 30, 0: 2}", 2, 2, 30, NULL},
    {"balanced", "balanced", 2, 4 / (2 * 3.0), 4 / (2 * 1.0), NULL},
    {"numbers need no data", "{0: 1, 1: 30}", 0, 0, 0, NULL},
    {"another name", "{yess: 30}", 0, 0, 0, "\"yes\""},
};

TEST_EACH(classes_are_found_in_the_data, found)
{
    double *weights;
    int64_t count;
    hone_dataset *data = fraud_data();
    hone_recipe *recipe = recipe_of(row->weights);
    hone_error_clear();
    const hone_status status = hone_internal_recipe_class_weights(recipe, data, &weights, &count);
    assert_int_equal(status < 0, row->words != NULL);
    if (row->words != NULL) {
        assert_message_has("test.yaml");
        assert_message_has(row->words);
        assert_null(weights);
    } else {
        assert_int_equal(count, row->count);
        assert_true(count == 0 || (weights[0] == row->no && weights[1] == row->yes));
        hone_free(weights);
    }
    hone_recipe_free(recipe);
    hone_dataset_free(data);
}
