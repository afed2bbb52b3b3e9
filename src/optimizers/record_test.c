/* What every optimizer does around its own rule: averages, constraints, missing gradients, all machinery at
 * once. */
#include "base/memory.h"
#include "testing/check_optimizer.h"

#include <math.h>

/* The averages overwrite the weights before the constraint is applied, as in Keras. */
TEST(averages_come_before_constraints)
{
    optimizer_bench bench = bench_begin(
        hone_sgd(.learning_rate = 1, .use_ema = true, .ema_momentum = 0.5, .ema_overwrite_frequency = 2),
        NULL);
    bench_add_filled(&bench, "w", HONE_SHAPE(1), 4, "max_norm(3)");
    bench_prepare(&bench);
    bench_step_with(&bench, 0); /* average 4, w cut to 3 */
    assert_true(fabs(bench_number(bench.variables[0]) - 3) < 1e-5);
    bench_step_with(&bench, -4); /* w 7, average 5.5, w 5.5, cut to 3 */
    assert_true(fabs(bench_number(bench.variables[0]) - 3) < 1e-5);
    assert_true(fabs(bench_number(hone_internal_optimizer_slot_at(bench.optimizer, 0)) - 5.5) < 1e-5);
    bench_end(&bench);
}

TEST(averages_and_weights_change_places_and_back)
{
    optimizer_bench bench =
        bench_begin(hone_sgd(.learning_rate = 1, .use_ema = true, .ema_momentum = 0.5), NULL);
    bench_add_filled(&bench, "w", HONE_SHAPE(1), 4, NULL);
    bench_prepare(&bench);
    bench_step_with(&bench, 1); /* w 3, average 3 */
    bench_step_with(&bench, 1); /* w 2, average 2.5 */
    assert_true(bench_number(bench.variables[0]) == 2);
    assert_int_equal(hone_internal_optimizer_swap_averages(bench.optimizer), HONE_OK);
    assert_true(bench_number(bench.variables[0]) == 2.5);
    assert_int_equal(hone_internal_optimizer_swap_averages(bench.optimizer), HONE_OK);
    assert_true(bench_number(bench.variables[0]) == 2);
    hone_internal_optimizer_finish(bench.optimizer);
    assert_true(bench_number(bench.variables[0]) == 2.5);
    bench_end(&bench);
}

TEST(swapping_needs_averages)
{
    hone_optimizer *optimizer = hone_sgd();
    assert_int_equal(hone_internal_optimizer_swap_averages(optimizer), HONE_ERROR_STATE);
    hone_optimizer_free(optimizer);
}

TEST(accumulates_the_mean_of_its_batches)
{
    optimizer_bench bench = bench_begin(hone_sgd(.learning_rate = 1, .gradient_accumulation_steps = 2), NULL);
    bench_add_filled(&bench, "w", HONE_SHAPE(1), 4, NULL);
    bench_prepare(&bench);
    bench_step_with(&bench, 1);
    assert_true(bench_number(bench.variables[0]) == 4);
    bench_step_with(&bench, 3);
    assert_true(bench_number(bench.variables[0]) == 2);
    bench_step_with(&bench, 1);
    bench_step_with(&bench, 1);
    assert_true(bench_number(bench.variables[0]) == 1);
    bench_end(&bench);
}

/* Variables without a gradient keep their values; those with one are clipped as if they were alone. */
TEST(weights_without_a_gradient_stay)
{
    optimizer_bench bench = bench_begin(hone_sgd(.learning_rate = 0.5, .global_clipnorm = 1), "ref");
    bench_add_filled(&bench, "a", HONE_SHAPE(2), 1, NULL);
    bench_add_filled(&bench, "b", HONE_SHAPE(2), 1, NULL);
    assert_int_equal(hone_internal_optimizer_build(bench.optimizer, bench.variables, 2), HONE_OK);
    golden_run *run = &bench.runs[1];
    *run = golden_begin("ref", true);
    golden_tensor gradient = golden_filled(HONE_SHAPE(2), 1);
    hone_value gradients[2] = {HONE_NO_VALUE, golden_input_of(run, &gradient)};
    assert_int_equal(hone_internal_optimizer_record(bench.optimizer, run->graph, gradients, true), HONE_OK);
    hone_internal_optimizer_begin_step(bench.optimizer);
    golden_execute(run);
    assert_true(hone_internal_variable_data(bench.variables[0])[0] == 1);
    assert_true(fabs((double)hone_internal_variable_data(bench.variables[1])[0] - (1 - 0.5 / sqrt(2))) <
                1e-6);
    golden_tensor_free(&gradient);
    bench_end(&bench);
}

/* No crash and no leak, whichever allocation fails, with all machinery at once. */
TEST(all_machinery_survives_failing_allocations)
{
    check_optimizer_use(
        "adam(amsgrad=true, use_ema=true, gradient_accumulation_steps=2, clipnorm=1, weight_decay=0.1)");
    check_optimizer_use("sgd(0.1, momentum=0.5, global_clipnorm=1, use_ema=true, ema_overwrite_frequency=3)");
    check_optimizer_use("sgd(0.1, clipvalue=0.5, loss_scale_factor=4)");
}
