/* Whole examinations of small models. */
#include "base/memory.h"
#include "doctor/doctor.h"
#include "testing/two_sides.h"

#include <hone/hone.h>
#include <string.h>

static void check(hone_layer *last, const char *optimizer, const char *loss, const char *id,
                  const char *outcome)
{
    hone_model *model = sides_model(last, optimizer, loss);
    hone_dataset *data = sides_data(SIDES_SAMPLES);
    hone_diagnosis *diagnosis = hone_diagnose(model, data, .epochs = 30, .time = 1000);
    if (diagnosis == NULL)
        fail_msg("%s", hone_error_message());
    const hone_finding *first = hone_diagnosis_at(diagnosis, 0);
    if (id == NULL && first != NULL)
        fail_msg("%s: %s", first->id, first->message);
    if (id != NULL)
        assert_string_equal(first == NULL ? "nothing" : first->id, id);
    if (outcome != NULL)
        assert_string_equal(hone_diagnosis_outcome(diagnosis), outcome);
    char *text = hone_diagnosis_text(diagnosis, true), *json = hone_diagnosis_json(diagnosis);
    assert_non_null(text);
    assert_non_null(strstr(json, "\"version\": 1"));
    hone_free(text);
    hone_free(json);
    hone_diagnosis_free(diagnosis);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(what_learns_is_healthy)
{
    check(hone_dense(1, .activation = "sigmoid"), "adam(learning_rate=0.01)", "binary_crossentropy", NULL,
          "learned");
}

TEST(a_softmax_over_one_unit_is_named)
{
    check(hone_dense(1, .activation = "softmax"), "adam", "binary_crossentropy", "softmax_one_unit", NULL);
}

TEST(a_missing_sigmoid_is_named)
{
    check(hone_dense(1), "adam", "binary_crossentropy", "softmax_missing", NULL);
}

TEST(labels_out_of_range_are_a_diagnosis)
{
    check(hone_dense(1, .activation = "sigmoid"), "adam", "sparse_categorical_crossentropy", "loss_task",
          "refused");
}

TEST(a_tiny_rate_is_named)
{
    check(hone_dense(1, .activation = "sigmoid"), "sgd(learning_rate=1e-9)", "binary_crossentropy",
          "rate_too_low", "stuck");
}

TEST(the_model_stays_as_it_is)
{
    hone_model *model = sides_model(hone_dense(1, .activation = "sigmoid"), "adam", "binary_crossentropy");
    hone_dataset *data = sides_data(SIDES_SAMPLES);
    float *weights = hone_variable_data(hone_model_weight(model, 0)), before[16];
    memcpy(before, weights, sizeof before);
    hone_diagnosis *diagnosis = hone_diagnose(model, data, .epochs = 3, .time = 1000);
    assert_non_null(diagnosis);
    assert_memory_equal(before, hone_variable_data(hone_model_weight(model, 0)), sizeof before);
    hone_diagnosis_free(diagnosis);
    hone_dataset_free(data);
    hone_model_free(model);
}

/* A rule of a program. */
static bool always(const hone_doctor_facts *facts, hone_finding *finding)
{
    hone_finding_say(finding, "%lld samples", (long long)facts->rows);
    return true;
}

TEST(programs_add_rules)
{
    static const hone_doctor_rule mine = {
        .id = "mine", .title = "my own", .phase = "static", .grade = 'F', .test = always};
    static const hone_doctor_rule *const list[] = {&mine, NULL};
    hone_model *model = sides_model(hone_dense(1, .activation = "sigmoid"), "adam", "binary_crossentropy");
    hone_dataset *data = sides_data(SIDES_SAMPLES);
    hone_diagnosis *diagnosis = hone_diagnose(model, data, .rules = (void *)list, .steps = 0);
    assert_string_equal(hone_diagnosis_at(diagnosis, 0)->message, "240 samples");
    hone_diagnosis_free(diagnosis);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(the_first_samples_of_a_stream_are_looked_at)
{
    sides_fill();
    hone_model *model = sides_model(hone_dense(1, .activation = "softmax"), "adam", "binary_crossentropy");
    hone_dataset *stream = hone_dataset_from_callback(sides_batch, NULL, NULL);
    hone_diagnosis *diagnosis = hone_diagnose(model, stream, .steps = 20, .time = 1000);
    assert_string_equal(hone_diagnosis_at(diagnosis, 0)->id, "softmax_one_unit");
    assert_int_equal(hone_diagnosis_facts(diagnosis)->streamed, 4000);
    char *text = hone_diagnosis_text(diagnosis, true);
    assert_non_null(strstr(text, "all but the first 4000 samples of the stream"));
    hone_free(text);
    hone_diagnosis_free(diagnosis);
    hone_dataset_free(stream);
    hone_model_free(model);
}

/* Of a model that a loop of the program trains: facts alone. */
TEST(without_a_loss_there_are_facts_alone)
{
    static const struct {
        const char *init, *id;
    } rows[] = {{"glorot_uniform", NULL}, {"zeros", "symmetric_init"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        hone_model *model = hone_sequential(
            hone_input(2), hone_dense(8, .activation = "relu", .kernel_initializer = rows[i].init),
            hone_dense(1, .activation = "sigmoid"));
        hone_dataset *data = sides_data(SIDES_SAMPLES);
        hone_diagnosis *diagnosis = hone_diagnose(model, data, .time = 1000);
        if (diagnosis == NULL)
            fail_msg("%s", hone_error_message());
        const hone_finding *first = hone_diagnosis_at(diagnosis, 0);
        assert_string_equal(first == NULL ? "nothing" : first->id,
                            rows[i].id == NULL ? "nothing" : rows[i].id);
        assert_string_equal(hone_diagnosis_outcome(diagnosis), "unknown");
        char *text = hone_diagnosis_text(diagnosis, true);
        assert_non_null(strstr(text, "the model has no loss"));
        hone_free(text);
        hone_diagnosis_free(diagnosis);
        hone_dataset_free(data);
        hone_model_free(model);
    }
}

TEST(a_model_that_the_data_cannot_build_is_refused)
{
    hone_model *model = hone_sequential(hone_repeat_vector(3), hone_repeat_vector(3), hone_dense(1));
    assert_int_equal(hone_compile(model, .loss = "mse"), HONE_OK);
    hone_dataset *data = sides_data(SIDES_SAMPLES);
    hone_diagnosis *diagnosis = hone_diagnose(model, data);
    if (diagnosis == NULL)
        fail_msg("%s", hone_error_message());
    assert_string_equal(hone_diagnosis_outcome(diagnosis), "refused");
    assert_non_null(strstr(hone_diagnosis_facts(diagnosis)->refusal, "needs an input of shape"));
    hone_diagnosis_free(diagnosis);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(arguments_are_checked)
{
    hone_model *model = sides_model(hone_dense(1), "sgd", "mse");
    hone_dataset *data = sides_data(SIDES_SAMPLES);
    assert_null(hone_diagnose(model, data, .time = -1));
    assert_null(hone_diagnose((hone_model *)NULL, data));
    hone_dataset_free(data);
    hone_model_free(model);
}
