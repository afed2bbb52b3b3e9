/* Putting models together: sequential ones, graphs, names, seeds. */
#include "base/memory.h"
#include "model/model.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <string.h>

static bool same_weights(const hone_model *a, const hone_model *b)
{
    for (int i = 0; i < hone_model_weight_count(a); i++) {
        const hone_variable *x = hone_model_weight(a, i), *y = hone_model_weight(b, i);
        if (memcmp(hone_internal_variable_data(x), hone_internal_variable_data(y),
                   (size_t)hone_internal_variable_count(x) * sizeof(float)) != 0)
            return false;
    }
    return hone_model_weight_count(a) == hone_model_weight_count(b);
}

TEST(names_are_numbered_as_in_keras)
{
    hone_model *model = hone_sequential(hone_input(4), hone_dense(3), hone_dense(3),
                                        hone_dense(3, .name = "own"), hone_dense(2));
    static const char *const names[] = {"dense", "dense_1", "own", "dense_2"};
    for (int i = 0; i < 4; i++)
        assert_string_equal(hone_internal_layer_label(hone_model_layer_at(model, i)), names[i]);
    hone_model_free(model);
}

TEST(a_name_given_twice_is_refused)
{
    int64_t before = hone_internal_blocks_in_use();
    assert_null(hone_sequential(hone_input(4), hone_dense(3, .name = "a"), hone_dense(2, .name = "a")));
    assert_int_equal(hone_error_status(), HONE_ERROR_NAME);
    assert_non_null(strstr(hone_error_message(), "\"a\""));
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(an_input_behind_other_layers_is_refused)
{
    int64_t before = hone_internal_blocks_in_use();
    assert_null(hone_sequential(hone_dense(3), hone_input(4)));
    assert_non_null(strstr(hone_error_message(), "an input must be the first layer, not layer 2"));
    assert_null(hone_sequential(hone_input(4), hone_dense(3), hone_input(4)));
    assert_non_null(strstr(hone_error_message(), "layer 3"));
    hone_model *model = hone_sequential(hone_dense(3));
    assert_true(hone_model_add(model, hone_input(4)) < 0);
    assert_int_equal(hone_model_layer_count(model), 1);
    hone_model_free(model);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(one_layer_that_failed_frees_the_others)
{
    int64_t before = hone_internal_blocks_in_use();
    assert_null(hone_sequential(hone_input(4), hone_dense(3), hone_dense(-2), hone_dense(2)));
    assert_non_null(strstr(hone_error_message(), "units"));
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(layers_that_do_not_fit_are_told_with_their_name)
{
    assert_null(hone_sequential(hone_input(4), hone_dense(3), hone_permute(.dims = {2, 1}, .name = "turn")));
    assert_non_null(strstr(hone_error_message(), "turn"));
}

TEST(a_layer_that_cannot_be_added_leaves_the_model_as_it_was)
{
    hone_model *model = hone_sequential(hone_input(4), hone_dense(3)),
               *twin = hone_sequential(hone_input(4), hone_dense(3));
    assert_true(hone_model_add(model, hone_permute(.dims = {2, 1})) < 0);
    assert_int_equal(hone_model_layer_count(model), 1);
    assert_true(same_weights(model, twin));
    assert_int_equal(hone_model_add(model, hone_dense(2)), HONE_OK);
    assert_int_equal(hone_model_pop(model), HONE_OK);
    assert_true(same_weights(model, twin));
    assert_int_equal(hone_model_pop(model), HONE_OK);
    assert_int_equal(hone_model_pop(model), HONE_ERROR_STATE);
    hone_model_free(model);
    hone_model_free(twin);
}

TEST(a_graph_takes_no_layers_at_its_end)
{
    hone_tensor *x = hone_input_tensor(4);
    hone_model *model = hone_functional((x), (hone_apply(hone_dense(2), x)));
    assert_int_equal(hone_model_add(model, hone_dense(3)), HONE_ERROR_STATE);
    assert_int_equal(hone_model_pop(model), HONE_ERROR_STATE);
    hone_model_free(model);
}

TEST(weights_are_a_function_of_seed_and_path)
{
    hone_model *a = hone_sequential(hone_input(4), hone_dense(3), hone_dense(2)),
               *b = hone_sequential(hone_input(4), hone_dense(3), hone_dense(2));
    assert_int_equal(hone_model_set_seed(b, 7), HONE_OK);
    assert_int_equal(hone_model_seed(b), 7);
    assert_false(same_weights(a, b));
    hone_model_free(b);
    b = hone_sequential(hone_input(4), hone_dense(3), hone_dense(2));
    assert_int_equal(hone_model_set_seed(b, 7), HONE_OK);
    assert_int_equal(hone_model_set_seed(b, 0), HONE_OK);
    assert_true(same_weights(a, b));
    hone_model_free(a);
    hone_model_free(b);
}

TEST(a_new_seed_leaves_weights_that_were_changed)
{
    hone_model *model = hone_sequential(hone_input(4), hone_dense(3));
    float *kernel = hone_variable_data(hone_model_weight(model, 0));
    kernel[0] = 42;
    assert_int_equal(hone_model_set_seed(model, 7), HONE_OK);
    assert_true(kernel[0] == 42);
    hone_model_free(model);
}

TEST(a_model_without_an_input_is_built_for_a_shape)
{
    hone_model *model = hone_sequential(hone_dense(3), hone_dense(2));
    assert_int_equal(hone_model_weight_count(model), 0);
    assert_int_equal(hone_model_build(model, HONE_SHAPE(4)),
                     HONE_ERROR_SHAPE); /* and it may be tried again */
    assert_int_equal(hone_model_build(model, (hone_shape){.rank = 0}), HONE_ERROR_SHAPE);
    assert_int_equal(hone_model_layer_count(model), 2);
    assert_int_equal(hone_model_build(model, HONE_SHAPE(HONE_ANY, 4)), HONE_OK);
    assert_int_equal(hone_model_weight_count(model), 4);
    hone_model_free(model);
}

TEST(a_shared_layer_has_its_weights_once)
{
    hone_tensor *x = hone_input_tensor(4);
    hone_layer *shared = hone_dense(4);
    hone_tensor *y = hone_apply(shared, hone_apply(hone_layer_retain(shared), x));
    hone_model *model = hone_functional((x), (y));
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_model_weight_count(model), 2);
    hone_model_free(model);
}

TEST(an_output_that_no_input_reaches_is_refused)
{
    hone_tensor *x = hone_input_tensor(4), *other = hone_input_tensor(4);
    hone_tensor *y = hone_apply(hone_dense(2), other);
    assert_null(hone_functional((x), (y)));
    assert_int_equal(hone_error_status(), HONE_ERROR_ARGUMENT);
    hone_tensor_free(other);
}

static hone_model *make_graph(void)
{
    hone_tensor *a = hone_input_tensor(4, .name = "a"), *b = hone_input_tensor(3, .name = "b");
    hone_tensor *joined = hone_apply(hone_concatenate(), hone_apply(hone_dense(3), a), b);
    hone_tensor *price = hone_apply(hone_dense(1, .name = "price"), joined);
    return hone_functional((a, b), (price), .name = "pair");
}

TEST(survives_failing_allocations)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_model *model = NULL;
    for (int64_t n = 0; model == NULL && n < 5000; n++) {
        hone_internal_fail_allocations_after(n);
        model = make_graph();
        hone_internal_fail_allocations_after(-1);
        if (model == NULL && hone_error_status() != HONE_ERROR_MEMORY)
            fail_msg("allocation %d: %s", (int)n, hone_error_message());
        if (model == NULL && hone_internal_blocks_in_use() != before)
            fail_msg("blocks are left when allocation %d fails", (int)n);
    }
    assert_non_null(model);
    assert_string_equal(hone_model_input_name(model, 1), "b");
    assert_string_equal(hone_model_output_name(model, 0), "price");
    hone_model_free(model);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(an_input_that_no_output_depends_on_belongs_to_the_model)
{
    hone_tensor *x = hone_input_tensor(3), *unused = hone_input_tensor(2);
    hone_model *model = hone_functional((x, unused), (hone_apply(hone_dense(2), x)));
    assert_non_null(model);
    assert_int_equal(hone_model_input_count(model), 2);
    assert_int_equal(hone_tensor_shape(hone_model_input(model, 1)).size[1], 2);
    hone_model_free(model);
}
