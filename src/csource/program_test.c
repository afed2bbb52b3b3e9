/* From a model to the steps of its C source. */
#include "csource/program.h"
#include "testing/c_sources.h"

#include <hone/extend.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

static hone_c_program make(hone_model *model, bool bytes)
{
    hone_c_program program = {.model = NULL};
    if (model == NULL || hone_internal_c_program_make(&program, model, bytes) < 0)
        fail_msg("%s", hone_error_message());
    return program;
}

static int count_places(const hone_c_program *program, hone_c_place place)
{
    int count = 0;
    for (int s = 0; s < program->slot_count; s++)
        count +=
            program->slots[s].place == place && (place != HONE_C_CONSTANT || program->slots[s].readers > 0);
    return count;
}

static const struct {
    const char *name, *sample, *layers;
    int steps, constants, states;
    int64_t work;
} models[] = {
    {"a product with its bias is one step", "3", "dense(2)", 1, 2, 0, 0},
    {"an input that is an output is copied", "3", "identity", 1, 0, 0, 0},
    {"what acts in training only leaves nothing", "3", "dropout(0.5); dense(2)", 1, 2, 0, 0},
    {"a result between two steps", "3", "dense(4); dense(2)", 2, 4, 0, 4},
    {"states are read, walked and written", "4, 3", "simple_rnn(2, stateful=true)", 5, 3, 1, 29},
};

TEST_EACH(a_model_has_its_steps, models)
{
    hone_model *model = c_source_model(row->sample, row->layers);
    hone_c_program program = make(model, false);
    assert_int_equal(program.step_count, row->steps);
    assert_int_equal(count_places(&program, HONE_C_INPUT), 1);
    assert_int_equal(count_places(&program, HONE_C_OUTPUT), 1);
    assert_int_equal(count_places(&program, HONE_C_CONSTANT), row->constants);
    assert_int_equal(program.state_count, row->states);
    assert_int_equal(count_places(&program, HONE_C_STATE), row->states);
    assert_int_equal(program.work_count, row->work);
    hone_internal_c_program_free(&program);
    hone_model_free(model);
}

/* One result given twice, and an input given as an output. */
TEST(each_output_has_its_own_numbers)
{
    hone_tensor *x = hone_input_tensor(3);
    hone_tensor *y = hone_apply(hone_dense(2), x);
    hone_model *model = hone_functional((x), (y, x, y));
    hone_c_program program = make(model, false);
    assert_int_equal(program.step_count, 3);
    for (int i = 0; i < 3; i++) {
        const hone_c_slot *slot = &program.slots[program.outputs[i]];
        assert_int_equal(slot->place, HONE_C_OUTPUT);
        assert_int_equal(slot->number, i);
        assert_int_equal(slot->count, i == 1 ? 3 : 2);
    }
    hone_internal_c_program_free(&program);
    hone_model_free(model);
}

TEST(states_lie_one_behind_the_other)
{
    hone_model *model =
        c_source_model("4, 3", "lstm(5, stateful=true, return_sequences=true); gru(2, stateful=true)");
    hone_c_program program = make(model, false);
    static const int64_t before[] = {0, 5, 10, 12};
    assert_int_equal(program.state_count, 3);
    for (int i = 0; i <= 3; i++)
        assert_int_equal(hone_internal_c_states_before(&program, i), before[i]);
    hone_internal_c_program_free(&program);
    hone_model_free(model);
}

/* A layer that draws whatever the mode is. */
HONE_DECLARE_LAYER_ARGS(noisy, HONE_LAYER_FIELDS);
HONE_FIELD_TABLE(hone_noisy_args, HONE_LAYER_FIELDS);

static int call_noisy(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                      hone_value *outputs)
{
    (void)layer, (void)count;
    outputs[0] = hone_op_add(graph, inputs[0],
                             hone_op_random_normal(graph, hone_value_shape(graph, inputs[0]), 0, 1, "noise"));
    return 1;
}

static const hone_layer_type noisy = {.type = {.name = "noisy",
                                               .class_name = "Noisy",
                                               .module = "test",
                                               .summary = "Noise.",
                                               HONE_TYPE_FIELDS(hone_noisy_args)},
                                      .call = call_noisy};

TEST(random_numbers_are_refused)
{
    assert_int_equal(hone_register_layer(&noisy), HONE_OK);
    check_c_source_refused(c_source_model("3", "noisy(name=hiss)"),
                           "the layer \"hiss\" draws random numbers (random_normal), which C source does not "
                           "support");
}

TEST(sizes_must_be_known)
{
    check_c_source_refused(
        c_source_model("None, 3", "dense(2)"),
        "the input \"x\" has the shape (None, None, 3): C source needs every size except the "
        "batch size");
    check_c_source_refused(hone_sequential(hone_dense(2)), "export");
}
