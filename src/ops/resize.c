/* Another number of places along one axis, as jax.image.resize has it: with s = (i + 1/2) n / m - 1/2 and,
 * where n places become m, t = antialias ? max(n / m, 1) : 1,
 *
 *     y[i] = sum_j w[i, j] x[j],  w[i, j] = f(|s - j| / t) / sum_j f(|s - j| / t)  over the places j that
 * there are.
 *
 * "nearest" takes x[floor((i + 1/2) n / m)]. Back, dx[j] = sum_i w[i, j] dy[i]: the same with w transposed.
 */
#include "ops/resize.h"
#include "kernels/resize.h"
#include "base/memory.h"
#include "ops/ops.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Beyond this a float does not count every place. */
static const int64_t most_places = (int64_t)1 << 24;
static const double pi = 3.14159265358979323846;

/* ---- filters: f(x) for x >= 0, which is 0 from `radius` on ---- */

static double triangle(double x, double radius)
{
    (void)radius;
    return x < 1 ? 1 - x : 0;
}

/* Keys, 1981, with a = -1/2. */
static double cubic(double x, double radius)
{
    (void)radius;
    return x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

static double lanczos(double x, double radius)
{
    if (x <= 1e-3)
        return 1;
    return x <= radius ? radius * sin(pi * x) * sin(pi * x / radius) / (pi * pi * x * x) : 0;
}

typedef struct filter {
    const char *name;
    double (*weigh)(double x, double radius); /* NULL: the nearest place alone */
    double radius;
} filter;

static const filter filters[] = {
    {"nearest", NULL, 0},     {"bilinear", triangle, 1}, {"bicubic", cubic, 2},
    {"lanczos3", lanczos, 3}, {"lanczos5", lanczos, 5},
};
enum { FILTERS = sizeof filters / sizeof *filters };

typedef struct resize_attributes {
    int axis, filter;
    int64_t from, to; /* sizes of x and y in the direction that is not transposed; `from` is known when run */
    bool antialias, transposed;
} resize_attributes;

/* ---- weights ---- */

/* Takes each weight w[i, j] in order. */
typedef void weight_taker(void *context, int64_t i, int64_t j, double weight);

static void visit_row(const resize_attributes *a, int64_t i, weight_taker *take, void *context)
{
    const filter *f = &filters[a->filter];
    const double from = (double)a->from, to = (double)a->to;
    const double stretch = a->antialias && from > to ? from / to : 1,
                 at = ((double)i + 0.5) * from / to - 0.5;
    int64_t first = (int64_t)ceil(at - f->radius * stretch), last = (int64_t)floor(at + f->radius * stretch);
    double sum = 0;
    first = first < 0 ? 0 : first;
    last = last > a->from - 1 ? a->from - 1 : last;
    for (int64_t j = first; j <= last; j++)
        sum += f->weigh(fabs(at - (double)j) / stretch, f->radius);
    for (int64_t j = first; j <= last; j++) {
        const double weight = f->weigh(fabs(at - (double)j) / stretch, f->radius);
        if (weight != 0 && fabs(sum) > 1000 * 0x1p-23)
            take(context, i, j, weight / sum);
    }
}

static void visit_weights(const resize_attributes *a, weight_taker *take, void *context)
{
    for (int64_t i = 0; i < a->to; i++)
        if (filters[a->filter].weigh != NULL) {
            visit_row(a, i, take, context);
        } else {
            const int64_t j = (int64_t)(((float)i + 0.5f) * (float)a->from / (float)a->to);
            take(context, i, j < a->from ? j : a->from - 1, 1);
        }
}

typedef struct weights {
    bool transposed;
    int64_t *start, *place;
    double *weight;
} weights;

static void count_weight(void *context, int64_t i, int64_t j, double weight)
{
    const weights *w = context;
    (void)weight;
    w->start[(w->transposed ? j : i) + 1]++;
}

/* start[row] is where its next weight goes. */
static void put_weight(void *context, int64_t i, int64_t j, double weight)
{
    const weights *w = context;
    const int64_t k = w->start[w->transposed ? j : i]++;
    w->place[k] = w->transposed ? i : j;
    w->weight[k] = weight;
}

static hone_status make_weights(hone_step *step, const resize_attributes *a, int64_t rows,
                                hone_resize *resize)
{
    weights w = {.transposed = a->transposed};
    w.start = hone_internal_arena_allocate(step->arena, ((size_t)rows + 1) * sizeof *w.start);
    if (w.start == NULL)
        return HONE_ERROR_MEMORY;
    visit_weights(a, count_weight, &w);
    for (int64_t row = 0; row < rows; row++)
        w.start[row + 1] += w.start[row];
    const size_t count = (size_t)w.start[rows] + 1;
    w.place = hone_internal_arena_allocate(step->arena, count * sizeof *w.place);
    w.weight = hone_internal_arena_allocate(step->arena, count * sizeof *w.weight);
    if (w.place == NULL || w.weight == NULL)
        return HONE_ERROR_MEMORY;
    visit_weights(a, put_weight, &w);
    memmove(w.start + 1, w.start, (size_t)rows * sizeof *w.start);
    w.start[0] = 0;
    resize->start = w.start;
    resize->place = w.place;
    resize->weight = w.weight;
    return HONE_OK;
}

static void add_to_matrix(void *context, int64_t i, int64_t j, double weight)
{
    hone_resize_matrix *matrix = context;
    matrix->numbers[i * matrix->columns + j] += (float)weight;
}

hone_status hone_internal_op_resize_matrix(const hone_graph *graph, const hone_node *node,
                                           hone_resize_matrix *matrix)
{
    const resize_attributes *a = node->attributes;
    const int64_t columns = hone_value_size(graph, node->inputs[0], a->axis);
    *matrix = (hone_resize_matrix){.axis = a->axis, .rows = a->to, .columns = columns};
    if (columns == HONE_ANY || a->from == HONE_ANY || a->transposed)
        return hone_fail(HONE_ERROR_UNSUPPORTED, "resize: the size of axis %d is not known", a->axis);
    matrix->numbers = hone_internal_allocate_zeroed((size_t)(a->to * columns), sizeof *matrix->numbers);
    if (matrix->numbers == NULL)
        return HONE_ERROR_MEMORY;
    visit_weights(a, add_to_matrix, matrix);
    return HONE_OK;
}

/* ---- the operation ---- */

static hone_status infer(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    const resize_attributes *a = node->attributes;
    outputs[0] = hone_value_shape(graph, node->inputs[0]);
    if (outputs[0].size[a->axis] == 0)
        return hone_fail(HONE_ERROR_SHAPE, "resize: axis %d of its input has no places", a->axis);
    if (outputs[0].size[a->axis] > most_places)
        return hone_fail(HONE_ERROR_SHAPE,
                         "resize: axis %d of its input has %" PRId64 " places, more than %" PRId64, a->axis,
                         outputs[0].size[a->axis], most_places);
    outputs[0].size[a->axis] = a->transposed ? a->from : a->to;
    return HONE_OK;
}

/* Products that a tile adds up. */
enum { PRODUCTS = 16 * 1024 };

static hone_status prepare(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const resize_attributes *a = node->attributes;
    const hone_shape y = hone_value_shape(graph, node->outputs[0]);
    hone_resize *resize = hone_internal_step_family(step, sizeof *resize);
    int64_t outer;
    if (resize == NULL)
        return HONE_ERROR_MEMORY;
    hone_internal_shape_split(y, a->axis, &outer, &resize->rows, &resize->inner);
    resize->columns = hone_value_size(graph, node->inputs[0], a->axis);
    HONE_TRY(make_weights(step, a, resize->rows, resize));
    hone_internal_step_operands(step, node);
    step->kernel = HONE_KERNEL_resize;
    step->items = outer * resize->rows;
    const int64_t work =
        (resize->start[resize->rows] / (resize->rows > 0 ? resize->rows : 1) + 1) * resize->inner;
    step->grain = work < PRODUCTS ? PRODUCTS / (work > 0 ? work : 1) : 1;
    step->traits = (hone_step_traits){.tiles_share_operands = true};
    return HONE_OK;
}

static hone_value record(hone_graph *graph, hone_value x, const resize_attributes *attributes);

static hone_status gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                            const bool *wanted, hone_value *gradients)
{
    resize_attributes attributes = *(const resize_attributes *)node->attributes;
    (void)wanted;
    attributes.transposed = !attributes.transposed;
    gradients[0] = record(graph, outputs[0], &attributes);
    return gradients[0] < 0 ? hone_error_status() : HONE_OK;
}

