/* For tests: what holds for every operation. */
#include "testing/check_op.h"
#include "base/memory.h"
#include "base/random.h"
#include "ops/differentiate.h"
#include "testing/golden.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static int count_inputs(const op_example *example)
{
    int count = 0;
    while (count < CHECK_OP_INPUTS && example->inputs[count].rank >= 0)
        count++;
    return count;
}

static golden_tensor numbers_for(const op_example *example, int input)
{
    golden_tensor tensor = golden_filled(example->inputs[input], 0);
    bool given = example->lowest != 0 || example->highest != 0,
         ids = example->ids > 0 && (example->constant >> input & 1);
    double lowest = given ? example->lowest : -2, highest = given ? example->highest : 2;
    hone_random random = hone_internal_random(11, (uint64_t)input, 0);
    for (int64_t i = 0; i < tensor.count; i++) {
        double uniform = hone_internal_random_uniform(&random, (uint64_t)i);
        tensor.values[i] = ids ? floor(uniform * (double)example->ids)
                               : (double)(float)(lowest + (highest - lowest) * uniform);
    }
    return tensor;
}

/* sum of result * (0.3, 1.3, ...): a scalar in which every element counts differently. */
static hone_value weighted_total(hone_graph *graph, const hone_value *inputs, int count, void *context)
{
    const op_example *example = context;
    (void)count;
    hone_value result = example->record(graph, inputs, example->context);
    if (result < 0)
        return result;
    hone_value flat = hone_op_reshape(graph, result, HONE_SHAPE(HONE_ANY));
    hone_value ones = hone_graph_filled(graph, hone_value_shape(graph, flat), 1);
    hone_value factors =
        hone_op_unary(graph, "sin", hone_op_cumulative_sum(graph, ones, 0), (hone_parameters){0});
    return hone_op_total(graph, hone_op_multiply(graph, flat, hone_op_affine(graph, factors, 1, 0.3)));
}

static golden_tensor run_table(const op_example *example, const char *table, const golden_tensor *numbers,
                               int count)
{
    golden_run run = golden_begin(table, true);
    hone_value inputs[CHECK_OP_INPUTS];
    for (int i = 0; i < count; i++)
        inputs[i] = golden_input_of(&run, &numbers[i]);
    hone_value result = example->record(run.graph, inputs, example->context);
    if (result < 0)
        fail_msg("%s: %s", example->title, hone_error_message());
    if (!hone_internal_shape_equal(hone_value_shape(run.graph, result), example->result)) {
        char text[128];
        hone_internal_shape_to_text(hone_value_shape(run.graph, result), text, sizeof text);
        fail_msg("%s: its result has shape %s", example->title, text);
    }
    golden_keep(&run, result);
    golden_execute(&run);
    golden_tensor tensor = golden_result(&run, result);
    golden_end(&run);
    return tensor;
}

static void check_tables(const op_example *example, const golden_tensor *numbers, int count)
{
    golden_tensor expected = run_table(example, "ref", numbers, count);
    for (const char *const *table = hone_internal_kernels_names(); *table != NULL; table++) {
        golden_tensor received = run_table(example, *table, numbers, count);
        golden_check(example->title, *table, &expected, &received, 2e-5);
        golden_tensor_free(&received);
    }
    golden_tensor_free(&expected);
}

/* Recording with its gradients: a status, so that failing allocations can be tried. */
static hone_status record_all(const op_example *example, hone_graph *graph, int count)
{
    hone_value inputs[CHECK_OP_INPUTS], wanted[CHECK_OP_INPUTS], gradients[CHECK_OP_INPUTS];
    for (int i = 0; i < count; i++) {
        if ((inputs[i] = hone_internal_graph_input(graph, example->inputs[i], "x")) < 0)
            return hone_error_status();
        wanted[i] = example->constant >> i & 1 ? HONE_NO_VALUE : inputs[i];
    }
    if (example->no_gradient)
        return example->record(graph, inputs, example->context) < 0 ? hone_error_status() : HONE_OK;
    hone_value loss = weighted_total(graph, inputs, count, (void *)(uintptr_t)example);
    return loss < 0 ? hone_error_status()
                    : hone_internal_differentiate(graph, loss, wanted, count, gradients);
}

static void check_allocations(const op_example *example, int count)
{
    enum { MOST = 5000 };
    int64_t before = hone_internal_blocks_in_use();
    for (int64_t n = 0; n < MOST; n++) {
        hone_internal_fail_allocations_after(n);
        hone_graph *graph = hone_internal_graph_create(true, false);
        hone_status status = graph == NULL ? HONE_ERROR_MEMORY : record_all(example, graph, count);
        hone_internal_fail_allocations_after(-1);
        hone_internal_graph_free(graph);
        if (hone_internal_blocks_in_use() != before)
            fail_msg("%s: blocks are left when allocation %lld fails", example->title, (long long)n);
        if (status >= 0)
            return;
        if (status != HONE_ERROR_MEMORY)
            fail_msg("%s: allocation %lld: %s", example->title, (long long)n, hone_error_message());
    }
    fail_msg("%s: more than %d allocations", example->title, MOST);
}

void check_op(const op_example *example)
{
    golden_tensor numbers[CHECK_OP_INPUTS];
    bool wanted[CHECK_OP_INPUTS];
    int count = count_inputs(example);
    for (int i = 0; i < count; i++) {
        numbers[i] = numbers_for(example, i);
        wanted[i] = !(example->constant >> i & 1);
    }
    check_tables(example, numbers, count);
    if (!example->no_gradient)
        golden_check_differences(example->title, weighted_total, (void *)(uintptr_t)example, numbers, count,
                                 wanted, true, 1e-6);
    check_allocations(example, count);
    for (int i = 0; i < count; i++)
        golden_tensor_free(&numbers[i]);
}

void check_ops(const op_example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_op(&examples[i]);
}

void check_op_refused(const op_example *example, const char *part)
{
    hone_graph *graph = hone_internal_graph_create(true, false);
    hone_value inputs[CHECK_OP_INPUTS];
    int count = count_inputs(example);
    for (int i = 0; i < count; i++)
        inputs[i] = hone_internal_graph_input(graph, example->inputs[i], "x");
    hone_error_clear();
    if (example->record(graph, inputs, example->context) >= 0)
        fail_msg("%s is not refused", example->title);
    if (strstr(hone_error_message(), part) == NULL)
        fail_msg("%s: \"%s\" does not mention \"%s\"", example->title, hone_error_message(), part);
    hone_internal_graph_free(graph);
}
