/* mel_spectrogram: frames of the mirrored samples [n, t + fft_length, 1] times cosines and sines
 * [sequence_length, 1, f] under a window, as two convolutions; (real^2 + imag^2)^(mag_exp / 2) times the
 * triangles [f, m]; decibels; [n, m, frames]. */
#include "initializers/stft.h"
#include "layers/layer.h"

#include "base/limits.h"
#include "base/memory.h"

#include <inttypes.h>
#include <math.h>

HONE_FIELD_TABLE(hone_mel_spectrogram_args, HONE_MEL_SPECTROGRAM_FIELDS);

typedef struct state {
    hone_variable *cosines, *sines, *bands;
} state;

static int64_t frame_length(const hone_mel_spectrogram_args *args)
{
    return args->sequence_length != HONE_NONE_INTEGER ? args->sequence_length : args->fft_length;
}

static int64_t frequencies(const hone_mel_spectrogram_args *args)
{
    return args->fft_length / 2 + 1;
}

static double highest_frequency(const hone_mel_spectrogram_args *args)
{
    return isnan(args->max_freq) ? (double)(args->sampling_rate / 2) : args->max_freq;
}

/* ---- what is constant ---- */

static void fill_waves(const hone_mel_spectrogram_args *args, bool sines, const double *window, double *waves)
{
    const int64_t length = frame_length(args), count = frequencies(args), points = args->fft_length,
                  before = (points - length) / 2; /* the frame's place in the middle of the transform */
    for (int64_t t = 0; t < length; t++)
        for (int64_t f = 0; f < count; f++)
            waves[t * count + f] = window[t] * hone_internal_sound_wave(sines, t + before, f, points);
}

static double mel(double hertz)
{
    return 1127 * log(1 + hertz / 700);
}

/* Triangles between edges that are equally far apart in mel, linear in mel; the frequency 0 belongs to none.
 */
static void fill_bands(const hone_mel_spectrogram_args *args, double *bands)
{
    const double low = mel(args->min_freq),
                 step = (mel(highest_frequency(args)) - low) / (double)(args->num_mel_bins + 1);
    for (int64_t f = 0; f < frequencies(args); f++) {
        const double hertz = (double)args->sampling_rate / 2 * (double)f / (double)(frequencies(args) - 1),
                     start = (mel(hertz) - low) / step;
        for (int64_t m = 0; m < args->num_mel_bins; m++) {
            const double place = start - (double)m, rise = place < 2 - place ? place : 2 - place;
            bands[f * args->num_mel_bins + m] = f > 0 && rise > 0 ? rise : 0;
        }
    }
}

/* A table comes of the arguments: a file has no bytes for it, so it does not count against those of its
 * weights. */
static hone_variable *table_of(hone_layer *layer, hone_shape shape, const double *numbers, int64_t count)
{
    hone_allowance *allowance = layer->allowance;
    layer->allowance = NULL;
    hone_variable *made = hone_internal_layer_constant(layer, shape, numbers, count);
    layer->allowance = allowance;
    return made;
}

static hone_variable *make_waves(hone_layer *layer, bool sines)
{
    const hone_mel_spectrogram_args *args = hone_layer_args(layer);
    const int64_t length = frame_length(args), count = length * frequencies(args);
    double *window = hone_internal_allocate((size_t)length * sizeof *window),
           *waves = hone_internal_allocate((size_t)count * sizeof *waves);
    hone_variable *made = NULL;
    if (window != NULL && waves != NULL) {
        hone_internal_sound_window(args->window, true, length, window);
        fill_waves(args, sines, window, waves);
        made = table_of(layer, HONE_SHAPE(length, 1, frequencies(args)), waves, count);
    }
    hone_internal_free(window);
    hone_internal_free(waves);
    return made;
}

static hone_variable *make_bands(hone_layer *layer)
{
    const hone_mel_spectrogram_args *args = hone_layer_args(layer);
    const int64_t count = frequencies(args) * args->num_mel_bins;
    double *bands = hone_internal_allocate((size_t)count * sizeof *bands);
    if (bands == NULL)
        return NULL;
    fill_bands(args, bands);
    hone_variable *made = table_of(layer, HONE_SHAPE(frequencies(args), args->num_mel_bins), bands, count);
    hone_internal_free(bands);
    return made;
}

/* ---- building ---- */

static hone_status check(const hone_mel_spectrogram_args *args, hone_shape input)
{
    const double highest = highest_frequency(args);
    char text[128];
    hone_internal_shape_to_text(input, text, sizeof text);
    if (frame_length(args) > args->fft_length)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "sequence_length must be at most fft_length, %" PRId64 ", not %" PRId64,
                         args->fft_length, frame_length(args));
    if (!(args->min_freq < highest))
        return hone_fail(HONE_ERROR_ARGUMENT, "max_freq must be above min_freq, %g, not %g", args->min_freq,
                         highest);
    if (input.rank != 2)
        return hone_fail(
            HONE_ERROR_SHAPE,
            "needs an input of shape (batch, samples), not %s; of sound with one channel a reshape "
            "layer in front of it drops the axis: reshape([%" PRId64 "])",
            text, input.rank == 3 && input.size[1] != HONE_ANY ? input.size[1] : 16000);
    if (input.size[1] != HONE_ANY && input.size[1] <= args->fft_length / 2)
        return hone_fail(HONE_ERROR_SHAPE,
                         "mirrors fft_length / 2 = %" PRId64
                         " samples at both ends, but its input %s has too "
                         "few for that",
                         args->fft_length / 2, text);
    return HONE_OK;
}

