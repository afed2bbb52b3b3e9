/* Inputs made of other inputs, batch by batch. */
#include "base/memory.h"
#include "data/dataset.h"
#include "testing/message.h"

#include <hone/hone.h>
#include <hone/pipeline.h>

enum { SAMPLES = 5 };

static hone_dataset *make(void)
{
    static const int64_t whole[SAMPLES] = {1, 2, 3, 4, 5};
    static const float x[SAMPLES] = {10, 20, 30, 40, 50}, y[SAMPLES] = {1};
    return hone_dataset_from_arrays(.x = {hone_array_view(whole, HONE_INT64, 1, (int64_t[]){SAMPLES}),
                                          hone_array_view(x, HONE_FLOAT32, 1, (int64_t[]){SAMPLES})},
                                    .y = {hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){SAMPLES})});
}

/* How wide what the function makes is; NULL: it fails. */
typedef struct maker {
    int64_t width;
    bool fails;
} maker;

/* Rows of the whole number and twice that, as wide as the context says. */
static hone_status make_input(void *context, const hone_array *inputs, int64_t rows, hone_array **made)
{
    const maker *how = context;
    assert_int_equal(inputs[0].type, HONE_INT64); /* inputs have their own types */
    if (how->fails)
        return hone_fail(HONE_ERROR_DATA, "the maker failed");
    made[0] = hone_array_create(HONE_INT64, 2, (int64_t[]){rows, how->width});
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < how->width; j++)
            ((int64_t *)made[0]->data)[i * how->width + j] = ((const int64_t *)inputs[0].data)[i] * (j + 1);
    return HONE_OK;
}

static hone_dataset *remake(int64_t width, bool fails)
{
    const hone_remade_input inputs[] = {{.name = "kept", .source = 1},
                                        {.name = "made", .source = -1, .shape = HONE_SHAPE(HONE_ANY, 3)}};
    hone_dataset *data = make();
    maker *how = hone_internal_allocate(sizeof *how);
    *how = (maker){width, fails};
    hone_dataset *result = hone_internal_dataset_remake(data, inputs, 2, make_input, how);
    hone_dataset_free(data);
    if (result == NULL)
        fail_msg("%s", hone_error_message());
    return result;
}

/* The first batch of two; what is narrower than told is filled up with zeros. */
TEST(inputs_are_kept_and_made)
{
    for (int64_t width = 1; width <= 3; width++) {
        hone_dataset *data = remake(width, false);
        const hone_batch *batch;
        assert_int_equal(hone_dataset_count(data), SAMPLES);
        assert_int_equal(hone_dataset_input_count(data), 2);
        assert_true(hone_internal_dataset_made(data));
        hone_iterator *batches = hone_dataset_iterate(data, 2, 0, 0);
        assert_int_equal(hone_iterator_next(batches, &batch), 1);
        assert_true(((const float *)batch->x[0].data)[1] == 20);
        const float *made = batch->x[1].data;
        assert_int_equal(batch->x[1].shape[1], 3);
        for (int64_t j = 0; j < 3; j++)
            assert_true(made[3 + j] == (j < width ? 2 * (float)(j + 1) : 0));
        assert_true(((const float *)batch->y[0].data)[0] == 1);
        hone_iterator_free(batches);
        hone_dataset_free(data);
    }
}

static const struct {
    const char *name;
    int64_t width;
    bool fails;
    const char *words;
} failures[] = {
    {"wider than before", 4, false, "the input \"made\" has another shape than before"},
    {"a failure of the function", 3, true, "the maker failed"},
};

TEST_EACH(failures_are_told, failures)
{
    const hone_batch *batch;
    hone_dataset *data = remake(row->width, row->fails);
    hone_iterator *batches = hone_dataset_iterate(data, 2, 0, 0);
    hone_error_clear();
    assert_true(hone_iterator_next(batches, &batch) < 0);
    assert_message_has(row->words);
    hone_iterator_free(batches);
    hone_dataset_free(data);
}

TEST(rows_have_the_type_of_their_input)
{
    hone_dataset *data = make();
    hone_array *rows = hone_internal_dataset_input_rows(data, 0, (const int64_t[]){4, 0}, 0, 2),
               *after = hone_internal_dataset_input_rows(data, 1, NULL, 3, 2);
    assert_int_equal(rows->type, HONE_INT64);
    assert_memory_equal(rows->data, ((int64_t[]){5, 1}), 16);
    assert_memory_equal(after->data, ((float[]){40, 50}), 8);
    hone_array_free(rows);
    hone_array_free(after);
    hone_dataset_free(data);
}
