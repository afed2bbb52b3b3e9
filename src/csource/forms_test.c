/* The families of C source. */
#include "csource/forms.h"
#include "csource/product.h"
#include "testing/test.h"

TEST(a_kernel_has_its_form)
{
    static const hone_kernel_index known[] = {HONE_KERNEL_matmul, HONE_KERNEL_fill, HONE_KERNEL_relu_plain,
                                              HONE_KERNEL_add, HONE_KERNEL_softmax};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const hone_c_form *form = hone_internal_c_form_of(known[i]);
        assert_non_null(form);
        assert_int_equal(form->kernel, known[i]);
    }
}

/* Kernels that only training needs have none, and are refused by name (words.c). */
TEST(what_only_training_needs_has_none)
{
    assert_null(hone_internal_c_form_of(HONE_KERNEL_softmax_gradient));
    assert_null(hone_internal_c_form_of(HONE_KERNEL_COUNT));
}

/* What kernels are called with has a place in the pattern. */
TEST(a_form_can_be_said)
{
    int count = 0;
    for (int kernel = 0; kernel < HONE_KERNEL_COUNT; kernel++) {
        const hone_c_form *form = hone_internal_c_form_of((hone_kernel_index)kernel);
        if (form == NULL)
            continue;
        count++;
        assert_true(form->bytes == 0 || form->write != NULL || form->call_int8 != NULL);
        assert_true(form->call == NULL || form->write == NULL);
    }
    assert_true(count > 100);
}

TEST(families_rewrite_in_turn)
{
    hone_c_program program = {.step_count = 0};
    assert_int_equal(hone_internal_c_rewrite(&program), HONE_OK); /* nothing to do */
    hone_c_slot slots[3] = {{.place = HONE_C_OUTPUT, .count = 3, .readers = 9},
                            {.place = HONE_C_INPUT, .count = 3},
                            {.place = HONE_C_INPUT, .count = 3}};
    hone_c_step step = {
        .kernel = HONE_KERNEL_add, .slots = {0, 1, 1, -1, -1, -1, -1, -1, -1, -1}, .written = 1};
    for (int i = 3; i < HONE_KERNEL_OPERANDS; i++)
        step.slots[i] = -1;
    program = (hone_c_program){.slots = slots, .slot_count = 3, .steps = &step, .step_count = 1};
    assert_int_equal(hone_internal_c_rewrite(&program), HONE_OK);
    assert_int_equal(slots[0].readers, 0);
    assert_int_equal(slots[1].readers, 2);
}