static void free_state(hone_layer *layer)
{
    state *own = hone_layer_state(layer);
    hone_internal_variable_free(own->cosines);
    hone_internal_variable_free(own->sines);
    hone_internal_variable_free(own->bands);
    *own = (state){0};
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_mel_spectrogram_args *args = hone_layer_args(layer);
    state *own = hone_layer_state(layer);
    HONE_TRY(check(args, inputs[0]));
    const uint64_t waves = (uint64_t)frame_length(args) * (uint64_t)frequencies(args),
                   bands = (uint64_t)frequencies(args) * (uint64_t)args->num_mel_bins;
    if (2 * waves + bands > hone_internal_limits.layer_tables)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "its waves and bands would have %" PRIu64 " numbers, more than the limit of %zu; "
                         "fft_length %" PRId64 " and num_mel_bins %" PRId64 " are too large",
                         2 * waves + bands, hone_internal_limits.layer_tables, args->fft_length,
                         args->num_mel_bins);
    HONE_TRY(hone_internal_check_memory(2 * waves + bands, sizeof(double), "the waves and bands of \"%s\"",
                                        hone_internal_layer_label(layer)));
    free_state(layer);
    own->cosines = make_waves(layer, false);
    own->sines = own->cosines == NULL ? NULL : make_waves(layer, true);
    own->bands = own->sines == NULL ? NULL : make_bands(layer);
    return own->bands == NULL ? hone_error_status() : HONE_OK;
}

/* ---- the call ---- */

/* x [n, t] mirrored at both ends, without what no frame reaches: [n, samples, 1]. */
static hone_value mirrored(const hone_mel_spectrogram_args *args, hone_graph *graph, hone_value x)
{
    const int64_t t = hone_value_size(graph, x, 1), half = args->fft_length / 2,
                  before = (args->fft_length - frame_length(args)) / 2,
                  after = args->fft_length - frame_length(args) - before;
    hone_value parts[3] = {x}, whole = x;
    if (half > 0) {
        parts[0] = hone_op_reverse(graph, hone_op_slice(graph, x, 1, 1, half + 1), 1);
        parts[1] = x;
        parts[2] = hone_op_reverse(graph, hone_op_slice(graph, x, 1, t - 1 - half, t - 1), 1);
        whole = hone_op_concatenate(graph, parts, 3, 1);
    }
    const int64_t samples = t + 2 * half;
    return hone_op_expand(graph, hone_op_slice(graph, whole, 1, before, samples - after), 2);
}

static hone_value decibels(const hone_mel_spectrogram_args *args, hone_graph *graph, hone_value x)
{
    static const double ten = 4.342944819032518; /* 10 / ln 10 */
    const double reference =
        fabs(args->ref_power) > args->min_power ? fabs(args->ref_power) : args->min_power;
    const hone_value least = hone_graph_constant(graph, args->min_power),
                     powers = hone_op_log(graph, hone_op_maximum(graph, x, least)),
                     level = hone_op_affine(graph, powers, ten, -ten * log(reference)),
                     loudest = hone_op_reduce(graph, "maximum", level, NULL, 0, false);
    return hone_op_maximum(graph, level, hone_op_affine(graph, loudest, 1, -args->top_db));
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_mel_spectrogram_args *args = hone_layer_args(layer);
    const state *own = hone_layer_state(layer);
    const hone_shape shape = hone_value_shape(graph, inputs[0]);
    const hone_convolution how = {.strides = {args->sequence_stride}};
    static const int order[] = {0, 2, 1};
    HONE_TRY(check(args, shape));
    if (shape.size[1] == HONE_ANY) { /* no numbers yet */
        outputs[0] =
            hone_internal_graph_input(graph, HONE_SHAPE(shape.size[0], args->num_mel_bins, HONE_ANY), NULL);
        return 1;
    }
    const hone_value x = mirrored(args, graph, inputs[0]),
                     real = hone_op_convolution(graph, x, hone_graph_variable(graph, own->cosines), &how),
                     imag = hone_op_convolution(graph, x, hone_graph_variable(graph, own->sines), &how),
                     power = hone_op_add(graph, hone_op_square(graph, real), hone_op_square(graph, imag)),
                     raised = args->mag_exp == 2
                                  ? power
                                  : hone_op_unary(graph, "power_scalar", power,
                                                  (hone_parameters){args->mag_exp / 2, 0, 0, 0}),
                     bands =
                         hone_op_matmul(graph, raised, hone_graph_variable(graph, own->bands), false, false),
                     y = args->power_to_db ? decibels(args, graph, bands) : bands;
    outputs[0] = hone_op_transpose(graph, y, order);
    return 1;
}

const hone_layer_type hone_internal_mel_spectrogram_layer = {
    .type = {.name = "mel_spectrogram",
             .class_name = "MelSpectrogram",
             .module = "keras.layers",
             .summary = "Sound as the power of its frequencies in bands as the ear hears them.",
             HONE_TYPE_FIELDS(hone_mel_spectrogram_args)},
    .state_bytes = sizeof(state),
    .build = build,
    .call = call,
    .free_state = free_state,
};
HONE_DEFINE_LAYER(mel_spectrogram)
