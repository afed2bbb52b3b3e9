/* The optimizer object: made by name and by call, its rate and momentum, when it may be built, what it
 * refuses. */
#include "base/memory.h"
#include "testing/check_optimizer.h"

#include <math.h>
#include <string.h>

TEST(is_the_same_by_name_and_by_call)
{
    hone_optimizer *made[] = {hone_sgd(),     hone_adam(),
                              hone_adamw(),   hone_rmsprop(),
                              hone_adamax(),  hone_nadam(),
                              hone_adagrad(), hone_adadelta(),
                              hone_ftrl(),    hone_lion(),
                              hone_lamb(),    hone_adafactor(),
                              hone_muon(),    hone_schedule_free_adamw()};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        if (made[i] == NULL)
            fail_msg("%s", hone_error_message());
        const hone_type *type = &made[i]->type->type;
        hone_optimizer *named = hone_optimizer_from_text(type->class_name);
        assert_non_null(named);
        assert_ptr_equal(named->type, made[i]->type);
        assert_true(hone_internal_fields_equal(type, named->args, made[i]->args));
        hone_optimizer_free(named);
        hone_optimizer_free(made[i]);
    }
}

TEST(every_optimizer_has_a_golden_file)
{
    size_t files = 0, types = 0;
    char **names = golden_list("optimizers");
    while (names[files] != NULL)
        files++;
    while (hone_internal_type_at("optimizer", types) != NULL)
        types++;
    golden_list_free(names);
    assert_int_equal(files, types);
}

TEST(refuses_unknown_names_with_the_nearest)
{
    check_optimizer_refused("adan", HONE_ERROR_NAME, "adam");
    check_optimizer_refused("adam(learning_rat=1)", HONE_ERROR_NAME, "learning_rate");
    check_optimizer_refused("none", HONE_ERROR_ARGUMENT, "expected an optimizer");
    check_optimizer_refused("adamw(weight_decay=none)", HONE_ERROR_ARGUMENT, "weight_decay");
}

static void assert_failed(const hone_optimizer *optimizer, const char *sentence)
{
    assert_null(optimizer);
    assert_int_equal(hone_error_status(), HONE_ERROR_ARGUMENT);
    if (strstr(hone_error_message(), sentence) == NULL)
        fail_msg("\"%s\" in place of \"%s\"", hone_error_message(), sentence);
}

