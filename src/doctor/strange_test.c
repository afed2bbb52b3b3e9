/* What an examination must survive: streams that end, few samples, little time, layers of a program, layers
 * inside others. */
#include "base/memory.h"
#include "doctor/doctor.h"
#include "testing/two_sides.h"

#include <hone/extend.h>
#include <hone/hone.h>
#include <string.h>

static hone_model *make_model(void)
{
    return sides_model(hone_dense(1, .activation = "sigmoid"), "adam(learning_rate=0.01)",
                       "binary_crossentropy");
}

/* ---- little to go by ---- */

typedef struct little {
    const char *name;
    int64_t samples, epochs, steps;
    double time;
    const char *outcome, *text;
} little;
static const little amounts[] = {
    {"two samples", 2, 3, 1000, 1000, "unknown", "there are too few samples to tell"},
    {"one step", SIDES_SAMPLES, 9, 1, 1000, "unknown",
     "the training after step 1 of 72: budget; time_exploding, "},
    {"no step", SIDES_SAMPLES, 9, 0, 1000, "unknown", "training: no steps are allowed"},
    {"no time", SIDES_SAMPLES, 900, 100000, 1e-6, "unknown", "of 7200: budget"},
    {"a part", SIDES_SAMPLES, 900, 250, 1000, "learned",
     "batch_norm_lag, overfit, too_few_steps, early_stop_too_soon: budget"},
};

TEST_EACH(what_is_left_out_is_said, amounts)
{
    hone_model *model = make_model();
    hone_dataset *data = sides_data(row->samples);
    hone_diagnosis *diagnosis =
        hone_diagnose(model, data, .epochs = row->epochs, .steps = row->steps, .time = row->time);
    assert_non_null(diagnosis);
    assert_int_equal(hone_diagnosis_count(diagnosis), 0);
    assert_string_equal(hone_diagnosis_outcome(diagnosis), row->outcome);
    char *text = hone_diagnosis_text(diagnosis, true), *line = text;
    while ((line = strstr(line, "\n            ")) != NULL) /* lines are joined again */
        memmove(line, line + 12, strlen(line + 12) + 1), *line = ' ';
    if (strstr(text, row->text) == NULL)
        fail_msg("%s", text);
    hone_free(text);
    hone_diagnosis_free(diagnosis);
    hone_dataset_free(data);
    hone_model_free(model);
}

/* ---- streams ---- */

TEST(streams_end)
{
    static int64_t ends[] = {0, 1, 12};
    sides_fill();
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        hone_model *model = make_model();
        hone_dataset *stream = hone_dataset_from_callback(sides_batch, &ends[i], NULL);
        hone_diagnosis *diagnosis = hone_diagnose(model, stream, .epochs = 20, .time = 1000);
        if (ends[i] == 0) {
            assert_null(diagnosis);
            assert_non_null(strstr(hone_error_message(), "the callback returned no batch"));
        } else {
            assert_int_equal(hone_diagnosis_facts(diagnosis)->streamed, SIDES_BATCH * ends[i]);
            assert_false(hone_diagnosis_facts(diagnosis)->shuffled);
        }
        hone_diagnosis_free(diagnosis);
        hone_dataset_free(stream);
        hone_model_free(model);
    }
}

/* ---- layers of a program ---- */

/* y = x^2 - 1, without weights; or x where `stops`, through which nothing flows back. */
#define OWN_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, BOOLEAN, stops, false, "nothing flows back")
HONE_ARGS_STRUCT(hone_own_args, OWN_FIELDS);
HONE_FIELD_TABLE(hone_own_args, OWN_FIELDS);

static int call_own(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                    hone_value *outputs)
{
    const hone_own_args *args = hone_layer_args(layer);
    (void)count;
    outputs[0] = args->stops ? hone_op_stop_gradient(graph, inputs[0])
                             : hone_op_affine(graph, hone_op_multiply(graph, inputs[0], inputs[0]), 1, -1);
    return 1;
}

static const hone_layer_type own = {
    .type = {.name = "own",
             .class_name = "Own",
             .module = "test",
             .summary = "One's own.",
             HONE_TYPE_FIELDS(hone_own_args)},
    .call = call_own,
};

