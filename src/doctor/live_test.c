/* The doctor as a callback. */
#include "base/memory.h"
#include "testing/test.h"

#include <hone/doctor.h>
#include <hone/hone.h>
#include <string.h>

enum { SAMPLES = 128 };

static void keep(void *context, const char *text, size_t length)
{
    char *into = context;
    strncat(into, text, length < 1000 ? length : 400);
}

/* Points in a square; of each whether the first number is the larger. */
static void make_points(int count, float x[][2], float *y)
{
    for (int i = 0; i < count; i++) {
        x[i][0] = (float)(i * 37 % 101) / 50 - 1;
        x[i][1] = (float)(i * 53 % 97) / 48 - 1;
        y[i] = x[i][0] > x[i][1];
    }
}

static hone_dataset *make_data(void)
{
    static float x[SAMPLES][2], y[SAMPLES];
    make_points(SAMPLES, x, y);
    return hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){SAMPLES, 2})},
                                    .y = {hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){SAMPLES})});
}

/* Trains the model, which leaves its first weights. */
static void fit(hone_model *model, hone_dataset *data, hone_callback_list *callbacks, float weights[16])
{
    if (hone_fit(model, data, .epochs = 4, .verbose = 0, .callbacks = callbacks) == NULL)
        fail_msg("%s", hone_error_message());
    memcpy(weights, hone_variable_data(hone_model_weight(model, 0)), 16 * sizeof(float));
    hone_model_free(model);
    hone_dataset_free(data);
}

/* A fit with a linear output under a cross-entropy; its last weights, and what was said. */
static void run(bool watched, float weights[16], char *said)
{
    hone_dataset *data = make_data();
    hone_model *model = hone_sequential(hone_input(2), hone_dense(8), hone_batch_normalization(),
                                        hone_dropout(0.2), hone_dense(1));
    hone_compile(model, .optimizer = hone_adam(), .loss = "binary_crossentropy");
    hone_callback_list *callbacks = watched
                                        ? hone_callbacks(hone_doctor(.output = keep, .output_context = said))
                                        : hone_callbacks(hone_terminate_on_nan());
    fit(model, data, callbacks, weights);
}

TEST(it_says_once_what_is_wrong_and_changes_no_bit)
{
    float weights[2][16];
    char said[2000] = "";
    run(false, weights[0], said);
    assert_string_equal(said, "");
    run(true, weights[1], said);
    assert_memory_equal(weights[0], weights[1], sizeof weights[0]);
    const char *first = strstr(said, "softmax_missing");
    assert_non_null(first);
    assert_null(strstr(first + 1, "softmax_missing"));
}

/* ---- streams ---- */

/* Batches of eight points; the class is a coin toss of the place. `count` batches in an epoch. */
typedef struct stream {
    int64_t count, asked;
    bool differs; /* batches behind the second have other shapes */
} stream;

static int next_batch(void *context, int64_t epoch, int64_t step, hone_batch *batch)
{
    static float x[8][3], y[8];
    stream *all = context;
    (void)epoch;
    all->asked++;
    if (step >= all->count)
        return 0;
    for (int i = 0; i < 8; i++) {
        x[i][0] = (float)((8 * step + i) * 37 % 101) / 50 - 1;
        x[i][1] = (float)((8 * step + i) * 53 % 97) / 48 - 1;
        y[i] = x[i][0] > x[i][1];
    }
    const int64_t width = all->differs && step > 1 ? 1 : 2;
    batch->x[0] = hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){8, 2});
    batch->y[0] = hone_array_view(y, HONE_FLOAT32, width == 1 ? 2 : 1, (int64_t[]){8, 1});
    return 1;
}

