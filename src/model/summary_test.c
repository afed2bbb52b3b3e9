/* The summary: Keras's table. */
#include "base/memory.h"
#include "model/model.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <string.h>

static void assert_has(const char *summary, const char *part)
{
    if (summary == NULL)
        fail_msg("%s", hone_error_message());
    if (strstr(summary, part) == NULL)
        fail_msg("there is no \"%s\" in\n%s", part, summary);
}

static hone_model *make(void)
{
    return hone_sequential(hone_input(784), hone_dense(300), hone_batch_normalization(), hone_dense(10));
}

TEST(has_a_row_for_each_layer_with_shape_and_numbers)
{
    hone_model *model = make();
    char *summary = hone_summary(model);
    assert_has(summary, "Model: \"sequential\"");
    assert_has(summary, "dense (Dense)");
    assert_has(summary, "(None, 300)");
    assert_has(summary, "235,500");
    assert_has(summary, "1,200");
    assert_has(summary, "dense_1 (Dense)");
    assert_has(summary, "Total params: 239,710 (936.37 KB)");
    assert_has(summary, "Trainable params: 239,110 (934.02 KB)");
    assert_has(summary, "Non-trainable params: 600 (2.34 KB)");
    hone_free(summary);
    hone_model_free(model);
}

TEST(lines_are_as_long_as_they_are_told_to_be)
{
    static const int64_t lengths[] = {60, 76, 100};
    hone_model *model = make();
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        char *summary = hone_summary(model, .line_length = lengths[i]);
        const char *rule = strstr(summary, "\xe2\x94\x8f"); /* the upper left corner */
        size_t characters = 0;
        for (; rule != NULL && *rule != '\n' && *rule != '\0'; rule++)
            characters += (*rule & 0xc0) != 0x80;
        assert_int_equal(characters, lengths[i]);
        hone_free(summary);
    }
    hone_model_free(model);
}

TEST(a_graph_says_what_its_layers_read)
{
    hone_tensor *a = hone_input_tensor(4, .name = "a"), *b = hone_input_tensor(4, .name = "b");
    hone_model *model = hone_functional((a, b), (hone_apply(hone_add(.name = "sum"), a, b)));
    char *summary = hone_summary(model);
    assert_has(summary, "Connected to");
    assert_has(summary, "a[0][0]");
    assert_has(summary, "b[0][0]");
    hone_free(summary);
    hone_model_free(model);
}

TEST(trainable_layers_are_marked_when_asked_for)
{
    hone_model *model = make();
    hone_layer_set_trainable(hone_model_layer_at(model, 0), false);
    char *summary = hone_summary(model, .show_trainable = true);
    assert_has(summary, "Trai");
    assert_has(summary, " N ");
    assert_has(summary, " Y ");
    assert_has(summary, "Non-trainable params: 236,100");
    hone_free(summary);
    hone_model_free(model);
}

TEST(inner_layers_are_shown_when_asked_for)
{
    hone_model *inner = hone_sequential(hone_input(4), hone_dense(3, .name = "within"));
    hone_model *model = hone_sequential(hone_input(4), hone_model_as_layer(inner), hone_dense(2));
    char *plain = hone_summary(model);
    assert_null(strstr(plain, "within"));
    char *expanded = hone_summary(model, .expand_nested = true);
    assert_has(expanded, "\xe2\x94\x82    \xe2\x94\x94 within (Dense)"); /* three blanks to a level */
    hone_free(plain);
    hone_free(expanded);
    hone_model_free(model);
}

TEST(survives_failing_allocations)
{
    hone_model *model = make();
    int64_t before = hone_internal_blocks_in_use();
    char *summary = NULL;
    for (int64_t n = 0; summary == NULL && n < 3000; n++) {
        hone_internal_fail_allocations_after(n);
        summary = hone_summary(model);
        hone_internal_fail_allocations_after(-1);
        if (summary == NULL) {
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
            assert_int_equal(hone_internal_blocks_in_use(), before);
        }
    }
    assert_has(summary, "Total params: 239,710");
    hone_free(summary);
    hone_model_free(model);
}
