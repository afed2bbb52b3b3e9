/* What layers carry from call to call. */
#include "layers/layer.h"
#include "testing/message.h"

#include <hone/extend.h>

static hone_layer *make(void)
{
    hone_layer *layer = hone_layer_from_text("identity");
    assert_non_null(layer);
    return layer;
}

TEST(a_state_is_made_once_and_holds_zeros)
{
    hone_layer *layer = make();
    hone_variable *state = hone_layer_carry(layer, "h", HONE_SHAPE(2, 3));
    assert_non_null(state);
    assert_int_equal(hone_internal_variable_count(state), 6);
    for (int i = 0; i < 6; i++)
        assert_true(hone_internal_variable_data(state)[i] == 0);
    assert_ptr_equal(hone_layer_carry(layer, "h", HONE_SHAPE(2, 3)), state);
    assert_ptr_not_equal(hone_layer_carry(layer, "c", HONE_SHAPE(2, 3)), state);
    assert_int_equal(layer->carried_count, 2);
    hone_layer_free(layer);
}

/* Neither an optimizer nor a file sees it. */
TEST(a_state_is_no_weight)
{
    hone_layer *layer = make();
    hone_variable_list weights = {0};
    assert_false(hone_layer_carry(layer, "h", HONE_SHAPE(2))->trainable);
    assert_int_equal(hone_internal_layer_weights(layer, &weights), HONE_OK);
    assert_int_equal(weights.count, 0);
    hone_internal_free(weights.items);
    hone_layer_free(layer);
}

/* From (2, 3) with a number of its own, or only zeros, to another shape. */
static const struct {
    const char *name;
    hone_shape shape;
    float number;
    const char *words; /* NULL: it changes its shape */
} changes[] = {
    {"another batch",
     {.rank = 2, .size = {4, 3}},
     1,
     "is stateful: it keeps the states of batches of 2 and cannot take a batch of 4; give batches of one size, or "
     "reset the states in between"},
    {"another size",
     {.rank = 2, .size = {2, 5}},
     1,
     "keeps a state of shape (2, 3) and cannot take one of (2, 5)"},
    {"a size that is not known",
     {.rank = 2, .size = {HONE_ANY, 3}},
     0,
     "the shape of the state \"h\" is not known"},
    {"another batch while all is 0", {.rank = 2, .size = {4, 3}}, 0, NULL},
    {"another size while all is 0", {.rank = 1, .size = {7}}, 0, NULL},
};

TEST_EACH(a_state_has_one_size, changes)
{
    hone_layer *layer = make();
    hone_variable *state = hone_layer_carry(layer, "h", HONE_SHAPE(2, 3));
    hone_internal_variable_data(state)[5] = row->number;
    hone_error_clear();
    hone_variable *other = hone_layer_carry(layer, "h", row->shape);
    if (row->words != NULL) {
        assert_null(other);
        assert_message_has(row->words);
        assert_true(hone_internal_variable_data(state)[5] == row->number);
    } else {
        assert_true(hone_internal_shape_equal(other->shape, row->shape));
        assert_int_equal(layer->carried_count, 1);
    }
    hone_layer_free(layer);
}

TEST(a_reset_puts_zeros_also_into_layers_within)
{
    hone_layer *layer = hone_layer_from_text("time_distributed(layer=dense(2))");
    const hone_shape shape = HONE_SHAPE(HONE_ANY, 3, 2);
    assert_int_equal(hone_internal_layer_build(layer, &shape, 1), HONE_OK);
    hone_layer *inner = hone_internal_layer_within(layer, 0, NULL);
    assert_non_null(inner);
    float *outer_number = hone_internal_variable_data(hone_layer_carry(layer, "h", HONE_SHAPE(1))),
          *inner_number = hone_internal_variable_data(hone_layer_carry(inner, "h", HONE_SHAPE(1)));
    *outer_number = *inner_number = 3;
    hone_layer_reset_states(layer);
    assert_true(*outer_number == 0 && *inner_number == 0);
    hone_layer_reset_states(NULL);
    hone_layer_free(layer);
}

/* A plan that knows the variable keeps it alive, and sees that it does not fit any more. */
TEST(a_state_that_was_replaced_is_retired)
{
    hone_layer *layer = make();
    hone_variable *state = hone_layer_carry(layer, "h", HONE_SHAPE(2));
    hone_internal_variable_retain(state);
    assert_non_null(hone_layer_carry(layer, "h", HONE_SHAPE(3)));
    assert_true(state->retired);
    hone_internal_variable_free(state);
    hone_layer_free(layer);
}