/* What a fit on a stream leaves: weights, numbers of batches that were asked for. */
static void run_stream(hone_callback *doctor, const char *last, stream *source, float weights[16])
{
    hone_dataset *data = hone_dataset_from_callback(next_batch, source, NULL);
    hone_model *model = hone_sequential(hone_input(2), hone_dense(8, .activation = "relu"),
                                        hone_batch_normalization(), hone_dense(1, .activation = last));
    assert_int_equal(hone_compile(model, .optimizer = hone_adam(), .loss = "binary_crossentropy"), HONE_OK);
    hone_callback_list *callbacks = doctor == NULL ? hone_callbacks(hone_terminate_on_nan())
                                                   : hone_callbacks(hone_callback_retain(doctor));
    fit(model, data, callbacks, weights);
}

TEST(of_streams_what_goes_by_is_looked_at)
{
    float weights[2][16];
    char said[2000] = "";
    stream plain = {.count = 20}, watched = {.count = 20};
    hone_callback *doctor = hone_doctor(.share = 1, .output = keep, .output_context = said);
    run_stream(NULL, "linear", &plain, weights[0]);
    run_stream(doctor, "linear", &watched, weights[1]);
    assert_memory_equal(weights[0], weights[1], sizeof weights[0]);
    assert_int_equal(plain.asked, watched.asked); /* nothing was read beside the training */
    assert_non_null(strstr(said, "doctor: epoch 1: dense_1: the outputs are not probabilities"));
    assert_null(strstr(strstr(said, "softmax_missing") + 1, "softmax_missing"));
    const hone_doctor_facts *facts = hone_diagnosis_facts(hone_doctor_diagnosis(doctor));
    assert_int_equal(facts->streamed, 160);
    assert_int_equal(facts->batch, 8);
    assert_int_equal(facts->steps_planned, 80);
    assert_true(facts->first_loss > 0);
    hone_callback_free(doctor);
}

TEST(streams_that_are_fine_are_left_in_peace)
{
    float weights[16];
    char said[2000] = "";
    stream source = {.count = 20};
    hone_callback *doctor = hone_doctor(.share = 1, .output = keep, .output_context = said);
    run_stream(doctor, "sigmoid", &source, weights);
    assert_string_equal(said, "");
    assert_non_null(hone_doctor_diagnosis(doctor));
    hone_callback_free(doctor);
}

/* What cannot be joined ends the gathering, not the training. */
TEST(of_streams_of_several_shapes_the_first_batches_count)
{
    float weights[16];
    char said[2000] = "";
    stream source = {.count = 20, .differs = true};
    hone_callback *doctor = hone_doctor(.share = 1, .output = keep, .output_context = said);
    run_stream(doctor, "sigmoid", &source, weights);
    assert_string_equal(said, "");
    assert_int_equal(hone_diagnosis_facts(hone_doctor_diagnosis(doctor))->streamed, 16);
    hone_callback_free(doctor);
}

/* ---- loops of programs ---- */

/* Points and classes of a batch. */
static hone_batch batch_of(float x[8][2], float y[8])
{
    hone_batch batch = {.x = {{0}}};
    make_points(8, x, y);
    batch.x[0] = hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){8, 2});
    batch.y[0] = hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){8});
    return batch;
}

/* What is wrong with a loop, what is said of it. */
typedef struct loop {
    const char *name, *last, *optimizer, *id;
    float targets; /* all of them, as half of a GAN's batches have it; below 0: classes */
    bool trainable;
} loop;
static const loop loops[] = {
    {"healthy", "sigmoid", "adam", NULL, -1, true},
    {"one label", "sigmoid", "adam", NULL, 1, true},
    {"frozen half", "sigmoid", "adam", NULL, 1, false},
    {"stands still", "sigmoid", "sgd(learning_rate=1e-9)", NULL, -1, true},
    {"logits", "linear", "adam", "softmax_missing", -1, true},
    {"explodes", "linear", "sgd(learning_rate=1e30)", "not_finite", -1, true},
};

