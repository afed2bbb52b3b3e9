/* Augmentation of data sets: the layers run in training only, the same bits however the batches are made. */
#include "base/memory.h"
#include "data/dataset.h"
#include "testing/test.h"
#include <hone/hone.h>
#include <string.h>

enum { SAMPLES = 40, SIDE = 5, PIXELS = SIDE * SIDE, CLASSES = 3 };
#define VIEW(data, type, rank, ...) hone_array_view(data, type, rank, (int64_t[]){__VA_ARGS__})

static uint8_t pixels[SAMPLES][PIXELS];
static int32_t labels[SAMPLES];
static float shares[SAMPLES][CLASSES];

/* Images without an axis of channels, each row rising to the right; of class numbers, or of shares. */
static hone_dataset *images(bool one_hot)
{
    for (int i = 0; i < SAMPLES; i++) {
        labels[i] = i % CLASSES;
        for (int k = 0; k < CLASSES; k++)
            shares[i][k] = k == i % CLASSES;
        for (int p = 0; p < PIXELS; p++)
            pixels[i][p] = (uint8_t)(i + 40 * (p % SIDE));
    }
    return one_hot ? hone_dataset_from_arrays(.x = {VIEW(pixels, HONE_UINT8, 3, SAMPLES, SIDE, SIDE)},
                                              .y = {VIEW(shares, HONE_FLOAT32, 2, SAMPLES, CLASSES)})
                   : hone_dataset_from_arrays(.x = {VIEW(pixels, HONE_UINT8, 3, SAMPLES, SIDE, SIDE)},
                                              .y = {VIEW(labels, HONE_INT32, 1, SAMPLES)});
}

static hone_dataset *flipped(void)
{
    return hone_dataset_augment(images(false), hone_random_flip(.mode = "horizontal"));
}

/* All images of an epoch, in order. */
static void collect(hone_dataset *data, uint64_t seed, int64_t epoch, float *result)
{
    hone_iterator *iterator = hone_dataset_iterate(data, 16, seed, epoch);
    const hone_batch *batch;
    int more;
    assert_non_null(iterator);
    while ((more = hone_iterator_next(iterator, &batch)) == 1) {
        assert_int_equal(batch->x[0].rank, 3);
        size_t count = (size_t)batch->x[0].shape[0] * PIXELS;
        memcpy(result, batch->x[0].data, count * sizeof *result);
        result += count;
    }
    assert_int_equal(more, 0);
    hone_iterator_free(iterator);
}

static bool is_turned(const float *image)
{
    return image[0] > image[SIDE - 1];
}

TEST(each_image_is_as_it_was_or_flipped)
{
    float result[SAMPLES * PIXELS];
    hone_dataset *data = flipped();
    assert_non_null(data);
    collect(data, 1, 0, result);
    int turned = 0;
    for (int i = 0; i < SAMPLES; i++) {
        const bool back = is_turned(result + i * PIXELS);
        turned += back;
        for (int p = 0; p < PIXELS; p++)
            assert_true(result[i * PIXELS + p] ==
                        (float)pixels[i][back ? p - p % SIDE + SIDE - 1 - p % SIDE : p]);
    }
    assert_in_range(turned, 8, 32);
    hone_dataset_free(data);
}

/* ---- images of bytes are turned before they become floats ---- */

enum { HIGH = 4, WIDE = 6, MOST_CHANNELS = 3, NUMBERS = HIGH * WIDE * MOST_CHANNELS };

