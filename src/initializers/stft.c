/* stft: the kernel (frame_length, 1, frequencies) of a short-time Fourier transform over N = 2 (frequencies -
 * 1) points: w[t] cos(2 pi t f / N) / s, or - w[t] sin(2 pi t f / N) / s, with s = sqrt(sum w^2) (density),
 * sum |w| (spectrum), or 1. */
#include "initializers/stft.h"
#include "base/error.h"
#include "base/memory.h"
#include "initializers/initializers.h"
#include <math.h>
#include <string.h>

#define STFT_FIELDS(F, A) \
    F(A, TEXT, side, "real", "the cosines or the sines", HONE_ONE_OF("real|imag")) \
    F(A, TEXT, window, "hann", "window by which each frame is multiplied", .none_too = true) \
    F(A, TEXT, scaling, "density", "what the window is divided by", .none_too = true, \
      HONE_ONE_OF("density|spectrum")) \
    F(A, BOOLEAN, periodic, false, "a window of one sample more, without its last one")
HONE_ARGS_STRUCT(stft_args, STFT_FIELDS);
HONE_FIELD_TABLE(stft_args, STFT_FIELDS);

static const double pi = 3.14159265358979323846;

/* ---- windows, symmetric, over m points ---- */

static double triangle(int64_t n, int64_t m)
{
    const int64_t near = n < m - 1 - n ? n : m - 1 - n; /* from the nearer end */
    return m % 2 == 1 ? 2.0 * (double)(near + 1) / (double)(m + 1) : (double)(2 * near + 1) / (double)m;
}

static double bartlett(int64_t n, int64_t m)
{
    const int64_t near = n < m - 1 - n ? n : m - 1 - n;
    return 2.0 * (double)near / (double)(m - 1);
}

static double half_cosine(int64_t n, int64_t m)
{
    return sin(pi / (double)m * ((double)n + 0.5));
}

static double parzen(int64_t n, int64_t m)
{
    const double place = fabs((double)n - (double)(m - 1) / 2), part = place / ((double)m / 2),
                 rest = 1 - part;
    return place <= (double)(m - 1) / 4 ? 1 - 6 * part * part * rest : 2 * rest * rest * rest;
}

static double bohman(int64_t n, int64_t m)
{
    const double place = fabs(2.0 * (double)n / (double)(m - 1) - 1);
    return n == 0 || n == m - 1 ? 0 : (1 - place) * cos(pi * place) + sin(pi * place) / pi;
}

static double barthann(int64_t n, int64_t m)
{
    const double place = fabs((double)n / (double)(m - 1) - 0.5);
    return 0.62 - 0.48 * place + 0.38 * cos(2 * pi * place);
}

/* Sums of cosines have their coefficients, the others a function. */
static const struct {
    const char *name;
    double cosines[5];
    double (*value)(int64_t n, int64_t m);
} windows[] = {
    {"hann", {0.5, 0.5}, NULL},
    {"hamming", {0.54, 0.46}, NULL},
    {"blackman", {0.42, 0.50, 0.08}, NULL},
    {"boxcar", {1}, NULL},
    {"nuttall", {0.3635819, 0.4891775, 0.1365995, 0.0106411}, NULL},
    {"blackmanharris", {0.35875, 0.48829, 0.14128, 0.01168}, NULL},
    {"flattop", {0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368}, NULL},
    {"bartlett", {0}, bartlett},
    {"triang", {0}, triangle},
    {"cosine", {0}, half_cosine},
    {"parzen", {0}, parzen},
    {"bohman", {0}, bohman},
    {"barthann", {0}, barthann},
};

static double sum_of_cosines(const double *cosines, int64_t n, int64_t m)
{
    const double angle = 2 * pi * (double)n / (double)(m - 1) - pi;
    double sum = 0;
    for (int k = 0; k < 5; k++)
        sum += cosines[k] * cos(k * angle);
    return sum;
}

void hone_internal_sound_window(const char *name, bool periodic, int64_t length, double *window)
{
    const int64_t m = length + periodic;
    for (int64_t n = 0; n < length; n++)
        window[n] = 1;
    for (size_t i = 0; name != NULL && length > 1 && i < sizeof windows / sizeof *windows; i++)
        for (int64_t n = 0; n < length && strcmp(windows[i].name, name) == 0; n++)
            window[n] =
                windows[i].value != NULL ? windows[i].value(n, m) : sum_of_cosines(windows[i].cosines, n, m);
}

static hone_status check_window(const char *name)
{
    enum { COUNT = sizeof windows / sizeof *windows };
    const char *names[COUNT];
    bool known = name == NULL;
    for (size_t i = 0; i < COUNT; i++) {
        names[i] = windows[i].name;
        known = known || strcmp(names[i], name) == 0;
    }
    return known ? HONE_OK : hone_internal_fail_name("window", name, names, COUNT);
}

double hone_internal_sound_wave(bool sine, int64_t t, int64_t f, int64_t points)
{
    const double angle = 2 * pi * (double)(t * f % points) / (double)points;
    return sine ? -sin(angle) : cos(angle);
}

/* ---- the initializer ---- */

static double scale_of(const stft_args *args, const double *window, int64_t length)
{
    double sum = 0;
    if (args->window == NULL || args->scaling == NULL)
        return 1;
    const bool squares = args->scaling[0] == 'd';
    for (int64_t t = 0; t < length; t++)
        sum += squares ? window[t] * window[t] : fabs(window[t]);
    return squares ? sqrt(sum) : sum;
}

static hone_status fill_stft(const hone_fill *fill, const void *opaque)
{
    const stft_args *args = opaque;
    HONE_TRY(check_window(args->window));
    if (fill->shape.rank != 3 || fill->shape.size[1] != 1 || fill->shape.size[2] < 2)
        return hone_fail(HONE_ERROR_SHAPE,
                         "stft: expected a kernel (frame_length, 1, frequencies) of 2 frequencies or more");
    const int64_t length = fill->shape.size[0], frequencies = fill->shape.size[2],
                  points = 2 * (frequencies - 1);
    double *window = hone_internal_allocate(sizeof *window * (size_t)length);
    if (window == NULL)
        return HONE_ERROR_MEMORY;
    hone_internal_sound_window(args->window, args->periodic, length, window);
    const double scale = scale_of(args, window, length);
    for (int64_t t = 0; t < length; t++)
        for (int64_t f = 0; f < frequencies; f++)
            fill->data[t * frequencies + f] =
                (float)(window[t] * hone_internal_sound_wave(args->side[0] == 'i', t, f, points) / scale);
    hone_internal_free(window);
    return HONE_OK;
}

const hone_initializer_type hone_internal_stft_initializer = {
    .type = {.name = "stft",
             .class_name = "STFT",
             .module = "keras.initializers",
             .aliases = "STFTInitializer",
             .summary = "The kernels of a short-time Fourier transform.",
             HONE_TYPE_FIELDS(stft_args)},
    .fill = fill_stft,
};
