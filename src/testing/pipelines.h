/* For tests of pipelines: fifty samples whose inputs follow from their labels, a map, and what comes out of a
 * sweep. */
#ifndef HONE_TESTING_PIPELINES_H
#define HONE_TESTING_PIPELINES_H

#include "data/flow.h"
#include "base/memory.h"
#include "testing/test.h"

#include <hone/pipeline.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SAMPLES = 50 };
#define VIEW(data, type, rank, ...) hone_array_view(data, type, rank, (int64_t[]){__VA_ARGS__})

static uint8_t pixels[SAMPLES][3];
static int32_t labels[SAMPLES];

static inline hone_dataset *numbers(void)
{
    for (int i = 0; i < SAMPLES; i++) {
        labels[i] = i;
        for (int j = 0; j < 3; j++)
            pixels[i][j] = (uint8_t)(4 * i + j);
    }
    return hone_dataset_from_arrays(.x = {VIEW(pixels, HONE_UINT8, 2, SAMPLES, 3)},
                                    .y = {VIEW(labels, HONE_INT32, 1, SAMPLES)}, .scale = 0.5);
}

static inline void assert_error(hone_status status, const char *part)
{
    if (hone_error_status() != status || !strstr(hone_error_message(), part))
        fail_msg("received %d \"%s\", expected \"%s\"", hone_error_status(), hone_error_message(), part);
    hone_error_clear();
}

/* The labels of a sweep, in the order in which they come; checks that the inputs belong to them. */
static inline int64_t collect(hone_dataset *data, int64_t epoch, int64_t size, float *result)
{
    hone_iterator *iterator = hone_dataset_iterate(data, size, 7, epoch);
    const hone_batch *batch;
    int64_t count = 0;
    int more;
    assert_non_null(iterator);
    while ((more = hone_iterator_next(iterator, &batch)) == 1) {
        int64_t rows = batch->x[0].shape[0];
        assert_int_equal(batch->x[0].type, HONE_FLOAT32);
        assert_int_equal(batch->y[0].shape[0], rows);
        for (int64_t i = 0; i < rows; i++) {
            float label = ((const float *)batch->y[0].data)[i];
            assert_true(((const float *)batch->x[0].data)[3 * i + 1] ==
                        (4 * (float)((int)label % 100) + 1) / 2);
            result[count++] = label;
        }
    }
    assert_int_equal(more, 0);
    hone_iterator_free(iterator);
    return count;
}

typedef struct caller {
    int calls, fail_at, released, shape_at;
    atomic_int inside;
} caller;

static inline hone_status add_hundreds(void *context, hone_sample *sample)
{
    caller *by = context;
    assert_int_equal(atomic_fetch_add(&by->inside, 1), 0); /* never two at once */
    by->calls++;
    hone_status status = HONE_OK;
    if (by->fail_at > 0 && sample->index == by->fail_at)
        status = hone_fail(HONE_ERROR_DATA, "sample %d is bad", by->fail_at);
    float *label = sample->y[0].data;
    assert_int_equal(sample->x[0].rank, 1);
    assert_int_equal(sample->y[0].rank, 0);
    *label += 100 * (float)sample->epoch;
    if (by->shape_at > 0 && sample->index == by->shape_at)
        hone_sample_reshape(sample, &sample->x[0], 1, (int64_t[]){2});
    atomic_fetch_sub(&by->inside, 1);
    return status;
}

static inline void release(void *context)
{
    ((caller *)context)->released++;
}

/* Two inputs of one: the pairs, and the sum as a target. */
static inline hone_status new_shapes(void *context, hone_sample *sample)
{
    (void)context;
    const float *old = sample->x[0].data;
    float *pairs = hone_sample_reshape(sample, &sample->x[0], 2, (int64_t[]){2, 2});
    float *sum = hone_sample_reshape(sample, &sample->y[0], 1, (int64_t[]){1});
    if (!pairs || !sum)
        return hone_error_status();
    pairs[0] = old[0], pairs[1] = old[1], pairs[2] = old[1], pairs[3] = old[2];
    float *random = hone_sample_reshape(sample, &sample->x[1], 0, NULL);
    *random = (float)(sample->random >> 40);
    *sum = old[0] + old[1] + old[2];
    sample->inputs = 2;
    return HONE_OK;
}

#endif
