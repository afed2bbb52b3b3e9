/* Chains and phases: what rides on the tiles of another step, and what waits for it. */
#include "testing/small_plans.h"
#include "ops/metric.h"
#include "ops/optimizer.h"

/* A product, its bias, activation and dropout are one step with three chained to it. */
TEST(element_wise_steps_ride_on_a_product)
{
    small s = begin(HONE_SHAPE(64, 32), HONE_SHAPE(32, 48));
    hone_variable *bias = hone_internal_variable_create("b", HONE_SHAPE(48), NULL);
    assert_int_equal(hone_internal_variables_place(&bias, 1), HONE_OK);
    hone_value y = hone_op_matmul(s.graph, s.x, hone_graph_variable(s.graph, s.w), false, false);
    y = hone_op_dropout(s.graph,
                        hone_op_unary(s.graph, "relu_plain",
                                      hone_op_bias_add(s.graph, y, hone_graph_variable(s.graph, bias)),
                                      (hone_parameters){0}),
                        0.5);
    hone_internal_graph_keep(s.graph, y);
    make(&s, hone_internal_kernels());
    assert_int_equal(s.plan->step_count, 4);
    assert_int_equal(attached_steps(s.plan), 3);
    assert_int_equal(s.plan->phase_count, 1);
    hone_internal_plan_run(s.plan, NULL, 0);
    end(&s);
    hone_internal_variable_free(bias);
}

/* x + x W: the sum may not take x's memory while other tiles of the product read it. */
TEST(a_sum_waits_for_other_readers_of_its_operand)
{
    for (int order = 0; order < 2; order++) {
        small s = begin(HONE_SHAPE(SIZE, SIZE), HONE_SHAPE(SIZE, SIZE));
        hone_value x = hone_op_affine(s.graph, s.x, 2, 0),
                   product = hone_op_matmul(s.graph, x, hone_graph_variable(s.graph, s.w), false, false);
        hone_value y = order == 0 ? hone_op_add(s.graph, x, product) : hone_op_add(s.graph, product, x);
        hone_internal_graph_keep(s.graph, y);
        make(&s, small_tiled());
        run_shuffled(s.plan, 0, 3);
        const float *result = hone_internal_plan_address(s.plan, y);
        for (int i = 0; i < SIZE; i++)
            for (int j = 0; j < SIZE; j++) {
                double expected = 2 * (double)(float)cos(i * SIZE + j);
                for (int k = 0; k < SIZE; k++)
                    expected += 2 * (double)(float)cos(i * SIZE + k) *
                                (double)hone_internal_variable_data(s.w)[k * SIZE + j];
                assert_true(fabs((double)result[i * SIZE + j] - expected) < 1e-3);
            }
        end(&s);
    }
}

/* The step of a weight whose gradient is a product with the weight itself must wait for all of that product.
 */
TEST(a_step_waits_for_the_product_that_reads_its_weight)
{
    static const double rate[1] = {0.5};
    small s = begin(HONE_SHAPE(SIZE, SIZE), HONE_SHAPE(SIZE, SIZE));
    float before[MATRIX];
    memcpy(before, hone_internal_variable_data(s.w), sizeof before);
    hone_value gradient = hone_op_matmul(s.graph, s.x, hone_graph_variable(s.graph, s.w), false, false);
    assert_int_equal(
        hone_internal_op_optimizer_step(s.graph, HONE_KERNEL_step_sgd, s.w, gradient, NULL, 0, rate),
        HONE_OK);
    make(&s, small_tiled());
    run_shuffled(s.plan, 0, 1);
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++) {
            double sum = 0;
            for (int k = 0; k < SIZE; k++)
                sum += (double)(float)cos(i * SIZE + k) * (double)before[k * SIZE + j];
            assert_true(fabs((double)hone_internal_variable_data(s.w)[i * SIZE + j] -
                             ((double)before[i * SIZE + j] - 0.5 * sum)) < 1e-3);
        }
    end(&s);
}

/* dX = dY W^T reads the weight as it was, though the step rides on dW, which is ready at the same time. */
TEST(a_step_waits_for_all_reads_of_its_weight)
{
    static const double rate[1] = {0.5};
    small s = begin(HONE_SHAPE(SIZE, SIZE), HONE_SHAPE(SIZE, SIZE));
    float before[MATRIX];
    memcpy(before, hone_internal_variable_data(s.w), sizeof before);
    hone_value w = hone_graph_variable(s.graph, s.w), dx = hone_op_matmul(s.graph, s.x, w, false, true);
    hone_value dw = hone_op_matmul(s.graph, s.x, s.x, true, false);
    assert_int_equal(hone_internal_op_optimizer_step(s.graph, HONE_KERNEL_step_sgd, s.w, dw, NULL, 0, rate),
                     HONE_OK);
    hone_internal_graph_keep(s.graph, dx);
    make(&s, small_tiled());
    assert_int_equal(attached_steps(s.plan), 1);
    assert_int_equal(s.plan->phase_count, 2);
    run_shuffled(s.plan, 0, 1);
    const float *result = hone_internal_plan_address(s.plan, dx);
    for (int j = 0; j < SIZE; j++) {
        double sum = 0;
        for (int k = 0; k < SIZE; k++)
            sum += (double)(float)cos(k) * (double)before[j * SIZE + k];
        assert_near(result[j], sum);
    }
    assert_true(hone_internal_variable_data(s.w)[0] != before[0]);
    end(&s);
}

/* Sums into one state follow each other, in the order of recording. */
TEST(sums_into_one_state_follow_each_other)
{
    double sums[2] = {0, 0};
    small s = begin(HONE_SHAPE(4), HONE_SHAPE(1));
    assert_int_equal(hone_internal_op_accumulate_mean(s.graph, sums, s.x, HONE_NO_VALUE, 1), HONE_OK);
    assert_int_equal(hone_internal_op_accumulate_mean(s.graph, sums, s.x, HONE_NO_VALUE, 1), HONE_OK);
    make(&s, hone_internal_kernels());
    assert_int_equal(s.plan->phase_count, 2);
    hone_internal_plan_run(s.plan, NULL, 0);
    assert_true(sums[1] == 8);
    end(&s);
}

/* The tiles of a phase's dearest step are taken first, whenever it was recorded: who ends last has then a
 * short one.
 */
TEST(dear_tiles_come_first)
{
    small s = begin(HONE_SHAPE(SIZE, SIZE), HONE_SHAPE(SIZE, SIZE));
    hone_value cheap = hone_op_affine(s.graph, s.x, 2, 0),
               dear = hone_op_matmul(s.graph, s.x, hone_graph_variable(s.graph, s.w), false, false);
    hone_internal_graph_keep(s.graph, cheap);
    hone_internal_graph_keep(s.graph, dear);
    make(&s, hone_internal_kernels());
    assert_int_equal(s.plan->phase_count, 1);
    assert_int_equal(s.plan->phases[0].count, 2);
    assert_int_equal(s.plan->steps[s.plan->order[0]].kernel, HONE_KERNEL_matmul);
    end(&s);
}