/* The same images as bytes and as floats, of `channels` (0: without an axis of them). */
static hone_dataset *images_of(hone_dtype type, int channels, double scale)
{
    static uint8_t bytes[SAMPLES * NUMBERS];
    static float floats[SAMPLES * NUMBERS];
    for (int i = 0; i < SAMPLES * NUMBERS; i++)
        floats[i] = bytes[i] = (uint8_t)(i * 7 + i / 11);
    const int rank = channels == 0 ? 3 : 4;
    const hone_array images = hone_array_view(type == HONE_UINT8 ? (void *)bytes : (void *)floats, type, rank,
                                              (int64_t[]){SAMPLES, HIGH, WIDE, channels});
    for (int i = 0; i < SAMPLES; i++)
        labels[i] = i % CLASSES;
    return hone_dataset_from_arrays(.x = {images}, .y = {VIEW(labels, HONE_INT32, 1, SAMPLES)},
                                    .scale = scale);
}

static hone_dataset *augmented_in(int way, hone_dataset *data)
{
    switch (way) {
    case 0: return hone_dataset_augment(data, hone_random_flip(.mode = "horizontal"));
    case 1:
        return hone_dataset_augment(data, hone_random_flip(.mode = "vertical"), hone_random_flip(.seed = 5));
    case 2:
        return hone_dataset_augment(data, hone_random_flip(.mode = "vertical", .name = "mine"),
                                    hone_random_flip(.mode = "horizontal"),
                                    hone_random_rotation(.factor = {0.2}), hone_random_flip());
    default: return hone_dataset_augment(data, hone_random_brightness(.factor = {0.3}), hone_random_flip());
    }
}

/* Samples of a batch from a slice, so that its first sample is not the data's. */
static void first_batch(hone_dataset *data, float *images, int64_t numbers)
{
    const hone_batch *batch;
    hone_dataset *slice = hone_dataset_slice(data, 7, HONE_NONE_INTEGER);
    hone_iterator *iterator = hone_dataset_iterate(slice, 31, 3, 1);
    assert_non_null(iterator);
    assert_int_equal(hone_iterator_next(iterator, &batch), 1);
    memcpy(images, batch->x[0].data, 31 * (size_t)numbers * sizeof *images);
    for (int i = 0; i < 31; i++)
        assert_true(((const float *)batch->y[0].data)[i] == (float)((i + 7) % CLASSES));
    hone_iterator_free(iterator);
    hone_dataset_free(slice);
}

TEST(bytes_are_turned_as_floats_are)
{
    static const double scales[] = {1, 1.0 / 255, 0.0123};
    static float of_bytes[31 * NUMBERS], of_floats[31 * NUMBERS];
    for (int way = 0; way < 4; way++)
        for (int channels = 0; channels <= MOST_CHANNELS; channels++)
            for (int i = 0; i < 3; i++) {
                const int64_t numbers = HIGH * WIDE * (channels == 0 ? 1 : channels);
                hone_dataset *bytes = augmented_in(way, images_of(HONE_UINT8, channels, scales[i])),
                             *floats = augmented_in(way, images_of(HONE_FLOAT32, channels, scales[i]));
                first_batch(bytes, of_bytes, numbers);
                first_batch(floats, of_floats, numbers);
                assert_memory_equal(of_bytes, of_floats, 31 * (size_t)numbers * sizeof *of_bytes);
                hone_dataset_free(bytes);
                hone_dataset_free(floats);
            }
}

TEST(draws_depend_on_seed_epoch_and_samples_alone)
{
    float first[SAMPLES * PIXELS], other[SAMPLES * PIXELS];
    hone_dataset *data = flipped();
    collect(data, 1, 3, first);
    static const int depths[] = {0, 1, 5};
    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
        hone_dataset *ahead = hone_dataset_prefetch(hone_dataset_retain(data), depths[i]);
        collect(ahead, 1, 3, other);
        assert_memory_equal(first, other, sizeof first);
        hone_dataset_free(ahead);
    }
    collect(data, 1, 4, other);
    assert_memory_not_equal(first, other, sizeof first);
    collect(data, 2, 3, other);
    assert_memory_not_equal(first, other, sizeof first);
    hone_dataset *half = hone_dataset_slice(data, 16, HONE_NONE_INTEGER); /* the second batch begins there */
    collect(half, 1, 3, other);
    assert_memory_equal(first + 16 * PIXELS, other, 24 * PIXELS * sizeof *first);
    hone_dataset_free(half);
    hone_dataset_free(data);
}

