/* Tests of data sets: batches of floats, slices, callbacks, order, and what does not fit together. */
#include "testing/files.h"
#include "data/dataset.h"
#include "testing/test.h"
#include <math.h>

#define VIEW(data, type, rank, ...) hone_array_view(data, type, rank, (int64_t[]){__VA_ARGS__})

static void assert_error(hone_status status, const char *part)
{
    if (hone_error_status() != status || !strstr(hone_error_message(), part))
        fail_msg("received %d \"%s\", expected \"%s\"", hone_error_status(), hone_error_message(), part);
    hone_error_clear();
}

static float images[4][2][3] = {{{0, 1, 2}, {3, 4, 5}},
                                {{10, 11, 12}, {13, 14, 15}},
                                {{20, 21, 22}, {23, 24, 25}},
                                {{30, 31, 32}, {33, 34, 35}}};
static uint8_t labels[4] = {3, 1, 2, 0};
static double weights[4] = {1, 0.5, 0.25, 2};

TEST(gathers_rows_in_any_order)
{
    hone_dataset *data = hone_dataset_from_arrays(.x = {VIEW(images, HONE_FLOAT32, 3, 4, 2, 3)},
                                                  .y = {VIEW(labels, HONE_UINT8, 1, 4)},
                                                  .sample_weight = VIEW(weights, HONE_FLOAT64, 1, 4));
    assert_non_null(data);
    assert_int_equal(hone_dataset_count(data), 4);
    assert_int_equal(hone_dataset_input_count(data), 1);
    assert_int_equal(hone_dataset_target_count(data), 1);
    assert_true(hone_internal_dataset_weighted(data));
    assert_false(hone_internal_dataset_streams(data));
    assert_int_equal(hone_dataset_input(data, 0)->rank, 3);
    assert_ptr_equal(hone_dataset_input(data, 0)->data, images);
    assert_null(hone_dataset_input(data, 1));
    assert_null(hone_dataset_target(data, -1));
    float batch[4 * 6];
    const int64_t rows[] = {2, 0};
    hone_internal_dataset_gather(data, HONE_COMPONENT_INPUT, 0, rows, 0, 2, batch);
    assert_memory_equal(batch, images[2], sizeof images[2]);
    assert_memory_equal(batch + 6, images[0], sizeof images[0]);
    hone_internal_dataset_gather(data, HONE_COMPONENT_INPUT, 0, NULL, 1, 3, batch);
    assert_memory_equal(batch, images[1], 3 * sizeof images[1]);
    hone_internal_dataset_gather(data, HONE_COMPONENT_TARGET, 0, rows, 0, 2, batch);
    assert_true(batch[0] == 2 && batch[1] == 3);
    hone_internal_dataset_gather(data, HONE_COMPONENT_WEIGHT, 0, NULL, 2, 2, batch);
    assert_true(batch[0] == 0.25f && batch[1] == 2);
    assert_string_equal(hone_internal_dataset_label(data, HONE_COMPONENT_INPUT, 0), "x");
    assert_string_equal(hone_internal_dataset_label(data, HONE_COMPONENT_TARGET, 0), "y");
    assert_string_equal(hone_internal_dataset_label(data, HONE_COMPONENT_WEIGHT, 0), "sample_weight");
    assert_null(hone_internal_dataset_name(data, HONE_COMPONENT_INPUT, 0));
    hone_dataset_free(data);
}

/* Every type, times the scale, is the double's product rounded once; targets are not scaled. */
TEST(converts_and_scales_every_type)
{
    static const double scales[] = {1, 1.0 / 255, 0.1, 2, 1e-3, -3.7, 1e30};
    for (size_t s = 0; s < sizeof scales / sizeof *scales; s++)
        for (int type = 0; type < HONE_DTYPE_COUNT; type++) {
            enum { COUNT = 37 };
            double source[COUNT];
            for (int i = 0; i < COUNT; i++)
                source[i] = type == HONE_BOOL ? i % 2 : i * 3 % 128;
            hone_array numbers = VIEW(source, HONE_FLOAT64, 2, 1, COUNT);
            hone_array *typed = hone_array_convert(&numbers, (hone_dtype)type);
            hone_dataset *data = hone_dataset_from_arrays(.x = {*typed}, .y = {*typed}, .scale = scales[s]);
            assert_non_null(data);
            float result[COUNT];
            hone_internal_dataset_gather(data, HONE_COMPONENT_INPUT, 0, NULL, 0, 1, result);
            for (int i = 0; i < COUNT; i++)
                assert_true(result[i] == (float)(source[i] * scales[s]));
            hone_internal_dataset_gather(data, HONE_COMPONENT_TARGET, 0, NULL, 0, 1, result);
            for (int i = 0; i < COUNT; i++)
                assert_true(result[i] == (float)source[i]);
            hone_dataset_free(data);
            hone_array_free(typed);
        }
}

