/* Operations of keras.ops on frequencies: Fourier transforms of complex numbers, given as two tensors, and of
 * real ones; sequences cut from signals, their frequencies, and the way back. All but the two-dimensional
 * ones are along the last axis. */
#include "ops/fourier.h"
#include "operations/constant.h"
#include "operations/operations.h"
#include "ops/matrix.h"

#include <math.h>

enum { MOST_PLACES = 1 << 26, MOST_LENGTH = 1 << 20 };
static const double pi = 3.14159265358979323846;

HONE_OPERATION_ARGS(plain, HONE_OPERATION_FIELDS)

#define FREQUENCIES(thing, class, arguments, ...) \
    HONE_OPERATION_OF(math, thing, class, arguments##_args, arguments##_fields, arguments##_defaults, \
                      .call = call_##thing, __VA_ARGS__);
#define OF_COMPLEX .inputs_min = 2, .inputs_max = 2

/* ---- complex numbers: real and imaginary parts ---- */

static bool both_scaled(hone_graph *graph, hone_value x[2], double factor)
{
    for (int i = 0; i < 2; i++)
        x[i] = hone_op_affine(graph, x[i], factor, 0);
    return x[0] >= 0 && x[1] >= 0;
}

static int call_fft(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                    hone_value *outputs)
{
    (void)layer, (void)count;
    return hone_internal_op_fourier(graph, inputs, false, outputs) ? 2 : hone_error_status();
}
FREQUENCIES(fft, "FFT", plain, OF_COMPLEX)

/* Along the last axis, then along the one before it. */
static bool in_two_ways(hone_graph *graph, const hone_value *x, bool inverse, hone_value *results)
{
    if (hone_value_shape(graph, x[0]).rank < 2 || hone_value_shape(graph, x[1]).rank < 2)
        return hone_fail(HONE_ERROR_SHAPE, "an input of at least two axes is needed") >= 0;
    if (!hone_internal_op_fourier(graph, x, inverse, results))
        return false;
    for (int i = 0; i < 2; i++)
        results[i] = hone_internal_op_transpose_matrix(graph, results[i]);
    if (!hone_internal_op_fourier(graph, results, inverse, results))
        return false;
    for (int i = 0; i < 2; i++)
        results[i] = hone_internal_op_transpose_matrix(graph, results[i]);
    return results[0] >= 0 && results[1] >= 0;
}

static int call_fft2(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                     hone_value *outputs)
{
    (void)layer, (void)count;
    return in_two_ways(graph, inputs, false, outputs) ? 2 : hone_error_status();
}
FREQUENCIES(fft2, "FFT2", plain, OF_COMPLEX)

static int call_ifft2(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                      hone_value *outputs)
{
    (void)layer, (void)count;
    if (!in_two_ways(graph, inputs, true, outputs))
        return hone_error_status();
    const int64_t places = hone_value_size(graph, outputs[0], -1) * hone_value_size(graph, outputs[0], -2);
    return both_scaled(graph, outputs, 1 / (double)places) ? 2 : hone_error_status();
}
FREQUENCIES(ifft2, "IFFT2", plain, OF_COMPLEX)

/* ---- real numbers ---- */

/* The last axis cut to `size` places, or filled up with zeros. */
static hone_value with_length(hone_graph *graph, hone_value x, int64_t size)
{
    const int rank = hone_value_shape(graph, x).rank;
    const int64_t now = rank > 0 ? hone_value_size(graph, x, -1) : 0;
    int64_t before[HONE_MAX_RANK] = {0}, after[HONE_MAX_RANK] = {0};
    if (rank == 0 || now == HONE_ANY) {
        hone_fail(HONE_ERROR_SHAPE, "the last axis must have a known size");
        return HONE_NO_VALUE;
    }
    if (size <= now)
        return size == now ? x : hone_op_slice(graph, x, -1, 0, size);
    after[rank - 1] = size - now;
    return hone_op_pad(graph, x, before, after, 0);
}

/* The frequencies 0 .. n / 2 of real numbers; the others are their mirror images. */
static bool of_real(hone_graph *graph, hone_value x, hone_value *results)
{
    const hone_value parts[2] = {x, hone_op_affine(graph, x, 0, 0)};
    if (!hone_internal_op_fourier(graph, parts, false, results))
        return false;
    const int64_t kept = hone_value_size(graph, x, -1) / 2 + 1;
    for (int i = 0; i < 2; i++)
        results[i] = hone_op_slice(graph, results[i], -1, 0, kept);
    return results[0] >= 0 && results[1] >= 0;
}

/* Real numbers [..., n] from the frequencies 0 .. n / 2. */
static hone_value to_real(hone_graph *graph, const hone_value *x, int64_t n)
{
    hone_value whole[2], results[2];
    for (int i = 0; i < 2; i++) {
        const hone_value half = with_length(graph, x[i], n / 2 + 1);
        whole[i] = half;
        if (half >= 0 && n > 2) {
            hone_value mirror = hone_op_reverse(graph, hone_op_slice(graph, half, -1, 1, n - n / 2), -1);
            mirror = i == 1 ? hone_op_negative(graph, mirror) : mirror;
            whole[i] = hone_op_concatenate(graph, (hone_value[]){half, mirror}, 2, -1);
        }
        whole[i] = whole[i] >= 0 ? with_length(graph, whole[i], n) : whole[i];
    }
    if (!hone_internal_op_fourier(graph, whole, true, results))
        return HONE_NO_VALUE;
    return hone_op_affine(graph, results[0], 1 / (double)n, 0);
}

#define LENGTH_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, fft_length, HONE_NONE_INTEGER, "places in time (None: by the input)", \
      HONE_BETWEEN(1, MOST_LENGTH))
