/* The forms of steps over bytes: how they are said, and run here by the functions of the source themselves,
 * so that what is expected of the source is what it computes. */
#include "csource/int8.h"
#include "csource/product.h"
#include "csource/window.h"
#include "kernels/movement.h"

#include <string.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include "csource/functions/int8.c"
#pragma GCC diagnostic pop

/* ---- running ---- */

static const int64_t *zeros(const hone_kernel_args *args)
{
    return ((const hone_c_step *)args->owner)->zeros;
}

/* As csource/functions/window.c has it. */
static void list_window(const hone_window *window, bool turned, int32_t list[22])
{
    const int64_t *axes[] = {turned ? window->output : window->input,
                             turned ? window->input : window->output,
                             window->size,
                             window->stride,
                             window->dilation,
                             window->before};
    for (int i = 0; i < 6; i++)
        for (int axis = 0; axis < HONE_WINDOW_AXES; axis++)
            list[3 * i + axis] = (int32_t)axes[i][axis];
    list[18] = (int32_t)(turned ? window->filters : window->channels);
    list[19] = (int32_t)(turned ? window->channels : window->filters);
    list[20] = (int32_t)window->groups;
    list[21] = turned;
}

#define RUN(name) \
    static void run_##name(const hone_kernel_args *args, int64_t begin, int64_t items, void *scratch)
#define UNUSED (void)begin, (void)items, (void)scratch
#define ZERO(i) (int32_t) zeros(args)[i]
#define SIZE(i) (int32_t) args->size[i]

RUN(quantize)
{
    UNUSED;
    op_quantize(args->data[0], args->data[1], (int32_t)items, (float)args->scalar[0], ZERO(0));
}

RUN(dequantize)
{
    UNUSED;
    op_dequantize(args->data[0], args->data[1], (int32_t)items, (float)args->scalar[0], ZERO(1));
}

RUN(dense)
{
    UNUSED;
    op_dense_q8(args->data[0], args->data[1], args->data[2], args->data[3], args->data[4], ZERO(0), SIZE(0),
                SIZE(1), SIZE(2));
}

/* Each sample of a window's in turn. */
typedef void over_window(const hone_kernel_args *args, const int32_t *list);
static void each_sample(const hone_kernel_args *args, bool turned, over_window *one)
{
    const hone_window *window = args->family;
    const int64_t input = hone_window_count(window->input) * window->channels,
                  output = hone_window_count(window->output) * window->filters;
    hone_kernel_args now = *args;
    int32_t list[22];
    list_window(window, turned, list);
    for (int64_t sample = 0; sample < window->batch; sample++) {
        now.data[0] = (int8_t *)args->data[0] + sample * (turned ? input : output);
        now.data[1] = (int8_t *)args->data[1] + sample * (turned ? output : input);
        one(&now, list);
    }
}

static void convolve(const hone_kernel_args *args, const int32_t *list)
{
    op_convolution_q8(args->data[0], args->data[1], args->data[2], args->data[3], args->data[4],
                      args->data[5], ZERO(1), ZERO(0), list);
}

static void convolve_channels(const hone_kernel_args *args, const int32_t *list)
{
    op_depthwise_q8(args->data[0], args->data[1], args->data[2], args->data[3], args->data[4], ZERO(1),
                    ZERO(0), list);
}

static void pool_maximum(const hone_kernel_args *args, const int32_t *list)
{
    op_pool_maximum_q8(args->data[0], args->data[1], list);
}

static void pool_average(const hone_kernel_args *args, const int32_t *list)
{
    op_pool_average_q8(args->data[0], args->data[1], list);
}

#define RUN_EACH_SAMPLE(name, turned, one) \
    RUN(name) \
    { \
        UNUSED; \
        each_sample(args, turned, one); \
    }
RUN_EACH_SAMPLE(convolution, false, convolve)
RUN_EACH_SAMPLE(transposed, true, convolve)
RUN_EACH_SAMPLE(depthwise, false, convolve_channels)
RUN_EACH_SAMPLE(pool_maximum, false, pool_maximum)
RUN_EACH_SAMPLE(pool_average, false, pool_average)

RUN(mean)
{
    UNUSED;
    op_mean_q8(args->data[0], args->data[1], args->data[2], SIZE(0), SIZE(1), SIZE(2), ZERO(1), ZERO(0));
}

RUN(largest)
{
    UNUSED;
    op_largest_q8(args->data[0], args->data[1], SIZE(0), SIZE(1), SIZE(2));
}

RUN(add)
{
    UNUSED;
    op_add_q8(args->data[0], args->data[1], args->data[2], args->data[3], (int32_t)items, ZERO(1), ZERO(2),
              ZERO(0));
}

RUN(table)
{
    UNUSED;
    op_table_q8(args->data[0], args->data[1], args->data[2], (int32_t)items);
}

/* The place of number `i` of an array of these sizes, with these strides. */
static int64_t place_of(const hone_strides *walk, const int64_t *sizes, const int64_t *strides, int64_t i)
{
    int64_t place = 0;
    for (int axis = walk->rank - 1; axis >= 0; i /= sizes[axis], axis--)
        place += i % sizes[axis] * strides[axis];
    return place;
}

