/* discretization: the number of the bin of each number, that is how many boundaries are at most x (NaN: all
 * of them), as an id or a vector. */
#include "base/memory.h"
#include "layers/categories.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

HONE_FIELD_TABLE(hone_discretization_args, HONE_DISCRETIZATION_FIELDS);

typedef struct state {
    hone_variable *boundaries; /* [bins - 1] */
} state;

static void free_state(hone_layer *layer)
{
    state *own = hone_layer_state(layer);
    hone_internal_variable_free(own->boundaries);
    own->boundaries = NULL;
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_discretization_args *args = hone_layer_args(layer);
    const double *given = args->bin_boundaries_list;
    int64_t boundaries = (int64_t)args->bin_boundaries_count;
    if (boundaries == 0)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         args->num_bins == HONE_NONE_INTEGER
                             ? "bin_boundaries or num_bins must be given"
                             : "the bins are not learned yet: call hone_discretization_adapt first");
    for (int64_t i = 1; i < boundaries; i++)
        if (given[i] < given[i - 1])
            return hone_fail(HONE_ERROR_ARGUMENT, "bin_boundaries must ascend: %g follows %g", given[i],
                             given[i - 1]);
    if (inputs[0].rank >= HONE_MAX_RANK)
        return hone_fail(HONE_ERROR_SHAPE, "its input has too many axes");
    HONE_TRY(hone_internal_categories_check(args->output_mode, inputs[0]));
    free_state(layer);
    state *own = hone_layer_state(layer);
    own->boundaries = hone_internal_layer_constant(layer, HONE_SHAPE(boundaries), given, boundaries);
    return own->boundaries == NULL ? hone_error_status() : HONE_OK;
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_discretization_args *args = hone_layer_args(layer);
    hone_variable *boundaries = ((const state *)hone_layer_state(layer))->boundaries;
    hone_value below = hone_op_binary(graph, "less", hone_op_expand(graph, inputs[0], -1),
                                      hone_graph_variable(graph, boundaries));
    hone_value bins = hone_op_sum(graph, hone_op_affine(graph, below, -1, 1), -1);
    outputs[0] = hone_internal_categories_encode(graph, bins, HONE_NO_VALUE, args->output_mode,
                                                 boundaries->shape.size[0] + 1);
    return 1;
}

const hone_layer_type hone_internal_discretization_layer = {
    .type = {.name = "discretization",
             .class_name = "Discretization",
             .module = "keras.layers",
             .summary = "Replaces each number with the index of its bin.",
             HONE_TYPE_FIELDS(hone_discretization_args)},
    .state_bytes = sizeof(state),
    .build = build,
    .call = call,
    .free_state = free_state,
};
HONE_DEFINE_LAYER(discretization)

/* ---- learning the bins, by Keras's summaries: values in ascending order, each with the count it stands for
 * ---- */

typedef struct summary {
    float *values, *weights;
    size_t count;
} summary;

static void free_summary(summary *s)
{
    hone_internal_free(s->values);
    hone_internal_free(s->weights);
    *s = (summary){0};
}