HONE_OPERATION_ARGS(length, LENGTH_FIELDS)

static int call_rfft(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                     hone_value *outputs)
{
    const int64_t length = ((const length_args *)hone_layer_args(layer))->fft_length;
    const hone_value x = length == HONE_NONE_INTEGER ? inputs[0] : with_length(graph, inputs[0], length);
    (void)count;
    return x >= 0 && of_real(graph, x, outputs) ? 2 : hone_error_status();
}
FREQUENCIES(rfft, "RFFT", length, .inputs_max = 1)

static int call_irfft(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                      hone_value *outputs)
{
    const int64_t length = ((const length_args *)hone_layer_args(layer))->fft_length;
    int64_t n = length;
    (void)count;
    if (length == HONE_NONE_INTEGER) {
        n = hone_value_shape(graph, inputs[0]).rank > 0 ? 2 * (hone_value_size(graph, inputs[0], -1) - 1) : 0;
        if (n < 1)
            return hone_fail(HONE_ERROR_SHAPE, "without fft_length at least 2 frequencies are needed");
    }
    outputs[0] = to_real(graph, inputs, n);
    return 1;
}
FREQUENCIES(irfft, "IRFFT", length, OF_COMPLEX)

/* ---- sequences ---- */

#define SEQUENCE_FIELDS(F, A) \
    F(A, INTEGER, sequence_length, HONE_NONE_INTEGER, "places of a sequence", HONE_REQUIRED, \
      HONE_BETWEEN(1, MOST_LENGTH)) \
    F(A, INTEGER, sequence_stride, HONE_NONE_INTEGER, "places from the begin of one to that of the next", \
      HONE_REQUIRED, HONE_BETWEEN(1, MOST_LENGTH))
#define CUT_FIELDS(F, A) HONE_OPERATION_FIELDS(F, A) SEQUENCE_FIELDS(F, A)
HONE_OPERATION_ARGS(cut, CUT_FIELDS)

