/* Some samples of a data set, by number. */
#include "data/dataset.h"
#include "testing/message.h"

#include <hone/hone.h>
#include <hone/pipeline.h>

enum { SAMPLES = 5 };

static hone_dataset *make(void)
{
    static const float x[SAMPLES] = {0, 10, 20, 30, 40};
    return hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 1, (int64_t[]){SAMPLES})});
}

/* The numbers of a data set in order. */
static void check_numbers(hone_dataset *data, const float *expected, int64_t count)
{
    const hone_batch *batch;
    assert_int_equal(hone_dataset_count(data), count);
    hone_iterator *batches = hone_dataset_iterate(data, 2, 0, 0);
    int64_t at = 0;
    while (hone_iterator_next(batches, &batch) == 1)
        for (int64_t i = 0; i < batch->x[0].shape[0]; i++, at++)
            assert_true(((const float *)batch->x[0].data)[i] == expected[at]);
    assert_int_equal(at, count);
    hone_iterator_free(batches);
}

static const struct {
    const char *name;
    int64_t numbers[7];
    int64_t count;
    float expected[7];
} selections[] = {
    {"in order", {0, 2, 4}, 3, {0, 20, 40}},
    {"in another", {4, 0, 3}, 3, {40, 0, 30}},
    {"one several times", {1, 1, 1, 2}, 4, {10, 10, 10, 20}},
    {"more than there are", {0, 1, 2, 3, 4, 0, 1}, 7, {0, 10, 20, 30, 40, 0, 10}},
};

TEST_EACH(samples_are_selected, selections)
{
    hone_dataset *data = hone_dataset_select(make(), row->numbers, row->count);
    if (data == NULL)
        fail_msg("%s", hone_error_message());
    check_numbers(data, row->expected, row->count);
    hone_dataset *last = hone_dataset_slice(data, row->count - 2, row->count);
    check_numbers(last, row->expected + row->count - 2, 2);
    hone_dataset_free(last);
    hone_dataset_free(data);
}

TEST(a_selection_of_a_selection_counts_from_it)
{
    hone_dataset *data = hone_dataset_select(hone_dataset_select(make(), (const int64_t[]){4, 3, 2}, 3),
                                             (const int64_t[]){2, 0}, 2);
    check_numbers(data, (const float[]){20, 40}, 2);
    hone_dataset_free(data);
}

static const struct {
    const char *name;
    int64_t numbers[2], count;
    const char *words;
} mistakes[] = {
    {"beyond the end", {0, 5}, 2, "hone_dataset_select: there is no sample 5; the data set has 5"},
    {"before the start", {-1, 0}, 2, "there is no sample -1"},
    {"none", {0, 0}, 0, "expected the numbers of at least 1 sample"},
};

TEST_EACH(refuses, mistakes)
{
    hone_error_clear();
    assert_null(hone_dataset_select(make(), row->numbers, row->count));
    assert_message_has(row->words);
    assert_null(hone_dataset_select(make(), NULL, 2));
}
