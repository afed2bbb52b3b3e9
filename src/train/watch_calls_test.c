/* The calls of a model's layers, as callbacks that look on see them. */
#include "base/text.h"
#include "testing/toy_training.h"
#include "train/fit.h"

static hone_status note(void *context, const hone_call_view *call)
{
    hone_text *text = context;
    hone_internal_text_format(text, "%s %s", call->path, call->class_name);
    for (int i = 0; i < call->input_count; i++)
        hone_internal_text_format(text, " < %s", call->inputs[i]);
    hone_internal_text_append(text, "\n");
    return HONE_OK;
}

static void check_calls(hone_model *model, const char *expected)
{
    hone_fit_run run = {.model = model};
    hone_text text = {0};
    assert_int_equal(hone_internal_watch_calls(&run, note, &text), HONE_OK);
    assert_string_equal(text.data, expected);
    hone_internal_text_free(&text);
    hone_model_free(model);
}

TEST(calls_name_what_they_read)
{
    check_calls(toy_model(0), "x InputLayer\ny Dense < x\n");
}

TEST(a_layer_called_again_has_a_number)
{
    hone_tensor *x = hone_input_tensor(2, .name = "x");
    hone_layer *twice = hone_dense(2, .name = "twice");
    hone_tensor *y = hone_apply(hone_layer_retain(twice), x), *z = hone_apply(twice, y);
    check_calls(hone_functional((x), (z)), "x InputLayer\ntwice Dense < x\ntwice_1 Dense < twice\n");
}

TEST(calls_within_an_inner_model_read_what_it_is_given)
{
    hone_tensor *a = hone_input_tensor(2, .name = "a");
    hone_model *inner = hone_functional((a), (hone_apply(hone_dense(3, .name = "b"), a)), .name = "inner");
    hone_tensor *x = hone_input_tensor(2, .name = "x");
    hone_tensor *y = hone_apply(hone_model_as_layer(inner), x),
                *z = hone_apply(hone_dense(1, .name = "z"), y);
    check_calls(hone_functional((x), (z)), "x InputLayer\ninner/a InputLayer < x\ninner/b Dense < inner/a\n"
                                           "z Dense < inner/b\n");
}