/* Whether so many sequences can be worked on; false with a message. */
static bool are_few(int64_t sequences, int64_t length)
{
    if (sequences <= MOST_PLACES / length)
        return true;
    hone_fail(HONE_ERROR_SHAPE,
              "%lld sequences of %lld places have more than %d together, the most there may be",
              (long long)sequences, (long long)length, (int)MOST_PLACES);
    return false;
}

/* The places of all sequences, one after the other; HONE_NO_VALUE with a message. */
static hone_value places_of(hone_graph *graph, const hone_layer *layer, int64_t size, int64_t length,
                            int64_t stride)
{
    hone_constant places = {.shape = {.rank = 1}};
    if (size == HONE_ANY || size < length) {
        hone_fail(HONE_ERROR_SHAPE, "the last axis must have at least %lld places, one sequence",
                  (long long)length);
        return HONE_NO_VALUE;
    }
    const int64_t sequences = (size - length) / stride + 1;
    if (!are_few(sequences, length))
        return HONE_NO_VALUE;
    places.count = places.shape.size[0] = sequences * length;
    places.numbers =
        hone_internal_arena_allocate(&graph->arena, sizeof *places.numbers * (size_t)places.count);
    if (places.numbers == NULL)
        return HONE_NO_VALUE;
    for (int64_t i = 0; i < places.count; i++)
        places.numbers[i] = (double)(i / length * stride + i % length);
    return hone_internal_constant_value(graph, layer, &places);
}

/* [..., t] to [..., count, length]: rows of x with the time first, chosen by number. */
static hone_value cut(hone_graph *graph, const hone_layer *layer, hone_value x, int64_t length,
                      int64_t stride)
{
    hone_shape shape = hone_value_shape(graph, x);
    int order[HONE_MAX_RANK] = {shape.rank - 1};
    const int64_t size = shape.rank > 0 ? shape.size[shape.rank - 1] : 0;
    if (shape.rank >= HONE_MAX_RANK) {
        hone_fail(HONE_ERROR_SHAPE, "its input may have %d axes, not %d", HONE_MAX_RANK - 1, shape.rank);
        return HONE_NO_VALUE;
    }
    const hone_value places = places_of(graph, layer, size, length, stride);
    if (places < 0)
        return HONE_NO_VALUE;
    for (int axis = 1; axis < shape.rank; axis++)
        order[axis] = axis - 1;
    x = hone_op_reshape(graph, hone_op_transpose(graph, x, order), HONE_SHAPE(size, HONE_ANY));
    x = hone_op_transpose(graph, hone_op_gather_rows(graph, x, places), (const int[]){1, 0});
    shape.size[shape.rank - 1] = hone_value_size(graph, places, 0) / length;
    shape.size[shape.rank++] = length;
    return hone_op_reshape(graph, x, shape);
}

HONE_OPERATION_CALL(extract_sequences, cut_args,
                    cut(graph, layer, x, args->sequence_length, args->sequence_stride))
FREQUENCIES(extract_sequences, "ExtractSequences", cut, .inputs_max = 1)

#define WINDOW_FIELDS(F, A) \
    F(A, TEXT, window, "hann", "weights of the places of a sequence (None: 1)", .none_too = true, \
      HONE_ONE_OF("hann|hamming")) \
    F(A, BOOLEAN, center, true, "sequences reach over the ends by half of fft_length")
#define SHORT_TIME_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    SEQUENCE_FIELDS(F, A) \
    F(A, INTEGER, fft_length, HONE_NONE_INTEGER, "places of a sequence with zeros around it", HONE_REQUIRED, \
      HONE_BETWEEN(1, MOST_LENGTH)) \
    WINDOW_FIELDS(F, A)
HONE_OPERATION_ARGS(short_time, SHORT_TIME_FIELDS)

/* The window w in the middle of fft_length zeros (None: ones throughout): 0.5 - 0.5 cos(2 pi t / length), or
 * 0.54 - 0.46 cos of it; NULL with a message. */