TEST(layers_of_a_program_are_looked_at_like_others)
{
    assert_int_equal(hone_register_layer(&own), HONE_OK);
    for (int stops = 0; stops < 2; stops++) {
        hone_model *model = hone_sequential(hone_input(2), hone_dense(8),
                                            hone_layer_from_text(stops ? "own(stops=true)" : "own"),
                                            hone_dense(1, .activation = "sigmoid"));
        hone_compile(model, .optimizer = hone_adam(.learning_rate = 0.01), .loss = "binary_crossentropy");
        hone_dataset *data = sides_data(SIDES_SAMPLES);
        hone_diagnosis *diagnosis = hone_diagnose(model, data, .epochs = 30, .time = 1000);
        const hone_finding *first = hone_diagnosis_at(diagnosis, 0);
        assert_string_equal(first == NULL ? "nothing" : first->id, stops ? "no_gradient_path" : "nothing");
        if (stops && strstr(first->message, "stop_gradient") == NULL)
            fail_msg("%s", first->message);
        hone_diagnosis_free(diagnosis);
        hone_dataset_free(data);
        hone_model_free(model);
    }
}

/* ---- layers inside others ---- */

/* Two attentions, whose layers have the same names, and a model that is a layer. Data [n, 4, 2]. */
TEST(layers_inside_others_are_named_by_their_paths)
{
    static const struct {
        const char *name, *class_name;
    } rows[] = {{"multi_head_attention/value", "EinsumDense"},
                {"multi_head_attention_1/value", "EinsumDense"},
                {"multi_head_attention_1/attention_output", "EinsumDense"},
                {"head/dense", "Dense"},
                {"bidirectional/forward_gru", "GRU"}};
    hone_tensor *in = hone_input_tensor(4, 2), *of_head = hone_input_tensor(6);
    hone_model *head = hone_functional((of_head), (hone_apply(hone_dense(3), of_head)), .name = "head");
    hone_tensor *a = hone_apply(hone_multi_head_attention(2, 4), in, in),
                *b = hone_apply(hone_multi_head_attention(2, 4), a, a),
                *c = hone_apply(hone_bidirectional(hone_gru(3)), b),
                *d = hone_apply(hone_model_as_layer(head), c);
    hone_model *model = hone_functional((in), (hone_apply(hone_dense(1), d)));
    assert_int_equal(hone_compile(model, .optimizer = hone_adam(), .loss = "mse"), HONE_OK);
    sides_fill();
    hone_dataset *data = hone_dataset_from_arrays(
            .x = {hone_array_view(sides_x, HONE_FLOAT32, 3, (int64_t[]){SIDES_SAMPLES / 4, 4, 2})},
            .y = {hone_array_view(sides_y, HONE_FLOAT32, 1, (int64_t[]){SIDES_SAMPLES / 4})});
    hone_diagnosis *diagnosis = hone_diagnose(model, data, .steps = 2);
    if (diagnosis == NULL)
        fail_msg("%s", hone_error_message());
    const hone_doctor_facts *facts = hone_diagnosis_facts(diagnosis);
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        const hone_doctor_layer *found = NULL;
        for (int i = 0; i < facts->layer_count; i++)
            found = strcmp(facts->layers[i].name, rows[r].name) == 0 ? &facts->layers[i] : found;
        if (found == NULL)
            fail_msg("%s is missing", rows[r].name);
        assert_string_equal(found->class_name, rows[r].class_name);
        assert_true(found->weights && found->start.weight_norm > 0);
    }
    hone_diagnosis_free(diagnosis);
    hone_dataset_free(data);
    hone_model_free(model);
}

/* A recipe says the arguments of an attention, once for all of its layers. */
TEST(cures_are_those_of_the_outer_layer)
{
    hone_finding finding = {.id = "mine"};
    hone_finding_edit(&finding, HONE_EDIT_LAYER, "attention/query", "trainable", "true");
    hone_finding_edit(&finding, HONE_EDIT_LAYER, "attention/value", "trainable", "true");
    assert_int_equal(finding.cures[0].count, 1);
    assert_string_equal(finding.cures[0].edits[0].target, "attention");
}
