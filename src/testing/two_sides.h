/* For tests of the doctor: points on both sides of a line, at once or as a stream, and a network for them. */
#ifndef HONE_TESTING_TWO_SIDES_H
#define HONE_TESTING_TWO_SIDES_H

#include "testing/test.h"

#include <hone/hone.h>
#include <math.h>

enum { SIDES_SAMPLES = 240, SIDES_BATCH = 16 };
static float sides_x[SIDES_SAMPLES][2], sides_y[SIDES_SAMPLES];

static inline void sides_fill(void)
{
    for (int i = 0; i < SIDES_SAMPLES; i++) {
        sides_x[i][0] = (float)sin(7 * i);
        sides_x[i][1] = (float)cos(3 * i);
        sides_y[i] = sides_x[i][0] + sides_x[i][1] > 0;
    }
}

/* The first `samples` of them; the arrays are those above. */
static inline hone_dataset *sides_data(int64_t samples)
{
    sides_fill();
    return hone_dataset_from_arrays(.x = {hone_array_view(sides_x, HONE_FLOAT32, 2, (int64_t[]){samples, 2})},
                                    .y = {hone_array_view(sides_y, HONE_FLOAT32, 1, (int64_t[]){samples})});
}

/* For hone_dataset_from_callback, after sides_fill. Context: how many batches there are; NULL: without end.
 */
static inline int sides_batch(void *context, int64_t epoch, int64_t step, hone_batch *batch)
{
    const int64_t *end = context, at = step * SIDES_BATCH % SIDES_SAMPLES;
    (void)epoch;
    if (end != NULL && step >= *end)
        return 0;
    batch->x[0] = hone_array_view(sides_x[at], HONE_FLOAT32, 2, (int64_t[]){SIDES_BATCH, 2});
    batch->y[0] = hone_array_view(sides_y + at, HONE_FLOAT32, 1, (int64_t[]){SIDES_BATCH});
    return 1;
}

static inline hone_model *sides_model(hone_layer *last, const char *optimizer, const char *loss)
{
    hone_model *model = hone_sequential(hone_input(2), hone_dense(8, .activation = "relu"), last);
    if (hone_compile(model, .optimizer = hone_optimizer_from_text(optimizer), .loss = loss) < 0)
        fail_msg("%s", hone_error_message());
    return model;
}

#endif