static double *window_of(hone_graph *graph, const char *name, int64_t length, int64_t whole)
{
    if (whole < length) {
        hone_fail(HONE_ERROR_ARGUMENT, "fft_length must be at least sequence_length, %lld, not %lld",
                  (long long)length, (long long)whole);
        return NULL;
    }
    double *w = hone_internal_arena_allocate(&graph->arena, sizeof *w * (size_t)whole);
    const int64_t before = (whole - length) / 2;
    const double middle = name != NULL && name[2] == 'm' ? 0.54 : 0.5;
    for (int64_t i = 0; w != NULL && i < whole; i++) {
        const int64_t t = i - before;
        const bool inside = t >= 0 && t < length;
        w[i] = name == NULL ? 1
               : !inside    ? 0
                            : middle - (1 - middle) * cos(2 * pi * (double)t / (double)length);
    }
    return w;
}

static hone_value constant_row(hone_graph *graph, const hone_layer *layer, double *numbers, int64_t count)
{
    const hone_constant row = {.shape = HONE_SHAPE(count), .numbers = numbers, .count = count};
    return hone_internal_constant_value(graph, layer, &row);
}

/* `around` places before and behind, mirrored at the ends. */
static hone_value mirrored(hone_graph *graph, hone_value x, int64_t around)
{
    const int64_t size = hone_value_size(graph, x, -1);
    if (around == 0)
        return x;
    if (size == HONE_ANY || size <= around) {
        hone_fail(HONE_ERROR_SHAPE, "with center the last axis must have more than %lld places, not %lld",
                  (long long)around, (long long)size);
        return HONE_NO_VALUE;
    }
    const hone_value parts[3] = {
        hone_op_reverse(graph, hone_op_slice(graph, x, -1, 1, around + 1), -1), x,
        hone_op_reverse(graph, hone_op_slice(graph, x, -1, size - around - 1, size - 1), -1)};
    return hone_op_concatenate(graph, parts, 3, -1);
}

static int call_stft(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                     hone_value *outputs)
{
    const short_time_args *args = hone_layer_args(layer);
    double *window = window_of(graph, args->window, args->sequence_length, args->fft_length);
    hone_value x = inputs[0];
    (void)count;
    if (window == NULL)
        return hone_error_status();
    if (hone_value_shape(graph, x).rank == 0)
        return hone_fail(HONE_ERROR_SHAPE, "an input of at least one axis is needed");
    x = args->center ? mirrored(graph, x, args->fft_length / 2) : x;
    x = x < 0 ? x : cut(graph, layer, x, args->fft_length, args->sequence_stride);
    x = x < 0 ? x : hone_op_multiply(graph, x, constant_row(graph, layer, window, args->fft_length));
    return x >= 0 && of_real(graph, x, outputs) ? 2 : hone_error_status();
}
FREQUENCIES(stft, "STFT", short_time, .inputs_max = 1)

/* ---- and back ---- */

#define BACK_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    SEQUENCE_FIELDS(F, A) \
    F(A, INTEGER, fft_length, HONE_NONE_INTEGER, "places of a sequence with zeros around it", HONE_REQUIRED, \
      HONE_BETWEEN(1, MOST_LENGTH)) \
    F(A, INTEGER, length, HONE_NONE_INTEGER, "places of the result (None: as many as there are)", \
      HONE_AT_LEAST(1)) \
    WINDOW_FIELDS(F, A)
HONE_OPERATION_ARGS(back, BACK_FIELDS)

/* Sequences [..., count, length] added up, each `stride` places behind the one before: parts of `stride`
 * places of all sequences make one row each, which is shifted. */