static hone_status make_summary(summary *s, size_t count)
{
    *s = (summary){hone_internal_allocate_zeroed(count + 1, sizeof(float)),
                   hone_internal_allocate_zeroed(count + 1, sizeof(float)), count};
    return s->values == NULL || s->weights == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

static int ascending(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Every step-th of the sorted numbers. */
static hone_status summarize(const hone_array *data, double epsilon, summary *result)
{
    summary all = {0};
    size_t count = (size_t)hone_array_count(data);
    hone_status status = make_summary(&all, count);
    for (size_t i = 0; i < count && status >= 0; i++) {
        all.values[i] = (float)hone_array_number(data, (int64_t)i);
        if (!isfinite(all.values[i]))
            status = hone_fail(HONE_ERROR_DATA, "adapt: number %zu of the data is not finite", i);
    }
    if (status >= 0) {
        qsort(all.values, count, sizeof(float), ascending);
        double step = fmax((double)count / (1 / epsilon), 1);
        size_t first = (size_t)(step - 1), stride = (size_t)step;
        status = make_summary(result, (count - first + stride - 1) / stride);
        for (size_t i = 0; i < result->count && status >= 0; i++) {
            result->values[i] = all.values[first + i * stride];
            result->weights[i] = (float)step;
        }
    }
    free_summary(&all);
    return status;
}

/* The value at x of the line through (at[i], height[i]); constant beyond its ends. */
static double interpolate(double x, const double *at, const double *height, size_t count)
{
    if (x <= at[0])
        return height[0];
    for (size_t i = 1; i < count; i++)
        if (x <= at[i])
            return at[i] > at[i - 1]
                       ? height[i - 1] + (height[i] - height[i - 1]) * (x - at[i - 1]) / (at[i] - at[i - 1])
                       : height[i];
    return height[count - 1];
}

/* At most about 1 / epsilon values: those at equal shares of the weight. */
static hone_status compress(summary *s, double epsilon)
{
    if ((double)s->count * epsilon < 1)
        return HONE_OK;
    summary fewer = {0};
    double *shares = hone_internal_allocate_zeroed(s->count, 3 * sizeof *shares), *sums = shares + s->count,
           *values = sums + s->count;
    hone_status status = shares == NULL ? HONE_ERROR_MEMORY : make_summary(&fewer, (size_t)ceil(1 / epsilon));
    if (status >= 0) {
        float sum = 0;
        for (size_t i = 0; i < s->count; i++) {
            sums[i] = (double)(sum += s->weights[i]);
            values[i] = (double)s->values[i];
        }
        for (size_t i = 0; i < s->count; i++)
            shares[i] = (double)((float)sums[i] / sum);
        double before = 0;
        for (size_t i = 0; i < fewer.count; i++) {
            double share = epsilon + (double)i * epsilon, weight = interpolate(share, shares, sums, s->count);
            fewer.values[i] = (float)interpolate(share, shares, values, s->count);
            fewer.weights[i] = (float)(weight - before);
            before = weight;
        }
        summary old = *s;
        *s = fewer;
        fewer = old;
    }
    hone_internal_free(shares);
    free_summary(&fewer);
    return status;
}

/* A layer that is built keeps the number of its bins. */
static hone_status take_boundaries(hone_layer *layer, const float *boundaries, size_t count)
{
    hone_discretization_args *args = layer->args;
    hone_variable *built = ((const state *)hone_layer_state(layer))->boundaries;
    if (count < 1)
        return hone_fail(HONE_ERROR_DATA, "adapt: the data yield no boundary");
    if (built != NULL && built->shape.size[0] != (int64_t)count)
        return hone_fail(HONE_ERROR_STATE,
                         "adapt: the layer is in use with %lld boundaries and cannot change to %zu",
                         (long long)built->shape.size[0], count);
    double *kept = hone_internal_allocate(count * sizeof *kept);
    if (kept == NULL)
        return HONE_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++)
        kept[i] = (double)boundaries[i];
    hone_internal_free((void *)args->bin_boundaries_list);
    args->bin_boundaries_list = kept;
    args->bin_boundaries_count = count;
    if (built != NULL)
        memcpy(hone_internal_variable_data(built), boundaries, count * sizeof *boundaries);
    return HONE_OK;
}

static hone_status adapt(hone_layer *layer, const hone_array *data)
{
    const hone_discretization_args *args = hone_layer_args(layer);
    summary s = {0};
    if (args->num_bins == HONE_NONE_INTEGER)
        return hone_fail(HONE_ERROR_STATE, "adapt: the layer has bin_boundaries, not num_bins, so it "
                                           "learns no bins");
    if (data->rank < 1 || hone_array_count(data) < 1)
        return hone_fail(HONE_ERROR_DATA, "adapt: the array holds no numbers");
    hone_status status = summarize(data, args->epsilon, &s);
    if (status >= 0)
        status = compress(&s, args->epsilon);
    if (status >= 0)
        status = compress(&s, 1.0 / (double)args->num_bins);
    if (status >= 0)
        status = take_boundaries(layer, s.values, s.count - 1);
    free_summary(&s);
    return status;
}

hone_status hone_discretization_adapt(hone_layer *layer, const hone_array *data)
{
    if (layer == NULL || data == NULL)
        return hone_error_status();
    if (layer->type != &hone_internal_discretization_layer)
        return hone_fail(HONE_ERROR_ARGUMENT, "%s is not a discretization layer",
                         hone_internal_layer_label(layer));
    hone_internal_error_push(layer->site, hone_internal_layer_label(layer));
    hone_status status = adapt(layer, data);
    hone_internal_error_pop();
    return status;
}