/* All bytes under many scales, so that both ways of scaling bytes are met. */
TEST(scales_all_bytes)
{
    uint8_t bytes[3][256];
    float result[256];
    const int64_t row = 1;
    for (int i = 0; i < 768; i++)
        bytes[i / 256][i % 256] = (uint8_t)i;
    for (int step = 1; step < 400; step++) {
        double scale = step == 399 ? 1e-44 : step == 398 ? 1e38 : 1.0 / step;
        hone_dataset *data =
            hone_dataset_from_arrays(.x = {VIEW(bytes, HONE_UINT8, 2, 3, 256)}, .scale = scale);
        hone_internal_dataset_gather(data, HONE_COMPONENT_INPUT, 0, &row, 0, 1, result);
        for (int i = 0; i < 256; i++)
            assert_true(result[i] == (float)(i * scale));
        hone_dataset_free(data);
    }
}

TEST(has_several_named_inputs)
{
    float wide[8] = {0}, deep[12] = {0};
    char name[] = "deep";
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {VIEW(wide, HONE_FLOAT32, 2, 4, 2), VIEW(deep, HONE_FLOAT32, 2, 4, 3)},
                                 .x_names = {"wide", name},
                                 .y = {VIEW(labels, HONE_UINT8, 1, 4), VIEW(labels, HONE_UINT8, 2, 4, 1)});
    assert_non_null(data);
    name[0] = 'x'; /* names are copied */
    assert_int_equal(hone_dataset_input_count(data), 2);
    assert_int_equal(hone_dataset_target_count(data), 2);
    assert_string_equal(hone_internal_dataset_name(data, HONE_COMPONENT_INPUT, 1), "deep");
    assert_string_equal(hone_internal_dataset_label(data, HONE_COMPONENT_INPUT, 1), "x \"deep\"");
    assert_string_equal(hone_internal_dataset_label(data, HONE_COMPONENT_TARGET, 1), "y[1]");
    hone_dataset *slice = hone_dataset_slice(data, 1, 3);
    assert_string_equal(hone_internal_dataset_name(slice, HONE_COMPONENT_INPUT, 0), "wide");
    hone_dataset_free(data);
    assert_string_equal(hone_internal_dataset_name(slice, HONE_COMPONENT_INPUT, 1), "deep");
    hone_dataset_free(slice);
}