static hone_value added_up(hone_graph *graph, hone_value x, int64_t stride)
{
    hone_shape shape = hone_value_shape(graph, x);
    const int64_t length = shape.size[shape.rank - 1], sequences = shape.size[shape.rank - 2],
                  parts = (length + stride - 1) / stride;
    hone_value sum = HONE_NO_VALUE;
    x = with_length(graph, x, parts * stride);
    shape.rank--;
    shape.size[shape.rank - 1] = sequences * stride;
    for (int64_t i = 0; i < parts && x >= 0; i++) {
        int64_t before[HONE_MAX_RANK] = {0}, after[HONE_MAX_RANK] = {0};
        before[shape.rank - 1] = i * stride;
        after[shape.rank - 1] = (parts - 1 - i) * stride;
        const hone_value row = hone_op_pad(
            graph, hone_op_reshape(graph, hone_op_slice(graph, x, -1, i * stride, (i + 1) * stride), shape),
            before, after, 0);
        sum = i == 0 ? row : hone_op_add(graph, sum, row);
    }
    return sum < 0 ? sum : with_length(graph, sum, length + stride * (sequences - 1));
}

/* What each place of the result is multiplied by: the sum of all w^2 that lie over it, and Keras's scale. */
static hone_value weights_of(hone_graph *graph, const hone_layer *layer, const double *window,
                             int64_t sequences)
{
    const back_args *args = hone_layer_args(layer);
    const int64_t whole = args->fft_length, stride = args->sequence_stride,
                  size = whole + stride * (sequences - 1);
    double *weights = hone_internal_arena_allocate(&graph->arena, sizeof *weights * (size_t)size);
    const double scale = args->window != NULL ? 1 : (double)whole / (double)stride;
    if (weights == NULL)
        return HONE_NO_VALUE;
    for (int64_t i = 0; i < size; i++)
        weights[i] = 0;
    for (int64_t i = 0; i < sequences * whole; i++)
        weights[i / whole * stride + i % whole] += window[i % whole] * window[i % whole];
    for (int64_t i = 0; i < size; i++)
        weights[i] = scale / (weights[i] > 1e-10 ? weights[i] : 1);
    return constant_row(graph, layer, weights, size);
}

/* The part of the result that Keras gives; without a length what center put around it is left out. */
static hone_value part_asked_for(hone_graph *graph, hone_value y, const back_args *args)
{
    const int64_t size = hone_value_size(graph, y, -1), first = args->center ? args->fft_length / 2 : 0;
    const int64_t end = args->length == HONE_NONE_INTEGER ? size - first
                        : args->length < size - first     ? first + args->length
                                                          : size;
    if (end <= first) {
        hone_fail(HONE_ERROR_SHAPE, "its result would be empty: %lld places, of which %lld lie before it",
                  (long long)size, (long long)first);
        return HONE_NO_VALUE;
    }
    return first == 0 && end == size ? y : hone_op_slice(graph, y, -1, first, end);
}

static int call_istft(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                      hone_value *outputs)
{
    const back_args *args = hone_layer_args(layer);
    double *window = window_of(graph, args->window, args->sequence_length, args->fft_length);
    const hone_shape shape = hone_value_shape(graph, inputs[0]);
    (void)count;
    if (window == NULL)
        return hone_error_status();
    if (shape.rank < 2 || shape.size[shape.rank - 2] == HONE_ANY)
        return hone_fail(HONE_ERROR_SHAPE, "an input of a known number of sequences is needed");
    const int64_t sequences = shape.size[shape.rank - 2];
    if (!are_few(sequences, args->fft_length) || !are_few(sequences, args->sequence_stride))
        return hone_error_status();
    hone_value y = to_real(graph, inputs, args->fft_length);
    y = y < 0 ? y : hone_op_multiply(graph, y, constant_row(graph, layer, window, args->fft_length));
    y = y < 0 ? y : added_up(graph, y, args->sequence_stride);
    y = y < 0 ? y : hone_op_multiply(graph, y, weights_of(graph, layer, window, sequences));
    outputs[0] = y < 0 ? y : part_asked_for(graph, y, args);
    return 1;
}
FREQUENCIES(istft, "ISTFT", back, OF_COMPLEX)
