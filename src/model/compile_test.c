/* Compiling: losses, metrics and an optimizer for the outputs of a model. */
#include "base/memory.h"
#include "model/model.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <string.h>

static hone_model *one_output(void)
{
    return hone_sequential(hone_input(4), hone_dense(3, .activation = "softmax"));
}

static hone_model *two_outputs(void)
{
    hone_tensor *x = hone_input_tensor(4);
    return hone_functional(
        (x), (hone_apply(hone_dense(1, .name = "price"), x), hone_apply(hone_dense(1, .name = "aux"), x)));
}

static void assert_refused(hone_status status, const char *words)
{
    assert_true(status < 0);
    if (strstr(hone_error_message(), words) == NULL)
        fail_msg("\"%s\" does not mention \"%s\"", hone_error_message(), words);
}

TEST(the_optimizer_is_rmsprop_unless_one_is_given)
{
    hone_model *model = one_output();
    assert_null(hone_model_optimizer(model));
    assert_int_equal(hone_compile(model, .loss = "mse"), HONE_OK);
    assert_string_equal(hone_model_optimizer(model)->type->type.name, "rmsprop");
    assert_int_equal(hone_compile(model, .optimizer = hone_adam(), .loss = "mse"), HONE_OK);
    assert_string_equal(hone_model_optimizer(model)->type->type.name, "adam");
    hone_model_free(model);
}

TEST(an_unknown_loss_comes_with_the_nearest)
{
    hone_model *model = one_output();
    assert_refused(hone_compile(model, .loss = "categorical_crossentropie"), "categorical_crossentropy");
    assert_refused(hone_compile(model, .loss = "huber(dleta=1)"), "delta");
    hone_model_free(model);
}

TEST(an_unknown_metric_is_told_at_once)
{
    hone_model *model = one_output(), *unbuilt = hone_sequential(hone_dense(3));
    assert_refused(hone_compile(model, .loss = "mse", .metrics = {"acuracy"}), "did you mean \"accuracy\"?");
    assert_refused(hone_compile(model, .loss = "mse", .weighted_metrics = {"acuracy"}), "accuracy");
    assert_refused(hone_compile(model, .loss = "mse", .metrics = {"f1_score(averge=micro)"}), "average");
    assert_refused(hone_compile(unbuilt, .loss = "mse", .metrics = {"acuracy"}), "accuracy");
    assert_int_equal(hone_compile(unbuilt, .loss = "mse", .metrics = {"accuracy", "crossentropy", "huber"}),
                     0);
    hone_model_free(unbuilt);
    hone_model_free(model);
}

TEST(an_unknown_name_comes_with_the_nearest_of_the_short_ones)
{
    hone_model *model = one_output();
    assert_refused(hone_compile(model, .loss = "msee"), "did you mean \"mse\"?");
    hone_model_free(model);
}

TEST(a_failed_optimizer_fails_the_call_with_its_message)
{
    hone_model *model = one_output();
    assert_refused(hone_compile(model, .optimizer = hone_adam(.beta_1 = 2), .loss = "mse"), "beta_1");
    hone_model_free(model);
}

TEST(a_refused_call_leaves_nothing_behind)
{
    hone_model *model = one_output();
    int64_t before = hone_internal_blocks_in_use();
    assert_true(hone_compile(model, .optimizer = hone_adam(), .loss = "msee", .metrics = {"accuracy"}) < 0);
    assert_int_equal(hone_internal_blocks_in_use(), before);
    hone_model_free(model);
}

TEST(metrics_of_one_output_go_by_its_name)
{
    hone_model *model = two_outputs();
    assert_int_equal(hone_compile(model, .losses = {"mse", "mae"}, .metrics = {"price: mse"}), HONE_OK);
    assert_refused(hone_compile(model, .losses = {"mse", "mae"}, .metrics = {"prise: mse"}),
                   "did you mean \"price\"");
    assert_refused(hone_compile(model, .losses = {"mse", "mae"}, .weighted_metrics = {"prise: mse"}),
                   "price");
    hone_model_free(model);
}

TEST(the_name_of_the_only_output_is_checked_too)
{
    hone_model *model = hone_sequential(hone_input(4), hone_dense(3, .name = "kind"));
    assert_int_equal(hone_compile(model, .loss = "mse", .metrics = {"kind: mae", "mse(name=\"a: b\")"}),
                     HONE_OK);
    assert_refused(hone_compile(model, .loss = "mse", .metrics = {"kin: mae"}), "kind");
    hone_model_free(model);
}

TEST(survives_failing_allocations)
{
    hone_model *model = two_outputs();
    int64_t before = hone_internal_blocks_in_use();
    hone_status status = HONE_ERROR_MEMORY;
    for (int64_t n = 0; status < 0 && n < 3000; n++) {
        hone_internal_fail_allocations_after(n);
        status = hone_compile(model, .optimizer = hone_optimizer_from_text("adam"),
                              .losses = {"mse", "huber(delta=2)"}, .metrics = {"mae", "price: mse"});
        hone_internal_fail_allocations_after(-1);
        if (status < 0 && hone_error_status() != HONE_ERROR_MEMORY)
            fail_msg("allocation %d: %s", (int)n, hone_error_message());
        if (status < 0)
            assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_int_equal(status, HONE_OK);
    hone_model_free(model);
}
