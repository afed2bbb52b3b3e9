/* Filling steps: operands in the order of kernels, tiles of element-wise work. */
#include "plan/step.h"
#include "testing/test.h"

TEST(results_come_before_operands)
{
    const hone_node node = {.inputs = {4, 5}, .input_count = 2, .outputs = {7, 8}, .output_count = 2};
    hone_step step = {0};
    hone_internal_step_operands(&step, &node);
    const hone_value expected[] = {7, 8, 4, 5};
    for (int i = 0; i < HONE_STEP_OPERANDS; i++)
        assert_int_equal(step.operands[i], i < 4 ? expected[i] : HONE_NO_VALUE);
    assert_int_equal(step.written, 3);
}

TEST(element_wise_work_is_cut_whatever_its_size)
{
    hone_step step = {0};
    hone_internal_step_elementwise(&step, HONE_KERNEL_exp, 10000);
    assert_int_equal(step.items, 10000);
    const int64_t grain = step.grain;
    assert_true(grain > 0 && grain < 10000);
    hone_internal_step_elementwise(&step, HONE_KERNEL_exp, 10);
    assert_int_equal(step.grain, grain);
}

static hone_tiles seven_tiles(void *family)
{
    ++*(int *)family;
    return (hone_tiles){.count = 7, .scratch = 64};
}

TEST(a_table_chooses_the_tiles_each_time_they_are_cut)
{
    hone_kernels table = *hone_internal_kernels();
    table.tiling[HONE_KERNEL_matmul] = seven_tiles;
    int asked = 0;
    hone_step step = {.kernels = &table, .family = &asked};
    hone_internal_step_tiles(&step, HONE_KERNEL_matmul, &asked);
    assert_int_equal(step.items, 7);
    assert_int_equal(step.grain, 1);
    assert_int_equal(step.scratch, 64);
    hone_internal_step_tile_anew(&step);
    assert_int_equal(asked, 2);
}
