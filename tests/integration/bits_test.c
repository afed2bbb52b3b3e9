/* The promise of docs/determinism.md: the same bits whatever the threads, alone or beside another model, and
 * what holds for batches of other sizes. */
#include "base/sha256.h"
#include "model/model.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- data and networks ---- */

enum { MOST_INPUTS = 3 };

/* Arrays that a data set lends from. */
typedef struct numbers {
    hone_array *x[MOST_INPUTS], *y;
    hone_dataset *data;
} numbers;

static hone_array *random_array(int64_t rows, int64_t width, uint32_t bound, uint32_t seed)
{
    hone_array *array = hone_array_create(HONE_FLOAT32, 2, (int64_t[]){rows, width});
    assert_non_null(array);
    float *values = array->data;
    for (int64_t i = 0; i < rows * width; i++) {
        seed = seed * 1664525u + 1013904223u;
        values[i] = bound > 0 ? (float)((seed >> 8) % bound) : (float)(seed >> 8) / (float)(1 << 23) - 1;
    }
    return array;
}

static numbers make_numbers(int64_t rows, int64_t width, uint32_t classes)
{
    numbers made = {.x = {random_array(rows, width, 0, 1)}, .y = random_array(rows, 1, classes, 2)};
    made.data = hone_dataset_from_arrays(.x = {*made.x[0]}, .y = {*made.y});
    assert_non_null(made.data);
    return made;
}

static void free_numbers(numbers *made)
{
    hone_dataset_free(made->data);
    for (int i = 0; i < MOST_INPUTS; i++)
        hone_array_free(made->x[i]);
    hone_array_free(made->y);
}

static hone_model *compiled(hone_model *model, hone_optimizer *optimizer)
{
    assert_int_equal(hone_compile(model, .optimizer = optimizer, .loss = "sparse_categorical_crossentropy",
                                  .metrics = {"accuracy"}),
                     HONE_OK);
    return model;
}

/* The chapter's example; any widths. */
static hone_model *chapter(int64_t inputs, int64_t first, int64_t second)
{
    return compiled(
        hone_sequential(hone_input(inputs),
                        hone_dense(first, .activation = "relu", .kernel_initializer = "he_normal"),
                        hone_batch_normalization(),
                        hone_dense(second, .activation = "relu", .kernel_initializer = "he_normal"),
                        hone_dropout(0.5), hone_dense(10, .activation = "softmax")),
        hone_adam());
}

static hone_model *small_net(void)
{
    return compiled(hone_sequential(hone_input(64), hone_dense(32, .activation = "relu"),
                                    hone_dense(16, .activation = "relu"),
                                    hone_dense(10, .activation = "softmax")),
                    hone_sgd(.learning_rate = 0.01));
}

static hone_model *deep_net(void)
{
    hone_model *model = hone_sequential(hone_input(3072));
    for (int i = 0; i < 20; i++) {
        hone_model_add(model, hone_dense(100, .kernel_initializer = "he_normal", .use_bias = false));
        hone_model_add(model, hone_batch_normalization());
        hone_model_add(model, hone_activation("swish"));
    }
    hone_model_add(model, hone_dense(10, .activation = "softmax"));
    return compiled(model, hone_nadam());
}

static hone_model *wide_and_deep(void)
{
    hone_tensor *wide = hone_input_tensor(500, .name = "wide"), *deep = hone_input_tensor(8, .name = "deep");
    hone_tensor *id = hone_input_tensor(1, .name = "id", .dtype = "int32");
    hone_tensor *row = hone_apply(hone_flatten(), hone_apply(hone_embedding(100000, 16), id));
    hone_tensor *hidden = hone_apply(hone_concatenate(), deep, row);
    hidden = hone_apply(hone_dense(64, .activation = "relu"), hidden);
    hidden = hone_apply(hone_dense(32, .activation = "relu"), hidden);
    hone_tensor *both = hone_apply(hone_concatenate(), wide, hidden);
    hone_model *model =
        hone_functional((wide, deep, id), (hone_apply(hone_dense(1, .activation = "sigmoid"), both)));
    assert_int_equal(
        hone_compile(model, .optimizer = hone_adam(), .loss = "binary_crossentropy", .metrics = {"accuracy"}),
        HONE_OK);
    return model;
}

static numbers wide_and_deep_numbers(int64_t rows)
{
    numbers made = {
        .x = {random_array(rows, 500, 0, 1), random_array(rows, 8, 0, 2), random_array(rows, 1, 100000, 3)},
        .y = random_array(rows, 1, 2, 4)};
    made.data = hone_dataset_from_arrays(.x = {*made.x[0], *made.x[1], *made.x[2]}, .y = {*made.y});
    assert_non_null(made.data);
    return made;
}

/* ---- the weights' SHA-256 after training ---- */

typedef struct digest {
    char text[HONE_SHA256_TEXT];
} digest;

