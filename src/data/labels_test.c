/* The classes of a target, and weights that balance them. */
#include "data/dataset.h"
#include "testing/message.h"

#include <hone/hone.h>
#include <hone/pipeline.h>
#include <math.h>

enum { SAMPLES = 4 };

static hone_dataset *make(const float *y, int64_t width)
{
    static const float x[SAMPLES] = {0};
    return hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 1, (int64_t[]){SAMPLES})},
                                    .y = {hone_array_view(y, HONE_FLOAT32, width > 1 ? 2 : 1,
                                                          (int64_t[]){SAMPLES, width})});
}

static const struct {
    const char *name;
    int64_t width;
    float y[SAMPLES * 3], labels[SAMPLES];
} targets[] = {
    {"numbers", 1, {2, 0, 1, 2}, {2, 0, 1, 2}},
    {"one of several", 3, {0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1}, {2, 0, 1, 2}},
    {"the first of equals", 2, {0, 0, 0.5f, 0.5f, 1, 0, 0, 1}, {0, 0, 0, 1}},
    {"what is no class is a number too", 1, {0.5f, -1, 7, 0}, {0.5f, -1, 7, 0}},
};

TEST_EACH(labels_are_read, targets)
{
    float labels[SAMPLES];
    hone_dataset *data = make(row->y, row->width);
    for (int node = 0; node < 2; node++) { /* of arrays, and of what is made of them */
        if (node == 1)
            data = hone_dataset_select(data, (const int64_t[]){0, 1, 2, 3}, SAMPLES);
        assert_int_equal(hone_internal_dataset_labels(data, 0, labels), HONE_OK);
        assert_memory_equal(labels, row->labels, sizeof labels);
    }
    hone_dataset_free(data);
}

/* Samples / (classes that occur * samples of the class); 1 for those that do not occur. */
static const struct {
    const char *name;
    float y[SAMPLES];
    int64_t count;
    double weights[4];
    const char *words;
} balances[] = {
    {"two classes", {0, 0, 0, 1}, 2, {4 / 6.0, 2}, NULL},
    {"one that does not occur", {0, 2, 2, 2}, 3, {2, 1, 4 / 6.0}, NULL},
    {"one class", {1, 1, 1, 1}, 2, {1, 1}, NULL},
    {"half a class",
     {0, 0.5f, 1, 1},
     0,
     {0},
     "sample 1 has the target 0.5, which is not a class number from 0"},
    {"below zero", {0, 1, -1, 1}, 0, {0}, "sample 2 has the target -1"},
    {"no number", {NAN, 1, 1, 1}, 0, {0}, "sample 0 has the target"},
    {"beyond all limits", {0, 1, 1, 1e9f}, 0, {0}, "sample 3 has the target 1e+09"},
};

TEST_EACH(classes_are_balanced, balances)
{
    double *weights;
    int64_t classes;
    hone_dataset *data = make(row->y, 1);
    hone_error_clear();
    const hone_status status = hone_dataset_balanced_weights(data, &weights, &classes);
    assert_int_equal(status < 0, row->words != NULL);
    if (row->words != NULL) {
        assert_message_has(row->words);
        assert_null(weights);
    } else {
        assert_int_equal(classes, row->count);
        for (int64_t k = 0; k < classes; k++)
            assert_float_equal(weights[k], row->weights[k], 1e-12);
    }
    hone_free(weights);
    hone_dataset_free(data);
}

TEST(one_target_is_needed)
{
    static const float x[SAMPLES] = {0};
    double *weights;
    int64_t classes;
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 1, (int64_t[]){SAMPLES})});
    assert_failed(hone_dataset_balanced_weights(data, &weights, &classes), HONE_ERROR_DATA,
                  "balanced weights need data with one target, not 0");
    hone_dataset_free(data);
}
