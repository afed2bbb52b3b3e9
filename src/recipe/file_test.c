/* Model files in recipes: cut at a layer, with layers frozen or thawed. */
#define _GNU_SOURCE /* mkdtemp */
#include "testing/files.h"
#include "testing/recipes.h"

#include <hone/hone.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

static const char *base(void)
{
    hone_model *model =
        hone_sequential(hone_input(3, .name = "x"), hone_dense(4, .name = "block1"),
                        hone_dense(5, .name = "block2", .trainable = false), hone_dense(1, .name = "top"));
    const char *path = testing_path("base.keras");
    if (hone_save(model, path) < 0)
        fail_msg("%s", hone_error_message());
    hone_model_free(model);
    return path;
}

/* Which layers are trained, a letter each; and the shape that comes out. */
static void check_model(const char *format, const char *trained, int64_t units)
{
    char text[512];
    snprintf(text, sizeof text, format, base());
    hone_model *model = model_of_recipe(text);
    assert_int_equal(hone_model_layer_count(model), (int)strlen(trained));
    for (int i = 0; i < hone_model_layer_count(model); i++)
        if (hone_model_layer_at(model, i)->trainable != (trained[i] == 'y'))
            fail_msg("%s: layer %d", format, i);
    assert_int_equal(model->outputs[0]->shape.size[1], units);
    hone_model_free(model);
    unlink(testing_path("base.keras"));
}

TEST(a_file_is_a_model_as_it_is)
{
    check_model("model: %s\n", "yny", 1);
}

TEST(layers_are_frozen_and_thawed_by_patterns)
{
    check_model("model: {file: %s, freeze: true}\n", "nnn", 1);
    check_model("model: {file: %s, freeze: \"block?\"}\n", "nny", 1);
    check_model("model: {file: %s, unfreeze: [block2]}\n", "yyy", 1);
    check_model("model: {file: %s, freeze: \"*\", unfreeze: top}\n", "nny", 1);
}

TEST(a_model_is_cut_at_a_layer)
{
    char text[512];
    snprintf(text, sizeof text, "model:\n  - {file: %s, until: block2, freeze: \"*\"}\n  - dense: 2\n",
             base());
    hone_model *model = model_of_recipe(text);
    assert_int_equal(model->outputs[0]->shape.size[1], 2);
    assert_int_equal(hone_model_weight_count(model), 6);
    hone_model_free(model);
    unlink(testing_path("base.keras"));
}

static const struct {
    const char *name, *format, *words;
} mistakes[] = {
    {"a pattern of nothing", "model: {file: %s, freeze: \"blok*\"}\n",
     "the pattern \"blok*\" matches no layer; there is, for example, \"block1\""},
    {"a layer that is not there", "model: [{file: %s, until: block3}, flatten]\n", "block3"},
    {"an unknown key", "model: {file: %s, frieze: true}\n", "did you mean \"freeze\"?"},
    {"a number", "model: {file: %s, freeze: 3}\n", "expected true, or the name of a layer"},
    {"no file", "model: {file: %s.none}\n", "base.keras.none"},
};

TEST_EACH(refuses, mistakes)
{
    char text[512];
    snprintf(text, sizeof text, row->format, base());
    check_recipe_mistake(&(recipe_mistake){row->name, text, row->words});
    unlink(testing_path("base.keras"));
}