TEST_EACH(loops_of_programs_hear_facts_alone, loops)
{
    float x[8][2], y[8];
    char said[2000] = "";
    hone_batch batch = batch_of(x, y);
    for (int i = 0; i < 8 && row->targets >= 0; i++)
        y[i] = row->targets;
    hone_model *model = hone_sequential(hone_input(2), hone_dense(8, .activation = "relu"),
                                        hone_dense(1, .activation = row->last));
    hone_layer_set_trainable(hone_model_layer(model, "dense_1"), row->trainable);
    assert_int_equal(hone_compile(model, .optimizer = hone_optimizer_from_text(row->optimizer),
                                  .loss = strcmp(row->id == NULL ? "" : row->id, "not_finite") == 0
                                              ? "mean_squared_error"
                                              : "binary_crossentropy"),
                     HONE_OK);
    hone_callback *doctor = hone_doctor(.output = keep, .output_context = said);
    for (int step = 0; step < 12; step++) {
        if (step % 4 == 0 && hone_doctor_look(doctor, model, &batch) < 0)
            fail_msg("%s", hone_error_message());
        assert_int_equal(hone_train_on_batch(model, &batch, NULL), HONE_OK);
    }
    if (row->id == NULL)
        assert_string_equal(said, "");
    else if (strstr(said, row->id) == NULL || strstr(strstr(said, row->id) + 1, row->id) != NULL)
        fail_msg("%s", said);
    assert_string_equal(hone_diagnosis_outcome(hone_doctor_diagnosis(doctor)), "unknown");
    hone_callback_free(doctor);
    hone_model_free(model);
}

TEST(looking_at_a_loop_changes_no_bit)
{
    float x[8][2], y[8], weights[2][16];
    hone_batch batch = batch_of(x, y);
    for (int watched = 0; watched < 2; watched++) {
        hone_callback *doctor = hone_doctor();
        hone_model *model = hone_sequential(hone_input(2), hone_dense(8), hone_batch_normalization(),
                                            hone_dropout(0.2), hone_dense(1, .activation = "sigmoid"));
        assert_int_equal(hone_compile(model, .optimizer = hone_adam(), .loss = "binary_crossentropy"),
                         HONE_OK);
        for (int step = 0; step < 10; step++) {
            if (watched)
                assert_int_equal(hone_doctor_look(doctor, model, &batch), HONE_OK);
            assert_int_equal(hone_train_on_batch(model, &batch, NULL), HONE_OK);
        }
        memcpy(weights[watched], hone_variable_data(hone_model_weight(model, 0)), sizeof weights[0]);
        hone_callback_free(doctor);
        hone_model_free(model);
    }
    assert_memory_equal(weights[0], weights[1], sizeof weights[0]);
}

TEST(what_no_loop_can_show_is_refused)
{
    float x[8][2], y[8];
    hone_batch batch = batch_of(x, y), empty = {.x = {{0}}};
    hone_model *model = hone_sequential(hone_input(2), hone_dense(1));
    hone_callback *doctor = hone_doctor(), *other = hone_terminate_on_nan();
    assert_int_equal(hone_doctor_look(NULL, model, &batch), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_doctor_look(doctor, NULL, &batch), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_doctor_look(doctor, model, NULL), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_doctor_look(other, model, &batch), HONE_ERROR_ARGUMENT);
    assert_non_null(strstr(hone_error_message(), "not the callback terminate_on_nan"));
    assert_true(hone_doctor_look(doctor, model, &empty) < 0);
    assert_int_equal(hone_doctor_look(doctor, model, &batch),
                     HONE_OK); /* without a loss: the network alone */
    hone_callback_free(doctor);
    hone_callback_free(other);
    hone_model_free(model);
}

/* Texts of a loop and of a stream become ids before they are looked at. */
static int next_texts(void *context, int64_t epoch, int64_t step, hone_batch *batch)
{
    static const char *const words[8] = {"a", "b", "a", "c", "b", "a", "b", "c"};
    static const float y[8] = {1, 0, 1, 0, 0, 1, 0, 0};
    (void)context, (void)epoch;
    batch->x[0] = hone_array_view(words, HONE_TEXT, 1, (int64_t[]){8});
    batch->y[0] = hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){8});
    return step < 5;
}

