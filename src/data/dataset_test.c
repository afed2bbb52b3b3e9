/* Tests of data sets: batches of floats, slices, callbacks, order, and what does not fit together. */
#include "testing/files.h"
#include "data/inside.h"
#include "testing/test.h"
#include <math.h>

#include "testing/views.h"

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
    assert_null(hone_dataset_from_arrays(.x = {x}, .sample_weight = VIEW(images, HONE_FLOAT32, 2, 3, 2)));
    assert_error(HONE_ERROR_DATA, "x has 4 samples and sample_weight has 3");
    assert_null(hone_dataset_from_arrays(.x = {x}, .scale = (double)NAN));
    assert_error(HONE_ERROR_ARGUMENT, "the scale");
    assert_null(hone_dataset_from_arrays(.x = {x}, .y = {VIEW(labels, HONE_UINT8, 1, 3)}));
    assert_non_null(strstr(hone_error_message(), "dataset_test.c:")); /* the call site */
    assert_null(strstr(hone_error_message(), "src/data/"));
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

TEST(of_large_sets_rows_at_even_distances_are_hashed)
{
    assert_int_equal(hone_internal_hashed_rows(1 << 20, 1 << 10), 1 << 20);
    assert_int_equal(hone_internal_hashed_rows((1 << 20) + 1, 1 << 10), 1 << 20);
    assert_int_equal(hone_internal_hashed_rows(5, (size_t)2 << 30), 1);
    assert_int_equal(hone_internal_hashed_rows(5, (size_t)1 << 29), 2);
    const int64_t counts[][2] = {{5, 5}, {5, 2}, {(1 << 20) + 1, 1 << 20}, {INT64_C(1) << 50, 1 << 30}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        const int64_t count = counts[i][0], hashed = counts[i][1],
                      last = hone_internal_hashed_row(count, hashed, hashed - 1);
        assert_int_equal(hone_internal_hashed_row(count, hashed, 0), 0);
        assert_in_range(hone_internal_hashed_row(count, hashed, 1), count / hashed, count / hashed + 1);
        assert_true(last < count && last >= count - count / hashed - 1);
    }
}

/* FNV-1a of "ab" is known: a number counts as its bytes, the lowest first. */
TEST(fingerprints_of_numbers_are_the_same_on_every_machine)
{
    const uint16_t number = 0x6261;
    assert_true(hone_internal_hash_numbers(HONE_HASH_START, &number, 1, sizeof number) ==
                0x089c4407b545986aU);
    assert_true(hone_internal_hash_numbers(HONE_HASH_START, "ab", 2, 1) == 0x089c4407b545986aU);
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
    assert_null(hone_internal_dataset_weights(data));
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