static digest digest_of(const hone_model *model)
{
    digest made;
    hone_sha256 hash;
    hone_internal_sha256_begin(&hash);
    for (int i = 0; i < hone_model_weight_count(model); i++) {
        hone_variable *weight = hone_model_weight(model, i);
        hone_internal_sha256_take(&hash, hone_variable_data(weight),
                                  (size_t)hone_internal_variable_count(weight) * sizeof(float));
    }
    hone_internal_sha256_finish(&hash, made.text);
    return made;
}

static digest train(hone_model *model, hone_dataset *data, int64_t batch, int64_t epochs)
{
    assert_non_null(hone_fit(model, data, .epochs = epochs, .batch_size = batch));
    digest made = digest_of(model);
    hone_model_free(model);
    return made;
}

static const int thread_counts[] = {1, 2, 3, 5, 8};
enum { THREAD_COUNTS = sizeof thread_counts / sizeof thread_counts[0] };

/* Calls `make` for a fresh model for each number of threads. */
#define ASSERT_SAME_BITS(make, data, batch, epochs) \
    do { \
        digest first = {{0}}; \
        for (int t = 0; t < THREAD_COUNTS; t++) { \
            hone_set_threads(thread_counts[t]); \
            digest received = train(make, data, batch, epochs); \
            if (t == 0) \
                first = received; \
            assert_string_equal(received.text, first.text); \
        } \
        hone_set_threads(0); \
    } while (0)

TEST(bits_of_the_chapters_network_stay)
{
    numbers made = make_numbers(400, 784, 10);
    ASSERT_SAME_BITS(chapter(784, 300, 100), made.data, 32, 2);
    free_numbers(&made);
}

static hone_model *chapter_in_bfloat16(void)
{
    assert_int_equal(hone_set_dtype_policy("mixed_bfloat16"), HONE_OK);
    hone_model *model = chapter(784, 300, 101);
    assert_int_equal(hone_set_dtype_policy("float32"), HONE_OK);
    return model;
}

TEST(bits_of_bfloat16_stay)
{
    numbers made = make_numbers(400, 784, 10);
    ASSERT_SAME_BITS(chapter_in_bfloat16(), made.data, 33, 2);
    free_numbers(&made);
}

TEST(bits_of_a_small_network_stay)
{
    numbers made = make_numbers(400, 64, 10);
    ASSERT_SAME_BITS(small_net(), made.data, 32, 3);
    ASSERT_SAME_BITS(small_net(), made.data, 1, 1);
    free_numbers(&made);
}

TEST(bits_of_a_deep_network_stay)
{
    numbers made = make_numbers(160, 3072, 10);
    ASSERT_SAME_BITS(deep_net(), made.data, 32, 2);
    free_numbers(&made);
}

TEST(bits_of_a_graph_stay)
{
    numbers made = wide_and_deep_numbers(400);
    ASSERT_SAME_BITS(wide_and_deep(), made.data, 96, 1);
    free_numbers(&made);
}

/* Convolutions of every kind, pools, up-sampling, images changed at random in the model; and in the data. */
static hone_model *convnet(void)
{
    return compiled(
        hone_sequential(hone_input(10, 11, 3), hone_random_flip(), hone_random_rotation(.factor = {0.1}),
                        hone_conv2d(8, 3, .padding = "same", .activation = "relu"),
                        hone_batch_normalization(), hone_max_pooling2d(.pool_size = {2}),
                        hone_depthwise_conv2d(3, .padding = "same"), hone_conv2d(12, 1, .activation = "relu"),
                        hone_conv2d(12, 3, .groups = 3, .padding = "same"),
                        hone_up_sampling2d(.size = {2, 2}, .interpolation = "bilinear"),
                        hone_conv2d_transpose(6, 3, .strides = {2}), hone_average_pooling2d(3),
                        hone_separable_conv2d(8, 3), hone_spatial_dropout2d(0.2),
                        hone_global_average_pooling2d(), hone_dense(10, .activation = "softmax")),
        hone_adam());
}

static numbers images_at_random(int64_t rows)
{
    numbers made = make_numbers(rows, 10 * 11 * 3, 10);
    hone_array images = hone_array_view(made.x[0]->data, HONE_FLOAT32, 4, (int64_t[]){rows, 10, 11, 3});
    hone_dataset_free(made.data);
    made.data = hone_dataset_augment(hone_dataset_from_arrays(.x = {images}, .y = {*made.y}),
                                     hone_random_flip(), hone_random_zoom(.height_factor = {0.2}),
                                     hone_random_brightness(.factor = {0.1}, .value_range = {-1, 1}));
    assert_non_null(made.data);
    return made;
}

TEST(bits_of_convolutions_and_augmentation_stay)
{
    numbers made = images_at_random(100);
    ASSERT_SAME_BITS(convnet(), made.data, 33, 2);
    free_numbers(&made);
}

