/* stft_spectrogram: frames of x [n, t, c] times two kernels [frame_length, 1, f], the same for each channel:
 * convolutions in c groups, of kernels [frame_length, 1, c f] that repeat them. real and imag are [n, frames,
 * c f]; the modes are functions of the two. */
#include "base/limits.h"
#include "layers/convolution.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

HONE_FIELD_TABLE(hone_stft_spectrogram_args, HONE_STFT_SPECTROGRAM_FIELDS);

static const double EPSILON = 1e-7; /* keras.config.epsilon() */

/* ---- the frames ---- */

static int64_t fft_length(const hone_stft_spectrogram_args *args)
{
    int64_t power = 1;
    while (power < args->frame_length)
        power *= 2;
    return args->fft_length != HONE_NONE_INTEGER ? args->fft_length : power;
}

static int64_t frame_step(const hone_stft_spectrogram_args *args)
{
    return args->frame_step != HONE_NONE_INTEGER ? args->frame_step : args->frame_length / 2;
}

typedef struct frames {
    int64_t length[1], step[1], one[1];
} frames;

static hone_window_arguments frames_of(const hone_stft_spectrogram_args *args, frames *room)
{
    room->length[0] = args->frame_length;
    room->step[0] = frame_step(args);
    room->one[0] = 1;
    return (hone_window_arguments){
        1,         room->length,  room->step,
        room->one, args->padding, hone_internal_space_channels_first(args->data_format)};
}

static bool is_mode(const hone_layer *layer, const char *mode)
{
    return strcmp(((const hone_stft_spectrogram_args *)hone_layer_args(layer))->mode, mode) == 0;
}

/* ---- building ---- */

static hone_status check(const hone_stft_spectrogram_args *args)
{
    if (frame_step(args) > args->frame_length || frame_step(args) < 1)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "frame_step must be from 1 to frame_length, %" PRId64 ", not %" PRId64,
                         args->frame_length, frame_step(args));
    if (fft_length(args) < args->frame_length || fft_length(args) < 2)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "fft_length must be at least frame_length, %" PRId64 ", and 2, not %" PRId64,
                         args->frame_length, fft_length(args));
    const uint64_t numbers = 2 * (uint64_t)args->frame_length * (uint64_t)(fft_length(args) / 2 + 1);
    if (numbers > hone_internal_limits.layer_tables)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "its waves would have %" PRIu64
                         " numbers, more than the limit of %zu; frame_length %" PRId64
                         " and fft_length %" PRId64 " are too large",
                         numbers, hone_internal_limits.layer_tables, args->frame_length, fft_length(args));
    return HONE_OK;
}

static hone_status add_kernel(hone_layer *layer, const char *name, const char *side)
{
    const hone_stft_spectrogram_args *args = hone_layer_args(layer);
    char initializer[160];
    snprintf(initializer, sizeof initializer, "stft(side=%s, window=%s, scaling=%s, periodic=%s)", side,
             args->window != NULL ? args->window : "none", args->scaling != NULL ? args->scaling : "none",
             args->periodic ? "true" : "false");
    const hone_weight kernel = {.name = name,
                                .shape = HONE_SHAPE(args->frame_length, 1, fft_length(args) / 2 + 1),
                                .initializer = initializer};
    return hone_layer_add_weight(layer, &kernel) == NULL ? hone_error_status() : HONE_OK;
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_stft_spectrogram_args *args = hone_layer_args(layer);
    frames room;
    int64_t channels;
    HONE_TRY(check(args));
    const hone_window_arguments window = frames_of(args, &room);
    HONE_TRY(hone_internal_convolution_check(&window, inputs[0], &channels));
    if (!is_mode(layer, "imag"))
        HONE_TRY(add_kernel(layer, "real_kernel", "real"));
    return is_mode(layer, "real") ? HONE_OK : add_kernel(layer, "imag_kernel", "imag");
}

/* ---- the call ---- */

/* Joined along the last axis. */
static hone_value behind(hone_graph *graph, hone_value x, hone_value y)
{
    return hone_op_concatenate(graph, (hone_value[]){x, y}, 2, -1);
}

/* real or imag, [n, frames, c f]; HONE_NO_VALUE where the mode needs none. */
static hone_value transform(hone_layer *layer, hone_graph *graph, hone_value x, const char *name)
{
    hone_variable *weight = hone_layer_weight(layer, name);
    frames room;
    const hone_window_arguments window = frames_of(hone_layer_args(layer), &room);
    const int64_t channels = hone_value_size(graph, x, -1);
    if (weight == NULL)
        return HONE_NO_VALUE;
    hone_value kernel = hone_graph_variable(graph, weight), all = kernel;
    for (int64_t c = 1; c < channels && all >= 0; c++)
        all = behind(graph, all, kernel);
    return hone_internal_convolution_record(graph, &window, x, all, channels);
}

static hone_value is_less(hone_graph *graph, hone_value x, hone_value y)
{
    return hone_op_binary(graph, "less", x, y);
}

/* The angle of (x, y) from -pi to pi. With q = y / x, or x / y where that is smaller than 1, it is atan(q)
 * and half a turn where x < 0, or a quarter turn less atan(q), with the sign of y. */
