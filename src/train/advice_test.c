/* Advice about networks of which the answer is known. */
#include <hone/advice.h>

#include "base/memory.h"
#include "testing/toy_training.h"

#include <stdlib.h>

static hone_model *dense_model(int64_t inputs, int64_t hidden, const char *policy)
{
    hone_model *model = hone_sequential(
        hone_input(inputs), hone_dense(hidden, .activation = "relu", .dtype = policy, .name = "hidden"),
        hone_dense(10, .activation = "softmax", .name = "answer"));
    if (hone_compile(model, .optimizer = hone_adam(), .loss = "sparse_categorical_crossentropy") < 0)
        fail_msg("%s", hone_error_message());
    return model;
}

static hone_advice *advise(hone_model *model, int64_t batch)
{
    hone_advice *advice = hone_advise(model, batch);
    if (advice == NULL)
        fail_msg("%s", hone_error_message());
    return advice;
}

static const hone_advice_item *about(const hone_advice *advice, const char *subject)
{
    for (int i = 0; i < hone_advice_count(advice); i++)
        if (strcmp(hone_advice_at(advice, i)->subject, subject) == 0)
            return hone_advice_at(advice, i);
    fail_msg("nothing about %s", subject);
    return NULL;
}

TEST(speaks_of_four_things_in_order)
{
    static const char *const subjects[] = {"batch", "threads", "dtype", "width"};
    hone_model *model = dense_model(64, 32, NULL);
    hone_advice *advice = advise(model, 32);
    assert_int_equal(hone_advice_count(advice), 4);
    for (int i = 0; i < 4; i++) {
        const hone_advice_item *item = hone_advice_at(advice, i);
        assert_string_equal(item->subject, subjects[i]);
        assert_true(strlen(item->sentence) > 20 && strlen(item->sentence) < HONE_ADVICE_SENTENCE - 1);
        assert_int_equal(item->worth, item->instead[0] != '\0');
    }
    assert_null(hone_advice_at(advice, 4));
    assert_null(hone_advice_at(advice, -1));
    hone_advice_free(advice);
    hone_model_free(model);
}

TEST(small_batches_of_many_weights_are_worth_enlarging)
{
    hone_model *model = dense_model(784, 300, NULL);
    hone_advice *advice = advise(model, 4);
    const hone_advice_item *item = about(advice, "batch");
    assert_true(item->worth && item->gain > 2);
    assert_string_equal(item->now, "4");
    assert_true(strtoll(item->instead, NULL, 10) >= 16);
    assert_non_null(strstr(item->sentence, "reads and updates the weights once"));
    hone_advice_free(advice);
    hone_model_free(model);
}

TEST(large_batches_of_few_weights_are_not)
{
    hone_model *model = dense_model(64, 32, NULL);
    hone_advice *advice = advise(model, 4096);
    const hone_advice_item *item = about(advice, "batch");
    assert_false(item->worth);
    assert_true(item->gain < 1.1);
    assert_string_equal(item->instead, "");
    hone_advice_free(advice);
    hone_model_free(model);
}

TEST(threads_are_worth_it_for_long_phases_alone)
{
    hone_model *small = toy_model(0), *large = dense_model(784, 300, NULL);
    hone_set_threads(2);
    hone_advice *of_small = advise(small, 8), *of_large = advise(large, 256);
    const hone_advice_item *item = about(of_small, "threads");
    assert_true(item->worth);
    assert_string_equal(item->now, "2");
    assert_string_equal(item->instead, "1");
    assert_non_null(strstr(item->sentence, "--threads 1"));
    assert_false(about(of_large, "threads")->worth);
    assert_non_null(strstr(about(of_large, "threads")->sentence, "All 2 are worth having"));
    hone_set_threads(1);
    hone_advice *alone = advise(large, 256);
    assert_non_null(strstr(about(alone, "threads")->sentence, "the one thread there is"));
    hone_advice_free(of_small);
    hone_advice_free(of_large);
    hone_advice_free(alone);
    hone_model_free(small);
    hone_model_free(large);
}

TEST(a_width_that_leaves_registers_empty_is_named)
{
    hone_model *model = dense_model(784, 17, NULL);
    hone_advice *advice = advise(model, 32);
    const hone_advice_item *item = about(advice, "width");
    if (item->worth) { /* all tables but ref, which has no registers of several numbers */
        assert_string_equal(item->layer, "hidden");
        assert_string_equal(item->now, "17");
        assert_true(strtoll(item->instead, NULL, 10) > 17);
        assert_true(item->gain >= 1.1);
    } else {
        assert_non_null(strstr(item->sentence, "of 1 numbers"));
    }
    hone_advice_free(advice);
    hone_model_free(model);
}

TEST(the_dtype_in_use_is_told)
{
    hone_model *floats = dense_model(64, 32, NULL), *rounded = dense_model(64, 32, "mixed_bfloat16");
    hone_advice *of_floats = advise(floats, 32), *of_rounded = advise(rounded, 32);
    assert_string_equal(about(of_floats, "dtype")->now, "float32");
    assert_string_equal(about(of_rounded, "dtype")->now, "mixed_bfloat16");
    /* what is faster does not depend on what is in use */
    if (strstr(about(of_rounded, "dtype")->sentence, "no faster products") != NULL) {
        assert_true(about(of_rounded, "dtype")->worth);
        assert_false(about(of_floats, "dtype")->worth);
    } else {
        assert_false(about(of_rounded, "dtype")->worth);
    }
    hone_advice_free(of_floats);
    hone_advice_free(of_rounded);
    hone_model_free(floats);
    hone_model_free(rounded);
}

TEST(prediction_has_advice_too)
{
    hone_model *model = hone_sequential(hone_input(784), hone_dense(300));
    hone_advice *advice = advise(model, 4);
    assert_null(strstr(about(advice, "batch")->sentence, "updates"));
    hone_advice_free(advice);
    hone_model_free(model);
}

TEST(refuses_what_has_no_plan)
{
    hone_model *model = toy_model(0), *variable = hone_sequential(hone_input(HONE_ANY, 3), hone_dense(1));
    assert_null(hone_advise(NULL, 32));
    assert_message_has("expected a model");
    assert_null(hone_advise(model, 0));
    assert_message_has("expected a batch of 1 sample or more, received 0");
    assert_null(hone_advise(variable, 32));
    assert_message_has("has a variable size on axis 1");
    assert_int_equal(hone_advice_count(NULL), 0);
    assert_null(hone_advice_at(NULL, 0));
    hone_model_free(model);
    hone_model_free(variable);
}

TEST(survives_failing_allocations)
{
    int64_t allowed = 0;
    for (bool done = false; !done && allowed < 5000; allowed++) {
        const int64_t before = hone_internal_blocks_in_use();
        hone_model *model = toy_model(0);
        hone_internal_fail_allocations_after(allowed);
        hone_advice *advice = hone_advise(model, 1);
        hone_internal_fail_allocations_after(-1);
        done = advice != NULL;
        hone_advice_free(advice);
        hone_model_free(model);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_in_range(allowed, 30, 4999);
}
