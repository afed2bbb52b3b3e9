/* Which samples are held out: random ones, a share of each class, whole groups, folds. */
#include "data/dataset.h"
#include "testing/message.h"
#include "testing/test.h"
#include <hone/hone.h>
#include <hone/pipeline.h>
#include <string.h>

enum { SAMPLES = 30 };

/* x[i] = i; classes 0 (20 samples), 1 (10 samples), sorted. */
static hone_dataset *sorted_classes(void)
{
    static float x[SAMPLES], y[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
        x[i] = (float)i;
        y[i] = (float)(i >= 20);
    }
    return hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){SAMPLES, 1})},
                                    .y = {hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){SAMPLES})});
}

/* Adds 1 to seen[i] for each sample i; how many there are of class 1. */
static int see(hone_dataset *part, int seen[SAMPLES])
{
    const hone_batch *batch;
    int ones = 0;
    hone_iterator *batches = hone_dataset_iterate(part, SAMPLES, 0, 0);
    while (hone_iterator_next(batches, &batch) == 1)
        for (int64_t i = 0; i < batch->x[0].shape[0]; i++) {
            seen[(int)((const float *)batch->x[0].data)[i]]++;
            ones += ((const float *)batch->y[0].data)[i] == 1;
        }
    hone_iterator_free(batches);
    return ones;
}

static void free_both(hone_dataset *parts[2])
{
    hone_dataset_free(parts[0]);
    hone_dataset_free(parts[1]);
}

/* Every sample is in one part; returns how many of class 1 are held out. */
static int assert_parted(hone_dataset *parts[2], int64_t held)
{
    int seen[SAMPLES] = {0};
    see(parts[0], seen);
    const int ones = see(parts[1], seen);
    for (int i = 0; i < SAMPLES; i++)
        assert_int_equal(seen[i], 1);
    assert_int_equal(hone_dataset_count(parts[1]), held);
    assert_int_equal(hone_dataset_count(parts[0]), SAMPLES - held);
    return ones;
}

TEST(the_last_samples_are_a_slice)
{
    hone_dataset *parts[2];
    assert_int_equal(hone_dataset_hold_out(sorted_classes(), parts, .share = 0.2, .shuffle = false), HONE_OK);
    assert_int_equal(assert_parted(parts, 6), 6);
    assert_true(hone_internal_dataset_in_memory(parts[0]));
    free_both(parts);
}

TEST(random_samples_depend_on_the_seed_alone)
{
    hone_dataset *first[2], *again[2], *other[2];
    int seen[3][SAMPLES] = {{0}};
    assert_int_equal(hone_dataset_hold_out(sorted_classes(), first, .count = 10, .seed = 1), HONE_OK);
    assert_int_equal(hone_dataset_hold_out(sorted_classes(), again, .count = 10, .seed = 1), HONE_OK);
    assert_int_equal(hone_dataset_hold_out(sorted_classes(), other, .count = 10, .seed = 2), HONE_OK);
    assert_parted(first, 10);
    see(first[1], seen[0]);
    see(again[1], seen[1]);
    see(other[1], seen[2]);
    assert_memory_equal(seen[0], seen[1], sizeof seen[0]);
    assert_true(memcmp(seen[0], seen[2], sizeof seen[0]) != 0);
    free_both(first);
    free_both(again);
    free_both(other);
}

TEST(each_class_gives_its_share)
{
    hone_dataset *parts[2];
    assert_int_equal(hone_dataset_hold_out(sorted_classes(), parts, .share = 0.3, .stratify = true), HONE_OK);
    assert_int_equal(assert_parted(parts, 9), 3);
    free_both(parts);
}

TEST(folds_cover_all_samples_once)
{
    static const bool stratified[] = {false, true};
    for (int s = 0; s < 2; s++) {
        int seen[SAMPLES] = {0};
        for (int fold = 0; fold < 4; fold++) {
            hone_dataset *parts[2];
            assert_int_equal(hone_dataset_hold_out(sorted_classes(), parts, .folds = 4, .fold = fold,
                                                   .stratify = stratified[s]),
                             HONE_OK);
            const int ones = see(parts[1], seen);
            if (stratified[s])
                assert_true(ones == 2 || ones == 3);
            free_both(parts);
        }
        for (int i = 0; i < SAMPLES; i++)
            assert_int_equal(seen[i], 1);
    }
}

static void refused(hone_status status, const char *says)
{
    assert_true(status < 0);
    assert_message_has(says);
}

TEST(refuses_what_cannot_be)
{
    hone_dataset *parts[2];
    refused(hone_dataset_hold_out(sorted_classes(), parts, .shuffle = true), "none of them");
    refused(hone_dataset_hold_out(sorted_classes(), parts, .share = 0.1, .count = 3), "several");
    refused(hone_dataset_hold_out(sorted_classes(), parts, .count = 30), "30 of 30 samples");
    refused(hone_dataset_hold_out(sorted_classes(), parts, .folds = 31), "cannot make 31 folds");
    refused(hone_dataset_hold_out(sorted_classes(), parts, .folds = 3, .fold = 3), "from 0 to 2, not 3");
    refused(hone_dataset_hold_out(NULL, parts, .share = 0.1), "");
    assert_null(parts[0]);
    static float y[SAMPLES];
    for (int i = 0; i < SAMPLES; i++)
        y[i] = (float)i / 2;
    const hone_array numbers = hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){SAMPLES});
    refused(hone_dataset_hold_out(hone_dataset_from_arrays(.x = {numbers}, .y = {numbers}), parts,
                                  .share = 0.2, .stratify = true),
            "30 different numbers");
}

TEST(balanced_weights_are_those_counted_by_class)
{
    hone_dataset *data = sorted_classes();
    double *weights;
    int64_t classes;
    assert_int_equal(hone_dataset_balanced_weights(data, &weights, &classes), HONE_OK);
    assert_int_equal(classes, 2);
    assert_float_equal(weights[0], 0.75, 1e-12); /* 30 / (2 * 20) */
    assert_float_equal(weights[1], 1.5, 1e-12);
    hone_free(weights);
    hone_dataset_free(data);
}

TEST(selects_by_number)
{
    hone_dataset *data = hone_dataset_select(sorted_classes(), (int64_t[]){29, 3, 3}, 3);
    int seen[SAMPLES] = {0};
    assert_int_equal(see(data, seen), 1);
    assert_int_equal(seen[3], 2);
    assert_int_equal(seen[29], 1);
    hone_dataset_free(data);
    assert_null(hone_dataset_select(sorted_classes(), (int64_t[]){30}, 1));
    assert_message_has("there is no sample 30; the data set has 30");
    assert_null(hone_dataset_select(sorted_classes(), NULL, 0));
    assert_null(hone_dataset_select(NULL, NULL, 0));
}