TEST(another_augmentation_is_other_data)
{
    uint64_t prints[3];
    hone_dataset *data[] = {flipped(), flipped(),
                            hone_dataset_augment(images(false), hone_random_flip(.mode = "vertical"))};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(hone_internal_dataset_fingerprint(data[i], &prints[i]), HONE_OK);
        hone_dataset_free(data[i]);
    }
    assert_true(prints[0] == prints[1] && prints[0] != prints[2]);
}

TEST(mixing_changes_targets_by_the_same_shares)
{
    hone_dataset *data = hone_dataset_augment(images(true), hone_mix_up(.alpha = 1.0), hone_random_flip());
    const hone_batch *batch;
    hone_iterator *iterator = hone_dataset_iterate(data, SAMPLES, 1, 0);
    assert_non_null(iterator);
    assert_int_equal(hone_iterator_next(iterator, &batch), 1);
    int mixed = 0;
    for (int i = 0; i < SAMPLES; i++) {
        const float *share = (const float *)batch->y[0].data + i * CLASSES;
        assert_true(share[0] + share[1] + share[2] > 0.9999F && share[0] + share[1] + share[2] < 1.0001F);
        mixed += share[i % CLASSES] < 0.99F;
    }
    assert_in_range(mixed, 10, SAMPLES);
    hone_iterator_free(iterator);
    hone_dataset_free(data);
}

typedef struct wrong {
    const char *name;
    hone_layer *(*make)(void);
    bool no_data;
    const char *message;
} wrong;
static hone_layer *make_mix(void)
{
    return hone_mix_up();
}
static hone_layer *make_dense(void)
{
    return hone_dense(3);
}
static hone_layer *make_crop(void)
{
    return hone_random_crop(3, 3);
}
static hone_layer *make_hue(void)
{
    return hone_random_hue(.factor = {0.1});
}
static hone_layer *make_nothing(void)
{
    return hone_random_flip(.mode = "diagonal");
}
static const wrong lies[] = {
    {"class numbers", make_mix, false, "augment: mix_up mixes targets, which need a share for each class"},
    {"weights", make_dense, false,
     "augment: layers with weights belong in the model, where they are trained"},
    {"shapes", make_crop, false,
     "augment: the layers make (None, 3, 3, 1) of samples of shape (None, 5, 5, 1)"},
    {"channels", make_hue, false, "random_hue: needs images with 3 (red, green, blue) channels, not 1"},
    {"a layer that failed", make_nothing, false, "mode must be"},
    {"no data", make_dense, true, "expected a data set, received NULL"},
};
TEST_EACH(refuses, lies)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_error_clear();
    assert_null(hone_dataset_augment(row->no_data ? NULL : images(false), row->make()));
    if (strstr(hone_error_message(), row->message) == NULL)
        fail_msg("received \"%s\", expected \"%s\"", hone_error_message(), row->message);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(survives_failing_allocations)
{
    float result[SAMPLES * PIXELS];
    hone_dataset *once = flipped();
    collect(once, 1, 0, result); /* what is made once and kept */
    hone_dataset_free(once);
    int64_t before = hone_internal_blocks_in_use(), allowed = 0;
    for (bool done = false; !done && allowed < 5000; allowed++) {
        hone_internal_fail_allocations_after(allowed);
        hone_dataset *data = hone_dataset_prefetch(flipped(), 0);
        hone_iterator *iterator = data == NULL ? NULL : hone_dataset_iterate(data, 16, 1, 0);
        const hone_batch *batch;
        done = iterator != NULL && hone_iterator_next(iterator, &batch) == 1;
        hone_internal_fail_allocations_after(-1);
        hone_iterator_free(iterator);
        hone_dataset_free(data);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_in_range(allowed, 30, 4999);
}