TEST(slices_without_copying)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_dataset *data = hone_dataset_from_arrays(.x = {VIEW(images, HONE_FLOAT32, 3, 4, 2, 3)},
                                                  .y = {VIEW(labels, HONE_UINT8, 1, 4)}, .scale = 0.5);
    hone_dataset *last = hone_dataset_slice(data, -2, HONE_NONE_INTEGER),
                 *first = hone_dataset_slice(data, 0, -2);
    assert_non_null(last);
    assert_non_null(first);
    assert_int_equal(hone_dataset_count(last), 2);
    assert_int_equal(hone_dataset_input(last, 0)->shape[0], 2);
    assert_int_equal(hone_dataset_count(first), 2);
    hone_dataset *inner = hone_dataset_slice(last, 1, 2);
    hone_dataset_free(data);
    hone_dataset_free(last);
    float batch[6];
    hone_internal_dataset_gather(inner, HONE_COMPONENT_INPUT, 0, NULL, 0, 1, batch);
    assert_true(batch[5] == 17.5f);
    hone_internal_dataset_gather(inner, HONE_COMPONENT_TARGET, 0, NULL, 0, 1, batch);
    assert_true(batch[0] == 0);
    assert_null(hone_dataset_slice(first, 0, 3));
    assert_error(HONE_ERROR_ARGUMENT, "3 is outside a data set of 2 samples");
    assert_null(hone_dataset_slice(first, -5000, HONE_NONE_INTEGER));
    assert_error(HONE_ERROR_ARGUMENT, "-5000 is outside a data set of 2 samples");
    assert_null(hone_dataset_slice(first, 1, 1));
    assert_error(HONE_ERROR_ARGUMENT, "the range from 1 to 1 of 2 samples is empty");
    assert_null(hone_dataset_slice(first, 2, HONE_NONE_INTEGER));
    assert_error(HONE_ERROR_ARGUMENT, "samples is empty");
    assert_null(hone_dataset_slice(NULL, 0, 1));
    assert_error(HONE_ERROR_ARGUMENT, "received NULL");
    hone_dataset_free(first);
    hone_dataset_free(inner);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(refuses_arrays_that_do_not_fit)
{
    hone_array x = VIEW(images, HONE_FLOAT32, 3, 4, 2, 3);
    assert_null(hone_dataset_from_arrays_with(NULL));
    assert_error(HONE_ERROR_ARGUMENT, "received NULL");
    assert_null(hone_dataset_from_arrays(.y = {x}));
    assert_error(HONE_ERROR_DATA, "the array x is missing");
    assert_null(hone_dataset_from_arrays(.x = {x}, .y = {VIEW(labels, HONE_UINT8, 1, 3)}));
    assert_error(HONE_ERROR_DATA, "x has 4 samples and y has 3");
    assert_null(hone_dataset_from_arrays(.x = {x, VIEW(images, HONE_FLOAT32, 2, 2, 12)}));
    assert_error(HONE_ERROR_DATA, "x[0] has 4 samples and x[1] has 2");
    assert_null(hone_dataset_from_arrays(.x = {VIEW(images, HONE_FLOAT32, 3, 0, 2, 3)}));
    assert_error(HONE_ERROR_DATA, "x has no samples");
    assert_null(hone_dataset_from_arrays(.x = {VIEW(images, HONE_FLOAT32, 3, 4, 0, 3)}));
    assert_error(HONE_ERROR_DATA, "without any number");
    assert_null(hone_dataset_from_arrays(.x = {hone_array_view(images, HONE_FLOAT32, 0, NULL)}));
    assert_error(HONE_ERROR_DATA, "x is a single number");
    assert_null(hone_dataset_from_arrays(.x = {{.type = HONE_FLOAT32, .rank = 9, .data = images}}));
    assert_error(HONE_ERROR_SHAPE, "x: an array has 9 axes");
    assert_null(
        hone_dataset_from_arrays(.x = {{.type = (hone_dtype)77, .rank = 1, .shape = {1}, .data = images}}));
    assert_error(HONE_ERROR_ARGUMENT, "type is 77");
    assert_null(hone_dataset_from_arrays(
            .x = {{.type = HONE_FLOAT32, .rank = 2, .shape = {INT64_MAX, 9}, .data = images}}));
    assert_error(HONE_ERROR_SHAPE, "too large");
    assert_null(hone_dataset_from_arrays(.x = {x}, .sample_weight = VIEW(images, HONE_FLOAT32, 2, 4, 2)));
    assert_error(HONE_ERROR_DATA, "sample_weight has 2 numbers per sample");
    assert_null(hone_dataset_from_arrays(.x = {x}, .scale = (double)NAN));
    assert_error(HONE_ERROR_ARGUMENT, "the scale");
    assert_null(hone_dataset_from_arrays(.x = {x}, .y = {VIEW(labels, HONE_UINT8, 1, 3)}));
    assert_non_null(strstr(hone_error_message(), "dataset_test.c:")); /* the call site */
    assert_null(strstr(hone_error_message(), "src/data/"));
}