static const hone_op resize_op = {.name = "resize", .infer = infer, .gradient = gradient, .prepare = prepare};

static hone_value record(hone_graph *graph, hone_value x, const resize_attributes *attributes)
{
    return hone_internal_graph_node(graph, &resize_op, &x, 1, attributes, sizeof *attributes, NULL);
}

static int find_filter(const char *name)
{
    const char *names[FILTERS];
    for (int i = 0; i < FILTERS; i++) {
        names[i] = filters[i].name;
        if (strcmp(name, names[i]) == 0)
            return i;
    }
    return hone_internal_fail_name("interpolation", name, names, FILTERS);
}

hone_value hone_op_resize(hone_graph *graph, hone_value x, int axis, int64_t size, const char *interpolation,
                          bool antialias)
{
    if (x < 0)
        return HONE_NO_VALUE;
    const hone_shape shape = hone_value_shape(graph, x);
    resize_attributes attributes = {.axis = hone_internal_shape_axis(shape, axis, "resize"),
                                    .filter = find_filter(interpolation),
                                    .to = size,
                                    .antialias = antialias};
    if (attributes.axis < 0 || attributes.filter < 0)
        return HONE_NO_VALUE;
    if (size < 1 || size > most_places) {
        hone_fail(HONE_ERROR_ARGUMENT, "resize: a size must be from 1 to %" PRId64 ", not %" PRId64,
                  most_places, size);
        return HONE_NO_VALUE;
    }
    attributes.from = shape.size[attributes.axis];
    return attributes.from == size ? x : record(graph, x, &attributes);
}
