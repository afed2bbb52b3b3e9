/* Running a C source here, and its int8 weights. */
#include "csource/program.h"
#include "testing/c_sources.h"

#include <math.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

static hone_c_program make(hone_model *model, bool bytes)
{
    hone_c_program program = {.model = NULL};
    if (hone_internal_c_program_make(&program, model, bytes) < 0)
        fail_msg("%s", hone_error_message());
    return program;
}

/* The constant with this label. */
static const hone_c_slot *constant(const hone_c_program *program, const char *label)
{
    for (int s = 0; s < program->slot_count; s++)
        if (program->slots[s].place == HONE_C_CONSTANT && program->slots[s].readers > 0 &&
            strcmp(program->slots[s].label, label) == 0)
            return &program->slots[s];
    fail_msg("there is no constant %s", label);
    return NULL;
}

static void set_weights(hone_model *model, int index, const float *numbers)
{
    hone_variable *weight = hone_model_weight(model, index);
    for (int64_t i = 0; i < hone_internal_variable_count(weight); i++)
        hone_internal_variable_data(weight)[i] = numbers[i];
}

/* W [2, 3]: a row of bytes for each of the 3 outputs, the largest number at 127; zeros have the scale 0. */
TEST(bytes_have_a_scale_for_each_output)
{
    static const float w[] = {1, -254, 0, 0.5f, 127, 0};
    static const int8_t expected[] = {127, 64, -127, 64, 0, 0}; /* 63.5 to the even neighbour */
    hone_model *model = c_source_model("2", "dense(3)");
    set_weights(model, 0, w);
    hone_c_program program = make(model, true);
    const hone_c_slot *kernel = constant(&program, "dense/kernel");
    assert_int_equal(kernel->rows, 3);
    assert_memory_equal(kernel->bytes, expected, sizeof expected);
    assert_true(kernel->scales[0] == 1.0f / 127 && kernel->scales[1] == 2 && kernel->scales[2] == 0);
    assert_true(kernel->rounded[0] == 127 * kernel->scales[0] && kernel->rounded[3] == 128);
    assert_int_equal(constant(&program, "dense/bias")->rows, 0); /* stays as it is */
    hone_internal_c_program_free(&program);
    hone_model_free(model);
}

TEST(numbers_that_are_not_finite_have_no_bytes)
{
    static const float wrong[] = {NAN, INFINITY, -INFINITY};
    for (int i = 0; i < 3; i++) {
        hone_model *model = c_source_model("1", "dense(1)");
        hone_c_program program;
        set_weights(model, 0, &wrong[i]);
        assert_failed(hone_internal_c_program_make(&program, model, true), HONE_ERROR_UNSUPPORTED,
                      "int8 weights: \"dense/kernel\" contains a number that is not finite");
        hone_internal_c_program_free(&program);
        hone_model_free(model);
    }
}

/* Rows of bytes by the layer; 0: floats. */
static const struct {
    const char *name, *sample, *layers, *label;
    int64_t rows;
} kinds[] = {
    {"a product", "3", "dense(2)", "dense/kernel", 2},
    {"a convolution", "3, 1", "conv1d(4, 2)", "conv1d/kernel", 4},
    {"an embedding", "3", "embedding(9, 4)", "embedding/embeddings", 9},
    {"a recurrent kernel stays", "3, 1", "simple_rnn(2)", "simple_rnn/simple_rnn_cell/recurrent_kernel", 0},
    {"a factor stays", "3, 2", "layer_normalization", "layer_normalization/gamma", 0},
};

TEST_EACH(only_matrices_are_bytes, kinds)
{
    hone_model *model = c_source_model(row->sample, row->layers);
    hone_c_program program = make(model, true);
    assert_int_equal(constant(&program, row->label)->rows, row->rows);
    hone_internal_c_program_free(&program);
    hone_model_free(model);
}

/* Exactly with the floats, with what the bytes stand for otherwise: y = [3 w0 + 2 w1]. */
TEST(runs_with_floats_or_with_rounded_weights)
{
    static const float w[] = {127, 0.75f};
    hone_model *model = c_source_model("2", "dense(1); dense(1, use_bias=false)");
    set_weights(model, 0, w);
    set_weights(model, 2, (const float[]){127});
    hone_c_program program = make(model, true);
    float *x = hone_internal_plan_address(program.pass.plan, program.pass.inputs[0]);
    hone_c_run run;
    assert_int_equal(hone_internal_c_run_begin(&run, &program), HONE_OK);
    x[0] = 3;
    x[1] = 2;
    hone_internal_c_run(&run, &program, false);
    assert_true(run.outputs[0][0] == (3 * 127 + 2 * 0.75f) * 127);
    hone_internal_c_run(&run, &program, true);
    assert_true(run.outputs[0][0] == (3 * 127 + 2 * 1) * 127);
    hone_internal_c_run_end(&run);
    hone_internal_c_program_free(&program);
    hone_model_free(model);
}

/* h = x + h before: what a run leaves, the next one finds. */
TEST(states_are_kept_from_run_to_run)
{
    hone_model *model = c_source_model("1, 1", "simple_rnn(1, activation=linear, stateful=true)");
    set_weights(model, 0, (const float[]){1});
    set_weights(model, 1, (const float[]){1});
    hone_c_program program = make(model, false);
    hone_c_run run;
    assert_int_equal(hone_internal_c_run_begin(&run, &program), HONE_OK);
    for (int i = 1; i <= 3; i++) {
        ((float *)hone_internal_plan_address(program.pass.plan, program.pass.inputs[0]))[0] = 1;
        hone_internal_c_run(&run, &program, false);
        assert_true(run.outputs[0][0] == (float)i);
    }
    hone_internal_c_run_end(&run);
    hone_internal_c_program_free(&program);
    hone_model_free(model);
}