TEST(takes_one_more_weight)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_dataset *data = hone_dataset_from_arrays(.x = {VIEW(images, HONE_FLOAT32, 3, 4, 2, 3)},
                                                  .sample_weight = VIEW(weights, HONE_FLOAT64, 1, 4));
    hone_array *weight = hone_array_create(HONE_FLOAT32, 1, (int64_t[]){4});
    ((float *)weight->data)[3] = 7;
    hone_dataset *weighted = hone_internal_dataset_weigh(data, weight, "w.npy");
    assert_non_null(weighted);
    assert_string_equal(hone_internal_dataset_label(weighted, HONE_COMPONENT_WEIGHT, 0), "w.npy");
    hone_dataset *slice = hone_dataset_slice(weighted, 3, 4);
    assert_null(
        hone_internal_dataset_weigh(data, hone_array_create(HONE_FLOAT32, 1, (int64_t[]){3}), "w.npy"));
    assert_error(HONE_ERROR_DATA, "x has 4 samples and w.npy has 3");
    hone_dataset_free(data);
    hone_dataset_free(weighted);
    float number;
    hone_internal_dataset_gather(slice, HONE_COMPONENT_WEIGHT, 0, NULL, 0, 1, &number);
    assert_true(number == 7);
    hone_dataset_free(slice);
    assert_null(hone_internal_dataset_weigh(NULL, hone_array_create(HONE_FLOAT32, 1, (int64_t[]){3}), NULL));
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(counts_references)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_dataset *data = hone_dataset_from_arrays(.x = {VIEW(images, HONE_FLOAT32, 3, 4, 2, 3)});
    assert_ptr_equal(hone_dataset_retain(data), data);
    hone_dataset_free(data);
    assert_int_equal(hone_dataset_count(data), 4);
    hone_dataset_free(data);
    hone_dataset_free(NULL);
    assert_null(hone_dataset_retain(NULL));
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(orders_are_a_function_of_seed_and_epoch)
{
    enum { COUNT = 1000 };
    int64_t order[COUNT], again[COUNT], other[COUNT];
    bool seen[COUNT] = {false};
    hone_internal_dataset_shuffle(42, 3, COUNT, order);
    hone_internal_dataset_shuffle(42, 3, COUNT, again);
    assert_memory_equal(order, again, sizeof order);
    hone_internal_dataset_shuffle(42, 4, COUNT, other);
    assert_memory_not_equal(order, other, sizeof order);
    hone_internal_dataset_shuffle(43, 3, COUNT, other);
    assert_memory_not_equal(order, other, sizeof order);
    int fixed = 0;
    for (int i = 0; i < COUNT; i++) {
        assert_in_range(order[i], 0, COUNT - 1);
        assert_false(seen[order[i]]);
        seen[order[i]] = true;
        fixed += order[i] == i;
    }
    assert_true(fixed < 20);
    hone_internal_dataset_shuffle(1, 0, 1, order);
    assert_int_equal(order[0], 0);
}

static uint64_t fingerprint(const hone_dataset *data)
{
    uint64_t result;
    assert_int_equal(hone_internal_dataset_fingerprint(data, &result), HONE_OK);
    return result;
}

TEST(fingerprints_tell_data_apart)
{
    float copy[4][2][3];
    memcpy(copy, images, sizeof copy);
    hone_dataset *data = hone_dataset_from_arrays(.x = {VIEW(images, HONE_FLOAT32, 3, 4, 2, 3)});
    hone_dataset *same = hone_dataset_from_arrays(.x = {VIEW(copy, HONE_FLOAT32, 3, 4, 2, 3)});
    hone_dataset *flat = hone_dataset_from_arrays(.x = {VIEW(copy, HONE_FLOAT32, 2, 4, 6)});
    hone_dataset *slice = hone_dataset_slice(data, 0, 3);
    uint64_t first = fingerprint(data);
    assert_true(first == fingerprint(same));
    assert_true(first != fingerprint(flat));
    assert_true(first != fingerprint(slice));
    copy[3][1][2] = -1;
    assert_true(first != fingerprint(same));
    hone_dataset_free(data);
    hone_dataset_free(same);
    hone_dataset_free(flat);
    hone_dataset_free(slice);
}

typedef struct counter {
    int steps, released, mode;
    float x[6];
    uint8_t y[3];
} counter;