/* Late in a network for images: few positions of many channels, whose weights' gradient is cut by channels.
 */
static hone_model *wide_convnet(void)
{
    return compiled(hone_sequential(hone_input(10, 11, 3), hone_conv2d(96, 3, .strides = {2}),
                                    hone_batch_normalization(), hone_conv2d(320, 1, .use_bias = false),
                                    hone_batch_normalization(), hone_re_lu(.max_value = 6),
                                    hone_depthwise_conv2d(3, .padding = "same", .use_bias = false),
                                    hone_conv2d(200, 1, .use_bias = false), hone_global_average_pooling2d(),
                                    hone_dense(10, .activation = "softmax")),
                    hone_adam());
}

TEST(bits_of_wide_convolutions_stay)
{
    numbers made = images_at_random(50);
    ASSERT_SAME_BITS(wide_convnet(), made.data, 25, 1);
    free_numbers(&made);
}

/* Edges of tiles: batches and widths that nothing divides, and large ones that oneDNN takes. */
TEST(bits_at_odd_edges_stay)
{
    static const int64_t batches[] = {1, 7, 31, 33}, widths[] = {1, 13, 300, 511};
    numbers made = make_numbers(67, 511, 10);
    for (size_t b = 0; b < 4; b++)
        for (size_t w = 0; w < 4; w++)
            ASSERT_SAME_BITS(chapter(511, widths[w], widths[3 - w]), made.data, batches[b], 1);
    free_numbers(&made);
    made = make_numbers(1100, 784, 10);
    ASSERT_SAME_BITS(chapter(784, 511, 300), made.data, 1033, 1);
    free_numbers(&made);
}

/* ---- beside another model ---- */

typedef struct other_training {
    numbers made;
    digest digest;
} other_training;

static void *train_deep(void *argument)
{
    other_training *other = argument;
    other->digest = train(deep_net(), other->made.data, 32, 1);
    return NULL;
}

/* Two trainings at once in one process: one has the team, the other runs alone; neither notices. */
TEST(bits_beside_another_model_stay)
{
    other_training other = {.made = make_numbers(160, 3072, 10)};
    numbers made = make_numbers(400, 784, 10);
    pthread_t thread;
    digest alone = train(chapter(784, 300, 100), made.data, 32, 2), other_alone;
    train_deep(&other);
    other_alone = other.digest;
    assert_int_equal(pthread_create(&thread, NULL, train_deep, &other), 0);
    digest together = train(chapter(784, 300, 100), made.data, 32, 2);
    pthread_join(thread, NULL);
    assert_string_equal(together.text, alone.text);
    assert_string_equal(other.digest.text, other_alone.text);
    free_numbers(&made);
    free_numbers(&other.made);
}

/* ---- batches of other sizes ---- */

static void predict(hone_model *model, hone_dataset *data, int64_t batch, float *result, int64_t count)
{
    hone_array *outputs[1];
    assert_int_equal(hone_predict(model, data, outputs, .batch_size = batch), HONE_OK);
    memcpy(result, outputs[0]->data, (size_t)count * sizeof *result);
    hone_array_free(outputs[0]);
}

/* A sample's prediction has the same bits in batches of up to 127; larger ones may be multiplied by oneDNN,
 * whose sums are in another order. */
TEST(predictions_do_not_depend_on_batches)
{
    enum { ROWS = 300 };
    static const int64_t same[] = {2, 3, 7, 31, 100, 127}, near[] = {128, 300};
    static float expected[ROWS * 10], received[ROWS * 10];
    numbers made = make_numbers(ROWS, 784, 10);
    hone_model *model = chapter(784, 1024, 512);
    assert_non_null(hone_fit(model, made.data, .epochs = 1));
    predict(model, made.data, 1, expected, ROWS * 10);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        predict(model, made.data, same[i], received, ROWS * 10);
        assert_memory_equal(received, expected, sizeof expected);
    }
    for (size_t i = 0; i < sizeof near / sizeof *near; i++) {
        predict(model, made.data, near[i], received, ROWS * 10);
        for (int j = 0; j < ROWS * 10; j++)
            assert_true(fabsf(received[j] - expected[j]) <= 1e-5f);
    }
    hone_model_free(model);
    free_numbers(&made);
}

/* The loss and the metrics are sums in double of what each sample gives. */
TEST(evaluations_do_not_depend_on_batches)
{
    static const int64_t batches[] = {1, 7, 32, 100};
    numbers made = make_numbers(300, 64, 10);
    hone_model *model = small_net();
    hone_logs logs;
    double first = 0;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(hone_evaluate(model, made.data, &logs, .batch_size = batches[i]), HONE_OK);
        if (i == 0)
            first = logs.values[0];
        assert_true(fabs(logs.values[0] - first) <= 1e-6 * fabs(first));
    }
    hone_model_free(model);
    free_numbers(&made);
}