RUN(walk)
{
    const hone_strides *walk = args->family;
    const int8_t *from = args->data[1];
    int8_t *to = args->data[0];
    UNUSED;
    for (int64_t i = 0; i < items; i++)
        to[i] = from[walk->offset + place_of(walk, walk->dims, walk->a, i)];
}

RUN(pad)
{
    const hone_strides *pad = args->family;
    const int8_t *from = args->data[1];
    int8_t *to = args->data[0];
    int64_t strides[HONE_MAX_RANK], stride = 1, first = 0, count = 1;
    UNUSED;
    for (int axis = pad->rank - 1; axis >= 0; stride *= pad->dims[axis], count *= pad->a[axis], axis--) {
        strides[axis] = stride;
        first += pad->b[axis] * stride;
    }
    op_fill_q8(to, (int32_t)items, ZERO(0));
    for (int64_t i = 0; i < count; i++)
        to[first + place_of(pad, pad->a, strides, i)] = from[i];
}

RUN(concatenate)
{
    const hone_concatenation *joined = args->family;
    int8_t *to = args->data[0];
    UNUSED;
    for (int i = 0; i < joined->count; to += joined->width[i], i++)
        op_copy_rows_q8(to, (int32_t)joined->total, args->data[1 + i], (int32_t)joined->width[i],
                        (int32_t)joined->rows);
}

/* ---- saying ---- */

/* Sizes, then zeros: #0, #1, #2 and #3 of the result, #4 and #5 of operands. */
static void numbers(const hone_c_step *step, int64_t list[HONE_C_NUMBERS])
{
    for (int i = 0; i < 3; i++) {
        list[i] = step->args.size[i];
        list[3 + i] = step->zeros[i];
    }
}

static hone_status write_convolution(hone_c_words *words, const hone_c_step *step)
{
    return hone_internal_c_write_window(words, step,
                                        "op_convolution_q8($0, $1, $2, $3, $4, $5, #4, #3, window)", NULL,
                                        step->form == &hone_internal_c_int8_forms[HONE_C_INT8_TRANSPOSED]);
}

static hone_status write_depthwise(hone_c_words *words, const hone_c_step *step)
{
    return hone_internal_c_write_window(words, step, "op_depthwise_q8($0, $1, $2, $3, $4, #4, #3, window)",
                                        NULL, false);
}

static hone_status write_maximum(hone_c_words *words, const hone_c_step *step)
{
    return hone_internal_c_write_window(words, step, "op_pool_maximum_q8($0, $1, window)", NULL, false);
}

static hone_status write_average(hone_c_words *words, const hone_c_step *step)
{
    return hone_internal_c_write_window(words, step, "op_pool_average_q8($0, $1, window)", NULL, false);
}

#define FORM(...) \
    { \
        .kernel = HONE_KERNEL_COUNT, .numbers = numbers, __VA_ARGS__ \
    }
const hone_c_form hone_internal_c_int8_forms[HONE_C_INT8_FORMS] = {
    [HONE_C_INT8_QUANTIZE] = FORM(.call = "op_quantize($0, $1, #n, %0, #3)", .run = run_quantize),
    [HONE_C_INT8_DEQUANTIZE] = FORM(.call = "op_dequantize($0, $1, #n, %0, #4)", .run = run_dequantize),
    [HONE_C_INT8_DENSE] = FORM(.call = "op_dense_q8($0, $1, $2, $3, $4, #3, #0, #1, #2)", .run = run_dense,
                               .multiply_adds = hone_internal_c_dense_work),
    [HONE_C_INT8_CONVOLUTION] = FORM(.write = write_convolution, .run = run_convolution,
                                     .multiply_adds = hone_internal_c_window_work),
    [HONE_C_INT8_TRANSPOSED] =
        FORM(.write = write_convolution, .run = run_transposed, .multiply_adds = hone_internal_c_window_work),
    [HONE_C_INT8_DEPTHWISE] =
        FORM(.write = write_depthwise, .run = run_depthwise, .multiply_adds = hone_internal_c_window_work),
    [HONE_C_INT8_POOL_MAXIMUM] = FORM(.write = write_maximum, .run = run_pool_maximum),
    [HONE_C_INT8_POOL_AVERAGE] = FORM(.write = write_average, .run = run_pool_average),
    [HONE_C_INT8_MEAN] = FORM(.call = "op_mean_q8($0, $1, $2, #0, #1, #2, #4, #3)", .run = run_mean),
    [HONE_C_INT8_LARGEST] = FORM(.call = "op_largest_q8($0, $1, #0, #1, #2)", .run = run_largest),
    [HONE_C_INT8_ADD] = FORM(.call = "op_add_q8($0, $1, $2, $3, #n, #4, #5, #3)", .run = run_add),
    [HONE_C_INT8_TABLE] = FORM(.call = "op_table_q8($0, $1, $2, #n)", .run = run_table),
    [HONE_C_INT8_WALK] = FORM(.write = hone_internal_c_write_walk, .run = run_walk),
    [HONE_C_INT8_PAD] = FORM(.write = hone_internal_c_write_pad, .run = run_pad),
    [HONE_C_INT8_CONCATENATE] = FORM(.write = hone_internal_c_write_concatenate, .run = run_concatenate),
};
