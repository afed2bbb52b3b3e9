/* Slices, and the same samples with other weights: they share the arrays. */
#include "testing/files.h"
#include "testing/views.h"
#include <hone/pipeline.h>
#include <math.h>

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

TEST(a_wrong_weight_of_a_step_is_named_by_sample_and_step)
{
    const char *path = testing_path("w.npy");
    hone_array *weight = hone_array_create(HONE_FLOAT32, 2, (int64_t[]){4, 2});
    memset(weight->data, 0, 8 * sizeof(float));
    ((float *)weight->data)[5] = -1;
    assert_int_equal(hone_array_save(weight, path), HONE_OK);
    hone_array_free(weight);
    assert_null(
        hone_dataset_weigh(hone_dataset_from_arrays(.x = {VIEW(images, HONE_FLOAT32, 3, 4, 2, 3)}), path));
    assert_error(HONE_ERROR_DATA, "w.npy: the weight of sample 3, step 2, must be a finite number");
}

/* A file's weights are what a mean can have. */
TEST(refuses_weights_that_are_no_weights)
{
    static const double wrong[] = {-1, NAN, INFINITY};
    int64_t before = hone_internal_blocks_in_use();
    const char *path = testing_path("w.npy");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        hone_array *weight = hone_array_create(HONE_FLOAT64, 1, (int64_t[]){4});
        ((double *)weight->data)[2] = wrong[i];
        assert_int_equal(hone_array_save(weight, path), HONE_OK);
        hone_array_free(weight);
        assert_null(hone_dataset_weigh(
            hone_dataset_from_arrays(.x = {VIEW(images, HONE_FLOAT32, 3, 4, 2, 3)}), path));
        assert_error(HONE_ERROR_DATA,
                     "w.npy: the weight of sample 3 must be a finite number, at least 0, not");
    }
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

AROUND_ALL(testing_folder_make, testing_folder_remove);
