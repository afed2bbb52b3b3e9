/* Operations that look at images through windows with given weights: patches, blur, edges; columns of windows
 * (unfold) and their sums (fold). Each is a convolution by a constant kernel. */
#include "fields/fields.h"
#include "base/plural.h"
#include "layers/convolution.h"
#include "operations/constant.h"
#include "operations/operations.h"

#include <math.h>

enum { IMAGE_AXES = 2, MOST_WEIGHTS = 1 << 26 };

#define WINDOW(place, thing, class, arguments, result) \
    HONE_OPERATION_CALL(thing, arguments##_args, result) \
    HONE_OPERATION_OF(place, thing, class, arguments##_args, arguments##_fields, arguments##_defaults, \
                      .call = call_##thing);
#define FORMAT_FIELDS(F, A) \
    F(A, TEXT, data_format, NULL, "where the channels are (None: last)", \
      HONE_ONE_OF("channels_last|channels_first"))
#define EACH HONE_AT_LEAST(1), .scalar_or_list = true
#define NOTHING \
    { \
        0, HONE_NONE_INTEGER \
    }
#define ONE \
    { \
        1, HONE_NONE_INTEGER \
    }

/* The same number for height and width, or one for each; false with a message. */
static bool spread(const int64_t *given, const char *name, int64_t *sizes)
{
    int count = 0;
    while (count < HONE_MAX_RANK && given[count] != HONE_NONE_INTEGER)
        count++;
    for (int axis = 0; axis < IMAGE_AXES; axis++)
        sizes[axis] = given[count == 1 ? 0 : axis];
    return count == 1 || count == IMAGE_AXES ||
           hone_fail(HONE_ERROR_SHAPE, "%s must be one number or two, for height and width, not %d", name,
                     count) >= 0;
}

/* A window over images of [n, h, w, channels]; its arrays are in here. */
typedef struct own_window {
    hone_window_arguments arguments;
    int64_t size[IMAGE_AXES], strides[IMAGE_AXES], dilation[IMAGE_AXES], channels;
} own_window;

static void complete(own_window *window, const char *padding, const char *data_format)
{
    window->arguments = (hone_window_arguments){
        IMAGE_AXES,       window->size, window->strides,
        window->dilation, padding,      hone_internal_space_channels_first(data_format)};
}

/* The weights [height, width, a, b] of a kernel, zeros to begin with; NULL with a message. */
static double *begin_kernel(hone_graph *graph, const own_window *window, int64_t a, int64_t b,
                            hone_constant *kernel)
{
    kernel->shape = hone_internal_convolution_kernel_shape(&window->arguments, a, b);
    kernel->count = hone_internal_shape_count(kernel->shape);
    if (kernel->count < 0 || kernel->count > MOST_WEIGHTS) {
        hone_fail(HONE_ERROR_ARGUMENT, "a window of %lld x %lld over %lld channel%s is too large",
                  (long long)window->size[0], (long long)window->size[1], (long long)window->channels,
                  hone_internal_plural(window->channels));
        return NULL;
    }
    kernel->numbers =
        hone_internal_arena_allocate(&graph->arena, sizeof *kernel->numbers * (size_t)kernel->count);
    for (int64_t i = 0; kernel->numbers != NULL && i < kernel->count; i++)
        kernel->numbers[i] = 0;
    return kernel->numbers;
}

/* ---- every number of a window as a channel of its own ---- */

/* One filter for each place and channel of the window, whose number it hands on. The filters count places
 * first and channels last, or channels first. */
static hone_value hand_on(hone_graph *graph, const hone_layer *layer, const own_window *window,
                          bool channels_first)
{
    const int64_t c = window->channels, places = window->size[0] * window->size[1],
                  filters = hone_internal_size_product(places, c);
    hone_constant kernel;
    double *weights = begin_kernel(graph, window, c, filters, &kernel);
    if (weights == NULL)
        return HONE_NO_VALUE;
    for (int64_t place = 0; place < places; place++)
        for (int64_t channel = 0; channel < c; channel++) {
            const int64_t filter = channels_first ? channel * places + place : place * c + channel;
            weights[(place * c + channel) * filters + filter] = 1;
        }
    return hone_internal_constant_value(graph, layer, &kernel);
}

static bool check(hone_graph *graph, hone_value x, own_window *window)
{
    return hone_internal_convolution_check(&window->arguments, hone_value_shape(graph, x),
                                           &window->channels) >= 0;
}

#define PATCH_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, size, HONE_NO_INTEGERS, "height and width of a patch", HONE_REQUIRED, EACH) \
    F(A, INTEGERS, strides, HONE_NO_INTEGERS, "steps between patches (None: their size)", EACH) \
    F(A, INTEGERS, dilation_rate, ONE, "steps between the places of a patch", EACH) \
    F(A, TEXT, padding, "valid", "what stands around the images", HONE_ONE_OF("valid|same")) \
    FORMAT_FIELDS(F, A)
HONE_OPERATION_ARGS(patch, PATCH_FIELDS)

static hone_value patches(hone_graph *graph, const hone_layer *layer, hone_value x, const patch_args *args)
{
    own_window window;
    const int64_t *strides = args->strides[0] == HONE_NONE_INTEGER ? args->size : args->strides;
    if (!spread(args->size, "size", window.size) || !spread(strides, "strides", window.strides) ||
        !spread(args->dilation_rate, "dilation_rate", window.dilation))
        return HONE_NO_VALUE;
    complete(&window, args->padding, args->data_format);
    if (!check(graph, x, &window))
        return HONE_NO_VALUE;
    const bool first = window.arguments.channels_first;
    hone_value y =
        hone_internal_convolution_record(graph, &window.arguments, hone_internal_space_enter(graph, x, first),
                                         hand_on(graph, layer, &window, false), 1);
    return hone_internal_space_leave(graph, y, first);
}
WINDOW(image, extract_patches, "ExtractPatches", patch, patches(graph, layer, x, args))

/* ---- windows as columns, and back ---- */

#define COLUMN_FIELDS(F, A) \
    F(A, INTEGERS, kernel_size, HONE_NO_INTEGERS, "height and width of a window", HONE_REQUIRED, EACH) \
    F(A, INTEGERS, dilation, ONE, "steps between the places of a window", EACH) \
    F(A, INTEGERS, padding, NOTHING, "zeros on each side", HONE_AT_LEAST(0), .scalar_or_list = true) \
    F(A, INTEGERS, stride, ONE, "steps between windows", EACH)
#define UNFOLD_FIELDS(F, A) HONE_OPERATION_FIELDS(F, A) COLUMN_FIELDS(F, A)
HONE_OPERATION_ARGS(unfold, UNFOLD_FIELDS)

static bool read_columns(const int64_t *size, const int64_t *dilation, const int64_t *padding,
                         const int64_t *stride, own_window *window, int64_t *border)
{
    complete(window, "valid", "channels_first");
    return spread(size, "kernel_size", window->size) && spread(dilation, "dilation", window->dilation) &&
           spread(padding, "padding", border) && spread(stride, "stride", window->strides);
}

/* [n, c, h, w] to [n, c height width, windows] */
static hone_value unfolded(hone_graph *graph, const hone_layer *layer, hone_value x, const unfold_args *args)
{
    own_window window;
    int64_t border[IMAGE_AXES];
    if (!read_columns(args->kernel_size, args->dilation, args->padding, args->stride, &window, border))
        return HONE_NO_VALUE;
    if (hone_value_shape(graph, x).rank == 4 && (border[0] > 0 || border[1] > 0)) {
        int64_t around[HONE_MAX_RANK] = {0, 0, border[0], border[1]};
        x = hone_op_pad(graph, x, around, around, 0);
    }
    if (x < 0 ||
        hone_internal_convolution_check(&window.arguments, hone_value_shape(graph, x), &window.channels) < 0)
        return HONE_NO_VALUE;
    hone_value y =
        hone_internal_convolution_record(graph, &window.arguments, hone_internal_space_enter(graph, x, true),
                                         hand_on(graph, layer, &window, true), 1);
    y = hone_internal_space_leave(graph, y, true);
    hone_shape shape = hone_value_shape(graph, y);
    shape.size[2] = hone_internal_size_product(shape.size[2], shape.size[3]);
    shape.rank = 3;
    return y < 0 ? y : hone_op_reshape(graph, y, shape);
}
WINDOW(nn, unfold, "Unfold", unfold, unfolded(graph, layer, x, args))

#define FOLD_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, output_size, HONE_NO_INTEGERS, "height and width of the result", HONE_REQUIRED, EACH) \
    COLUMN_FIELDS(F, A)
HONE_OPERATION_ARGS(fold, FOLD_FIELDS)

/* The rows of windows along each axis of an image, border included, of `whole` places. */
static bool count_windows(const own_window *window, const int64_t *whole, int64_t *count)
{
    for (int axis = 0; axis < IMAGE_AXES; axis++) {
        const int64_t reach = window->dilation[axis] * (window->size[axis] - 1) + 1;
        if (reach > whole[axis]) {
            hone_fail(HONE_ERROR_SHAPE, "a window of %lld places does not fit into %lld", (long long)reach,
                      (long long)whole[axis]);
            return false;
        }
        count[axis] = (whole[axis] - reach) / window->strides[axis] + 1;
    }
    return true;
}

/* Places without a window at the end, and no border: y is [n, c, h, w]. */
static hone_value trimmed(hone_graph *graph, hone_value y, const int64_t *whole, const int64_t *border)
{
    for (int axis = 0; axis < IMAGE_AXES && y >= 0; axis++) {
        int64_t none[HONE_MAX_RANK] = {0}, after[HONE_MAX_RANK] = {0};
        after[axis + 2] = whole[axis] - hone_value_size(graph, y, axis + 2);
        if (after[axis + 2] > 0)
            y = hone_op_pad(graph, y, none, after, 0);
        if (border[axis] > 0)
            y = hone_op_slice(graph, y, axis + 2, border[axis], whole[axis] - border[axis]);
    }
    return y;
}

/* [n, c height width, windows] to [n, c, h, w]: what unfold takes apart is summed where it came from, by the
 * transposed convolution. */
static hone_value folded(hone_graph *graph, const hone_layer *layer, hone_value x, const fold_args *args)
{
    own_window window;
    int64_t border[IMAGE_AXES], whole[IMAGE_AXES], count[IMAGE_AXES];
    const int64_t no_padding[] = {HONE_NONE_INTEGER};
    if (!read_columns(args->kernel_size, args->dilation, args->padding, args->stride, &window, border) ||
        !spread(args->output_size, "output_size", whole))
        return HONE_NO_VALUE;
    for (int axis = 0; axis < IMAGE_AXES; axis++)
        whole[axis] += 2 * border[axis];
    hone_shape shape = hone_value_shape(graph, x);
    const int64_t places = window.size[0] * window.size[1];
    if (!count_windows(&window, whole, count))
        return HONE_NO_VALUE;
    if (shape.rank != 3 || shape.size[1] % places != 0 || shape.size[2] != count[0] * count[1]) {
        hone_fail(HONE_ERROR_SHAPE,
                  "its input must be (batch, a multiple of %lld, %lld) for these windows: the channels times "
                  "their places, and how many there are",
                  (long long)places, (long long)(count[0] * count[1]));
        return HONE_NO_VALUE;
    }
    window.channels = shape.size[1] / places;
    shape = (hone_shape){.rank = 4, .size = {shape.size[0], shape.size[1], count[0], count[1]}};
    if (hone_internal_convolution_check_transpose(&window.arguments, no_padding) < 0)
        return HONE_NO_VALUE;
    hone_value inner = hone_internal_space_enter(graph, hone_op_reshape(graph, x, shape), true),
               y = hone_internal_convolution_record_transpose(graph, &window.arguments, no_padding, inner,
                                                              hand_on(graph, layer, &window, true));
    return trimmed(graph, hone_internal_space_leave(graph, y, true), whole, border);
}
WINDOW(nn, fold, "Fold", fold, folded(graph, layer, x, args))

/* ---- the same weights for each channel ---- */

/* Each channel by `filters` filters, weights [height, width, filters]; the result has filters channels for
 * each one of x, which has its channels last. */
static hone_value filtered(hone_graph *graph, const hone_layer *layer, hone_value x, own_window *window,
                           const double *weights, int64_t filters)
{
    hone_constant kernel;
    const int64_t places = window->size[0] * window->size[1];
    if (!check(graph, x, window))
        return HONE_NO_VALUE;
    double *numbers = begin_kernel(graph, window, window->channels, filters, &kernel);
    if (numbers == NULL)
        return HONE_NO_VALUE;
    for (int64_t place = 0; place < places; place++)
        for (int64_t channel = 0; channel < window->channels; channel++)
            for (int64_t filter = 0; filter < filters; filter++)
                *numbers++ = weights[place * filters + filter];
    return hone_internal_convolution_record_depthwise(
        graph, &window->arguments, hone_internal_space_enter(graph, x, window->arguments.channels_first),
        hone_internal_constant_value(graph, layer, &kernel));
}

#define BLUR_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, kernel_size, THREE, "width and height of the window", EACH, .always_list = true) \
    F(A, NUMBERS, sigma, ONES, "standard deviations along width and height", .items = 2) \
    FORMAT_FIELDS(F, A)
#define THREE \
    { \
        3, 3, HONE_NONE_INTEGER \
    }
#define ONES \
    { \
        1, 1 \
    }
HONE_OPERATION_ARGS(blur, BLUR_FIELDS)

/* e^(-x^2 / 2 s^2) about the middle, divided by their sum. */
static void bell(double *weights, int64_t count, double sigma)
{
    double sum = 0;
    for (int64_t i = 0; i < count; i++) {
        const double apart = ((double)i - (double)(count - 1) / 2) / sigma;
        sum += weights[i] = exp(-0.5 * apart * apart);
    }
    for (int64_t i = 0; i < count; i++)
        weights[i] /= sum;
}

/* The products of two bells, [tall, wide]; NULL with a message. */
static double *bell_window(hone_graph *graph, int64_t tall, int64_t wide, double sigma_down,
                           double sigma_along)
{
    if (wide > 4096 || tall > 4096) {
        hone_fail(HONE_ERROR_ARGUMENT, "a window may be at most 4096 wide and tall");
        return NULL;
    }
    double *weights = hone_internal_arena_allocate(&graph->arena,
                                                   sizeof *weights * (size_t)(wide * tall + wide + tall)),
           *along = weights == NULL ? NULL : weights + wide * tall,
           *down = along == NULL ? NULL : along + wide;
    if (weights == NULL)
        return NULL;
    bell(along, wide, sigma_along);
    bell(down, tall, sigma_down);
    for (int64_t i = 0; i < wide * tall; i++)
        weights[i] = down[i / wide] * along[i % wide];
    return weights;
}

static hone_value blurred(hone_graph *graph, const hone_layer *layer, hone_value x, const blur_args *args)
{
    own_window window = {.strides = {1, 1}, .dilation = {1, 1}};
    int64_t given[IMAGE_AXES];
    if (!spread(args->kernel_size, "kernel_size", given))
        return HONE_NO_VALUE;
    const hone_numbers sigma = hone_internal_numbers_of(&args->sigma);
    const double *weights = bell_window(graph, given[1], given[0], sigma.items[1], sigma.items[0]);
    window.size[0] = given[1];
    window.size[1] = given[0];
    complete(&window, "same", args->data_format);
    return weights == NULL ? HONE_NO_VALUE
                           : hone_internal_space_leave(graph, filtered(graph, layer, x, &window, weights, 1),
                                                       window.arguments.channels_first);
}
WINDOW(image, gaussian_blur, "GaussianBlur", blur, blurred(graph, layer, x, args))

#define EDGE_FIELDS(F, A) HONE_OPERATION_FIELDS(F, A) FORMAT_FIELDS(F, A)
HONE_OPERATION_ARGS(edge, EDGE_FIELDS)

/* How much brighter it becomes downward and to the right, as a last axis of two. */
static hone_value edges(hone_graph *graph, const hone_layer *layer, hone_value x, const edge_args *args)
{
    static const double weights[3 * 3 * 2] = {-1, -1, -2, 0, -1, 1, 0, -2, 0, 0, 0, 2, 1, -1, 2, 0, 1, 1};
    static const int channels_first[] = {0, 3, 1, 2, 4};
    own_window window = {.size = {3, 3}, .strides = {1, 1}, .dilation = {1, 1}};
    complete(&window, "same", args->data_format);
    hone_value y = filtered(graph, layer, x, &window, weights, 2);
    hone_shape shape = hone_value_shape(graph, y);
    if (y < 0)
        return y;
    shape.size[3] = window.channels;
    shape.size[shape.rank++] = 2;
    y = hone_op_reshape(graph, y, shape);
    return window.arguments.channels_first ? hone_op_transpose(graph, y, channels_first) : y;
}
WINDOW(image, sobel_edges, "SobelEdges", edge, edges(graph, layer, x, args))

/* ---- how alike two images are ---- */

#define ALIKE_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, NUMBER, max_val, 1, "the greatest number there may be") \
    F(A, INTEGER, filter_size, 11, "width and height of the window", HONE_BETWEEN(1, 4096)) \
    F(A, NUMBER, filter_sigma, 1.5, "standard deviation of its weights") \
    F(A, NUMBER, k1, 0.01, "keeps means near 0 from counting") \
    F(A, NUMBER, k2, 0.03, "keeps variances near 0 from counting") FORMAT_FIELDS(F, A)
HONE_OPERATION_ARGS(alike, ALIKE_FIELDS)
#define IMAGES_FIELDS(F, A) \
    HONE_OPERAND(F, A, image1, "the first images when they are a constant") \
    HONE_OPERAND(F, A, image2, "the second images when they are a constant")
HONE_OPERATION_CALL_FIELDS(images, IMAGES_FIELDS)

/* What weighted means are taken with. */
typedef struct weighing {
    const hone_layer *layer;
    own_window window;
    const double *weights;
} weighing;

static hone_value weighed(hone_graph *graph, weighing *w, hone_value x, hone_value y)
{
    const hone_value product = y < 0 ? x : hone_op_multiply(graph, x, y);
    return product < 0 ? product : filtered(graph, w->layer, product, &w->window, w->weights, 1);
}

/* 2 p + c */
static hone_value twice(hone_graph *graph, hone_value p, double c)
{
    return hone_op_affine(graph, p, 2, c);
}

/* The mean over places and channels of (2 m1 m2 + c1) (2 v12 + c2) / ((m1^2 + m2^2 + c1) (v1 + v2 + c2)), m
 * the weighted mean, v the weighted mean of products less the product of means. */
static hone_value alikeness(hone_graph *graph, weighing *w, const hone_value *x, const alike_args *args)
{
    const double c1 = pow(args->k1 * args->max_val, 2), c2 = pow(args->k2 * args->max_val, 2);
    const hone_value m1 = weighed(graph, w, x[0], HONE_NO_VALUE), m2 = weighed(graph, w, x[1], HONE_NO_VALUE),
                     m11 = hone_op_square(graph, m1), m22 = hone_op_square(graph, m2),
                     m12 = hone_op_multiply(graph, m1, m2), means = hone_op_add(graph, m11, m22),
                     squares =
                         hone_op_add(graph, weighed(graph, w, x[0], x[0]), weighed(graph, w, x[1], x[1])),
                     variances = hone_op_subtract(graph, squares, means),
                     mixed = hone_op_subtract(graph, weighed(graph, w, x[0], x[1]), m12),
                     above = hone_op_multiply(graph, twice(graph, m12, c1), twice(graph, mixed, c2)),
                     below = hone_op_multiply(graph, hone_op_affine(graph, means, 1, c1),
                                              hone_op_affine(graph, variances, 1, c2));
    return hone_op_reduce(graph, "mean", hone_op_divide(graph, above, below), (const int[]){1, 2, 3}, 3,
                          false);
}

static int call_ssim(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                     hone_value *outputs)
{
    const alike_args *args = hone_layer_args(layer);
    const int64_t size = args->filter_size;
    const bool first = hone_internal_space_channels_first(args->data_format);
    hone_value x[2];
    weighing w = {layer, {.size = {size, size}, .strides = {1, 1}, .dilation = {1, 1}}, NULL};
    HONE_TRY(hone_internal_operands(layer, graph, inputs, count, 2, x));
    if (hone_value_shape(graph, x[0]).rank != 4 || hone_value_shape(graph, x[1]).rank != 4)
        return hone_fail(HONE_ERROR_SHAPE, "images of shape (batch, height, width, channels) are needed");
    w.weights = bell_window(graph, size, size, args->filter_sigma, args->filter_sigma);
    complete(&w.window, "valid", "channels_last");
    if (w.weights == NULL)
        return hone_error_status();
    for (int i = 0; i < 2; i++)
        if ((x[i] = hone_internal_space_enter(graph, x[i], first)) < 0)
            return hone_error_status();
    outputs[0] = alikeness(graph, &w, x, args);
    return 1;
}
HONE_OPERATION_OF(image, ssim, "SSIM", alike_args, alike_fields, alike_defaults, .call = call_ssim,
                  HONE_OPERATION_OPERANDS(images_call_type, 2));
