/* The work space of a C source. */
#include "csource/program.h"
#include "testing/test.h"

#include <hone/hone.h>

static hone_c_program make(hone_model *model)
{
    hone_c_program program = {.model = NULL};
    if (model == NULL || hone_internal_c_program_make(&program, model, false) < 0)
        fail_msg("%s", hone_error_message());
    return program;
}

static bool placed(const hone_c_slot *slot)
{
    return slot->place == HONE_C_WORK && slot->into < 0 && slot->offset >= 0;
}

/* Pieces that live at one time do not overlap; all lie within the work space. */
static void check(hone_model *model)
{
    hone_c_program program = make(model);
    for (int i = 0; i < program.slot_count; i++) {
        const hone_c_slot *a = &program.slots[i];
        if (!placed(a))
            continue;
        assert_true(a->offset + a->count <= program.work_count);
        for (int j = 0; j < i; j++) {
            const hone_c_slot *b = &program.slots[j];
            bool together = a->first <= b->last && b->first <= a->last;
            if (placed(b) && together && a->offset < b->offset + b->count && b->offset < a->offset + a->count)
                fail_msg("pieces %d and %d overlap", i, j);
        }
    }
    hone_internal_c_program_free(&program);
    hone_model_free(model);
}

TEST(pieces_that_live_together_do_not_overlap)
{
    check(hone_sequential(hone_input(30), hone_dense(20, .activation = "tanh"),
                          hone_dense(25, .activation = "softmax"), hone_layer_normalization(),
                          hone_dense(7, .activation = "relu"), hone_dense(2)));
    hone_tensor *x = hone_input_tensor(6);
    hone_tensor *a = hone_apply(hone_dense(5, .activation = "tanh"), x), *b = hone_apply(hone_dense(5), a),
                *c = hone_apply(hone_multiply(), hone_apply(hone_add(), a, b), b);
    check(hone_functional((x), (hone_apply(hone_concatenate(), c, a), hone_apply(hone_dense(3), b))));
}

TEST(a_chain_needs_room_for_two_neighbours)
{
    hone_model *model = hone_sequential(hone_input(10), hone_dense(40), hone_dense(30), hone_dense(40),
                                        hone_dense(30), hone_dense(5));
    hone_c_program program = make(model);
    assert_int_equal(program.work_count, 70);
    hone_internal_c_program_free(&program);
    hone_model_free(model);
}

TEST(element_wise_work_is_done_in_place)
{
    hone_model *model = hone_sequential(hone_input(10), hone_dense(40, .activation = "tanh"),
                                        hone_activation("relu"), hone_dense(5));
    hone_c_program program = make(model);
    assert_int_equal(program.work_count, 40);
    hone_internal_c_program_free(&program);
    hone_model_free(model);
}
