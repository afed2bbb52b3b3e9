/* Copies and padding along runs. */
#include "kernels/walk.h"
#include "kernels/generic/loops.h"

static void runs_strided_copy(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const hone_strides *strides = args->family;
    float *result = args->data[0];
    const float *operand = args->data[1];
    hone_walk walk = hone_walk_start(strides, begin);
    const int64_t step = walk.last < 0 ? 0 : strides->a[walk.last];
    (void)scratch;
    for (int64_t i = begin, run; i < end; i += run, hone_walk_advance(&walk, run)) {
        run = hone_walk_run(&walk, end - i);
        const float *source = operand + walk.a;
        if (step == 1)
            memcpy(result + i, source, (size_t)run * sizeof(float));
        else
            for (int64_t j = 0; j < run; j++)
                result[i + j] = source[j * step];
    }
}

/* Elements first .. end-1 of a padded result, all in one run of the last axis whose other indices are
 * inside x when `row` is not NULL; `place` is the first one's index in that row of x. */
static void pad_run(float *result, int64_t run, const float *row, int64_t place, int64_t width, float outside)
{
    for (int64_t j = 0; j < run; j++) {
        const bool inside = row != NULL && place + j >= 0 && place + j < width;
        result[j] = inside ? row[place + j] : outside;
    }
}

static void runs_pad(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const hone_strides *strides = args->family;
    const int last = strides->rank - 1;
    if (last < 0)
        LEAVE_TO_REFERENCE(pad);
    float *result = args->data[0];
    for (int64_t i = begin, run; i < end; i += run) {
        int64_t rest = i / strides->dims[last], row = 0, scale = strides->a[last];
        bool inside = true;
        for (int axis = last - 1; axis >= 0; axis--) {
            const int64_t place = rest % strides->dims[axis] - strides->b[axis];
            inside = inside && place >= 0 && place < strides->a[axis];
            row += place * scale;
            scale *= strides->a[axis];
            rest /= strides->dims[axis];
        }
        run = smaller_of(end - i, strides->dims[last] - i % strides->dims[last]);
        pad_run(result + i, run, inside ? (const float *)args->data[1] + row : NULL,
                i % strides->dims[last] - strides->b[last], strides->a[last], (float)args->scalar[0]);
    }
}

OVERLAY(movement)
{
    table->kernel[HONE_KERNEL_strided_copy] = runs_strided_copy;
    table->kernel[HONE_KERNEL_pad] = runs_pad;
}