static hone_value angle(hone_graph *graph, hone_value x, hone_value y)
{
    static const double pi = 3.14159265358979323846;
    const hone_value zero = hone_graph_constant(graph, 0),
                     steep = is_less(graph, hone_op_absolute(graph, x), hone_op_absolute(graph, y)),
                     sign = hone_op_affine(graph, is_less(graph, y, zero), -2, 1),
                     q = hone_op_binary(graph, "divide_no_nan", hone_op_select(graph, steep, x, y),
                                        hone_op_select(graph, steep, y, x)),
                     a = hone_op_unary(graph, "atan", q, (hone_parameters){0}),
                     turned =
                         hone_op_multiply(graph, is_less(graph, x, zero), hone_op_affine(graph, sign, pi, 0));
    return hone_op_select(graph, steep, hone_op_subtract(graph, hone_op_affine(graph, sign, pi / 2, 0), a),
                          hone_op_add(graph, a, turned));
}

/* Per channel the frequencies of real and then those of imag: [n, frames, c 2 f]. */
static hone_value join(hone_graph *graph, hone_value real, hone_value imag, int64_t channels)
{
    const int64_t each = hone_value_size(graph, real, -1) / channels;
    hone_value all = HONE_NO_VALUE;
    for (int64_t c = 0; c < channels; c++) {
        const hone_value own = hone_op_slice(graph, real, -1, c * each, (c + 1) * each),
                         both = behind(graph, own, hone_op_slice(graph, imag, -1, c * each, (c + 1) * each));
        all = c == 0 ? both : behind(graph, all, both);
    }
    return all;
}

/* Frequencies other than the first and the last one count twice: for the negative ones. */
static hone_value double_inner(hone_graph *graph, hone_value power, int64_t channels)
{
    const int64_t each = hone_value_size(graph, power, -1) / channels;
    const hone_value once = hone_graph_filled(graph, HONE_SHAPE(1), 1);
    hone_value factors = once;
    for (int64_t c = 0; c < channels; c++) {
        if (each > 2)
            factors = behind(graph, factors, hone_graph_filled(graph, HONE_SHAPE(each - 2), 2));
        factors = behind(graph, factors, once);
        if (c + 1 < channels)
            factors = behind(graph, factors, once);
    }
    return hone_op_multiply(graph, power, factors);
}

static hone_value compute(hone_layer *layer, hone_graph *graph, hone_value x)
{
    const int64_t channels = hone_value_size(graph, x, -1);
    const hone_value real = transform(layer, graph, x, "real_kernel"),
                     imag = transform(layer, graph, x, "imag_kernel");
    if (is_mode(layer, "real") || is_mode(layer, "imag"))
        return is_mode(layer, "real") ? real : imag;
    if (is_mode(layer, "angle"))
        return angle(graph, real, imag);
    if (is_mode(layer, "stft"))
        return join(graph, real, imag, channels);
    const hone_value power = hone_op_add(graph, hone_op_square(graph, real), hone_op_square(graph, imag)),
                     least = hone_graph_constant(graph, EPSILON);
    if (is_mode(layer, "psd"))
        return double_inner(graph, power, channels);
    const hone_value magnitude = hone_op_sqrt(graph, hone_op_maximum(graph, power, least));
    return is_mode(layer, "magnitude") ? magnitude
                                       : hone_op_log(graph, hone_op_maximum(graph, magnitude, least));
}

/* [n, frames, c f] with frequencies and channels on axes of their own. */
static hone_value expand(hone_graph *graph, hone_value y, int64_t channels, bool channels_first)
{
    const hone_shape flat = hone_value_shape(graph, y);
    const hone_shape shape = HONE_SHAPE(flat.size[0], flat.size[1], channels, flat.size[2] / channels);
    static const int last[] = {0, 1, 3, 2}, first[] = {0, 2, 1, 3};
    const int *order = channels_first ? first : last;
    if (flat.size[0] == HONE_ANY && flat.size[1] == HONE_ANY) { /* no numbers yet */
        hone_shape moved = shape;
        for (int axis = 0; axis < 4; axis++)
            moved.size[axis] = shape.size[order[axis]];
        return hone_internal_graph_input(graph, moved, NULL);
    }
    return hone_op_transpose(graph, hone_op_reshape(graph, y, shape), order);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_stft_spectrogram_args *args = hone_layer_args(layer);
    const bool channels_first = hone_internal_space_channels_first(args->data_format);
    const hone_value x = hone_internal_space_enter(graph, inputs[0], channels_first),
                     y = compute(layer, graph, x);
    outputs[0] = args->expand_dims ? expand(graph, y, hone_value_size(graph, x, -1), channels_first)
                                   : hone_internal_space_leave(graph, y, channels_first);
    return 1;
}

const hone_layer_type hone_internal_stft_spectrogram_layer = {
    .type = {.name = "stft_spectrogram",
             .class_name = "STFTSpectrogram",
             .module = "keras.layers",
             .summary = "The frequencies of frames of sound, by trainable kernels.",
             HONE_TYPE_FIELDS(hone_stft_spectrogram_args)},
    .build = build,
    .call = call,
};
HONE_DEFINE_LAYER(stft_spectrogram)