static int next_batch(void *context, int64_t epoch, int64_t step, hone_batch *batch)
{
    counter *from = context;
    if (from->mode == 1)
        return HONE_ERROR_FILE;
    if (from->mode == 2)
        return hone_fail(HONE_ERROR_NUMERIC, "my own trouble");
    if (from->mode == 3)
        return 2;
    if (step == from->steps)
        return 0;
    for (int i = 0; i < 6; i++)
        from->x[i] = (float)(100 * epoch + 10 * step + i);
    int64_t rows = step == 1 ? 1 : 3;
    batch->x[0] = VIEW(from->x, HONE_FLOAT32, 2, rows, 2);
    batch->y[0] = VIEW(from->y, HONE_UINT8, 1, from->mode == 4 ? rows + 1 : rows);
    if (from->mode == 5)
        batch->x[0].data = NULL;
    return 1;
}

static void release(void *context)
{
    ((counter *)context)->released++;
}

TEST(batches_come_from_a_callback)
{
    counter from = {.steps = 2};
    hone_dataset *data = hone_dataset_from_callback(next_batch, &from, release);
    assert_non_null(data);
    assert_true(hone_internal_dataset_streams(data));
    assert_int_equal(hone_dataset_count(data), HONE_ANY);
    const hone_batch *batch;
    assert_int_equal(hone_internal_dataset_next(data, 1, 0, &batch), 1);
    assert_int_equal(batch->x[0].shape[0], 3);
    assert_int_equal(hone_dataset_input_count(data), 1);
    assert_int_equal(hone_dataset_target_count(data), 1);
    float numbers[6];
    hone_internal_dataset_gather(data, HONE_COMPONENT_INPUT, 0, NULL, 0, 3, numbers);
    assert_true(numbers[5] == 105);
    assert_int_equal(hone_internal_dataset_next(data, 1, 1, &batch), 1);
    assert_int_equal(batch->x[0].shape[0], 1);
    assert_false(hone_internal_dataset_weighted(data));
    assert_int_equal(hone_internal_dataset_next(data, 1, 2, &batch), 0);
    assert_null(batch);
    static const struct {
        int mode;
        hone_status status;
        const char *part;
    } bad[] = {
        {1, HONE_ERROR_CALLBACK, "returned -5 for step 0 of epoch 7"},
        {2, HONE_ERROR_NUMERIC, "my own trouble"},
        {3, HONE_ERROR_CALLBACK, "returned 2"},
        {4, HONE_ERROR_DATA, "the data callback, step 0 of epoch 7: x has 3 samples and y has 4"},
        {5, HONE_ERROR_DATA, "the array x is missing"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        from.mode = bad[i].mode;
        assert_int_equal(hone_internal_dataset_next(data, 7, 0, &batch), bad[i].status);
        assert_error(bad[i].status, bad[i].part);
    }
    assert_null(hone_dataset_slice(data, 0, 1));
    assert_error(HONE_ERROR_ARGUMENT, "data from a callback");
    assert_int_equal(from.released, 0);
    hone_dataset_free(data);
    assert_int_equal(from.released, 1);
    assert_null(hone_dataset_from_callback(NULL, &from, release));
    assert_int_equal(from.released, 2);
}

TEST(survives_failing_allocations)
{
    int64_t before = hone_internal_blocks_in_use(), allowed = 0;
    for (bool done = false; !done && allowed < 100; allowed++) {
        hone_internal_fail_allocations_after(allowed);
        hone_dataset *data =
            hone_dataset_from_arrays(.x = {VIEW(images, HONE_FLOAT32, 3, 4, 2, 3)}, .x_names = {"a"},
                                     .y = {VIEW(labels, HONE_UINT8, 1, 4)}, .y_names = {"b"});
        hone_dataset *slice = data ? hone_dataset_slice(data, 1, 2) : NULL;
        hone_array *weight = slice ? hone_array_create(HONE_FLOAT32, 1, (int64_t[]){1}) : NULL;
        hone_dataset *weighted = weight ? hone_internal_dataset_weigh(slice, weight, "w") : NULL;
        hone_internal_fail_allocations_after(-1);
        done = weighted != NULL;
        if (!done)
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
        hone_dataset_free(slice);
        hone_dataset_free(data);
        hone_dataset_free(weighted);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_in_range(allowed, 8, 50);
}