TEST(refuses_settings_out_of_range_and_leaves_nothing)
{
    int64_t before = hone_internal_blocks_in_use();
    assert_failed(hone_adam(.learning_rate = -1), "learning_rate must be between 0 and 3.40282e+38");
    assert_failed(hone_adam(.learning_rate = 1e300), "learning_rate must be between 0 and 3.40282e+38");
    assert_failed(hone_adam(.learning_rate = (double)NAN), "learning_rate is not a number");
    assert_failed(hone_adam(.beta_1 = 1), "beta_1 must be at least 0 and below 1, not 1");
    assert_failed(hone_sgd(.momentum = 2), "momentum must be between 0 and 1");
    assert_failed(hone_sgd(.clipnorm = 1, .clipvalue = 1), "only one of");
    assert_failed(hone_sgd(.clipnorm = 1, .global_clipnorm = 1), "only one of");
    assert_failed(hone_sgd(.clipnorm = 0), "clipnorm must be above 0");
    assert_failed(hone_sgd(.gradient_accumulation_steps = 1),
                  "gradient_accumulation_steps must be at least 2");
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(refuses_a_config_that_is_no_optimizer)
{
    hone_config *number = hone_internal_config_number(1), *map = hone_internal_config_map();
    assert_null(hone_internal_optimizer_from_config(number));
    assert_non_null(strstr(hone_error_message(), "expected an optimizer"));
    assert_null(hone_internal_optimizer_from_config(map));
    assert_non_null(strstr(hone_error_message(), "class_name"));
    assert_int_equal(hone_internal_config_set(map, "class_name", hone_internal_config_text("Dense")),
                     HONE_OK);
    assert_null(hone_internal_optimizer_from_config(map));
    hone_internal_config_free(number);
    hone_internal_config_free(map);
}

TEST(the_rate_can_be_set_unless_a_schedule_gives_it)
{
    hone_optimizer *optimizer = hone_sgd(.learning_rate = 0.5);
    assert_true(hone_optimizer_learning_rate(optimizer) == 0.5);
    assert_int_equal(hone_optimizer_set_learning_rate(optimizer, 0.1), HONE_OK);
    assert_true(hone_optimizer_learning_rate(optimizer) == (double)0.1f);
    assert_int_equal(hone_optimizer_set_learning_rate(optimizer, (double)NAN), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_optimizer_set_learning_rate(optimizer, (double)INFINITY), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_optimizer_set_learning_rate(optimizer, -1), HONE_ERROR_ARGUMENT);
    assert_true(hone_optimizer_learning_rate(optimizer) == (double)0.1f);
    hone_optimizer_free(optimizer);
    optimizer = hone_optimizer_from_text("sgd(exponential_decay(0.1, 10, 0.5))");
    assert_int_equal(hone_optimizer_set_learning_rate(optimizer, 0.1), HONE_ERROR_STATE);
    hone_optimizer_free(optimizer);
}

/* Files and models' clones hold float32 rates: 0.1 stays the 0.1 that the training has used. */
TEST(a_rate_from_a_file_stays_when_it_is_the_same_in_float32)
{
    hone_optimizer *optimizer = hone_sgd(.learning_rate = 0.1);
    hone_internal_optimizer_take_rate(optimizer, 0.1f);
    assert_true(hone_optimizer_learning_rate(optimizer) == 0.1);
    hone_internal_optimizer_take_rate(optimizer, 0.2f);
    assert_true(hone_optimizer_learning_rate(optimizer) == (double)0.2f);
    hone_optimizer_free(optimizer);
}

TEST(momentum_can_be_set_where_there_is_one)
{
    hone_optimizer *optimizer = hone_sgd(.momentum = 0.25);
    assert_true(hone_internal_optimizer_momentum(optimizer) == 0.25);
    assert_int_equal(hone_internal_optimizer_set_momentum(optimizer, 0.5), HONE_OK);
    assert_true(hone_internal_optimizer_momentum(optimizer) == 0.5);
    assert_int_equal(hone_internal_optimizer_set_momentum(optimizer, 1), HONE_ERROR_ARGUMENT);
    hone_optimizer_free(optimizer);
    optimizer = hone_adam();
    assert_true(hone_internal_optimizer_momentum(optimizer) == 0.9); /* beta_1 */
    hone_optimizer_free(optimizer);
    optimizer = hone_adafactor();
    assert_true(isnan(hone_internal_optimizer_momentum(optimizer)));
    assert_int_equal(hone_internal_optimizer_set_momentum(optimizer, 0.5), HONE_ERROR_STATE);
    hone_optimizer_free(optimizer);
}

TEST(is_built_once_for_its_weights)
{
    optimizer_bench bench = bench_begin(hone_adam(), NULL);
    bench_add_filled(&bench, "a", HONE_SHAPE(2), 1, NULL);
    bench_add_filled(&bench, "b", HONE_SHAPE(3), 1, NULL);
    assert_int_equal(hone_internal_optimizer_build(bench.optimizer, bench.variables, 1), HONE_OK);
    assert_int_equal(hone_internal_optimizer_build(bench.optimizer, bench.variables, 1), HONE_OK);
    assert_int_equal(hone_internal_optimizer_slot_count(bench.optimizer), 2);
    assert_int_equal(hone_internal_optimizer_build(bench.optimizer, bench.variables, 2), HONE_ERROR_STATE);
    assert_non_null(strstr(hone_error_message(), "compile the model with a new optimizer"));
    const char *const names[] = {"b", NULL};
    assert_int_equal(hone_optimizer_exclude_from_weight_decay(bench.optimizer, names), HONE_ERROR_STATE);
    bench_end(&bench);
}

TEST(excluded_weights_do_not_decay)
{
    static const char *const bias[] = {"bias", NULL};
    optimizer_bench bench = bench_begin(hone_sgd(.learning_rate = 0.5, .weight_decay = 0.5), NULL);
    bench_add_filled(&bench, "dense/kernel", HONE_SHAPE(1), 1, NULL);
    bench_add_filled(&bench, "dense/bias", HONE_SHAPE(1), 1, NULL);
    assert_int_equal(hone_optimizer_exclude_from_weight_decay(bench.optimizer, bias), HONE_OK);
    bench_prepare(&bench);
    bench_step_with(&bench, 0);
    assert_true(bench_number(bench.variables[0]) == 0.75);
    assert_true(bench_number(bench.variables[1]) == 1);
    bench_end(&bench);
}