TEST(texts_are_looked_at_as_ids)
{
    for (int fitted = 0; fitted < 2; fitted++) {
        char said[2000] = "";
        hone_callback *doctor = hone_doctor(.output = keep, .output_context = said);
        hone_model *model =
            hone_sequential(hone_input(1, .dtype = "string"), hone_string_lookup(.vocabulary = {"a", "b"}),
                            hone_embedding(3, 2), hone_flatten(), hone_dense(1));
        assert_int_equal(hone_compile(model, .optimizer = hone_adam(), .loss = "binary_crossentropy"),
                         HONE_OK);
        hone_batch batch = {.x = {{0}}};
        hone_dataset *data = hone_dataset_from_callback(next_texts, NULL, NULL);
        next_texts(NULL, 0, 0, &batch);
        if (!fitted && hone_doctor_look(doctor, model, &batch) < 0)
            fail_msg("%s", hone_error_message());
        if (fitted)
            assert_non_null(hone_fit(model, data, .epochs = 2, .verbose = 0,
                                     .callbacks = hone_callbacks(hone_callback_retain(doctor))));
        assert_non_null(strstr(said, "softmax_missing"));
        assert_true(hone_diagnosis_facts(hone_doctor_diagnosis(doctor))->x_high == 2);
        hone_callback_free(doctor);
        hone_dataset_free(data);
        hone_model_free(model);
    }
}

/* ---- what it costs ---- */

/* Allocations of a fit of some steps an epoch; without a share of the time there are looks at its ends alone.
 */
static int64_t allocations_of(int64_t steps, bool watched)
{
    hone_dataset *data = make_data();
    hone_model *model = hone_sequential(hone_input(2), hone_dense(8), hone_dense(1, .activation = "sigmoid"));
    assert_int_equal(hone_compile(model, .optimizer = hone_adam(), .loss = "binary_crossentropy"), HONE_OK);
    hone_callback_list *callbacks =
        watched ? hone_callbacks(hone_doctor(.share = 0)) : hone_callbacks(hone_terminate_on_nan());
    hone_internal_fail_allocations_after(-1);
    assert_non_null(hone_fit(model, data, .epochs = 3, .batch_size = 2, .steps_per_epoch = steps,
                             .verbose = 0, .callbacks = callbacks));
    const int64_t asked = hone_internal_fail_allocations_after(-1);
    hone_model_free(model);
    hone_dataset_free(data);
    return asked;
}

TEST(no_step_allocates_more)
{
    const int64_t plain[2] = {allocations_of(20, false), allocations_of(40, false)},
                  watched[2] = {allocations_of(20, true), allocations_of(40, true)};
    assert_int_equal(plain[1] - plain[0], watched[1] - watched[0]);
    assert_true(watched[0] > plain[0]);
}

/* What a doctor holds goes with it: the second time nothing is left. */
TEST(nothing_is_left_behind)
{
    float x[8][2], y[8], weights[16];
    hone_batch batch = batch_of(x, y);
    int64_t blocks[3];
    for (int time = 0; time < 3; time++) {
        stream source = {.count = 3};
        hone_callback *fitted = hone_doctor(), *looking = hone_doctor();
        hone_model *model = hone_sequential(hone_input(2), hone_dense(1, .activation = "sigmoid"));
        assert_int_equal(hone_compile(model, .optimizer = hone_adam(), .loss = "binary_crossentropy"),
                         HONE_OK);
        run_stream(fitted, "sigmoid", &source, weights);
        for (int look = 0; look < 3; look++)
            assert_int_equal(hone_doctor_look(looking, model, &batch), HONE_OK);
        hone_callback_free(fitted);
        hone_callback_free(looking);
        hone_model_free(model);
        blocks[time] = hone_internal_blocks_in_use();
    }
    assert_int_equal(blocks[1], blocks[2]);
}
