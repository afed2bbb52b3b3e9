/* normalization: (x - mean) / max(sqrt(variance), 1e-7), or back: mean + x max(sqrt(variance), 1e-7).
 *
 * Mean and variance have a number for each index of the kept axes. They are given as arguments, or are
 * weights that never train and that hone_normalization_adapt sets; Keras stores a third one, a count that
 * stays 0. */
#include "base/memory.h"
#include "layers/axes.h"

HONE_FIELD_TABLE(hone_normalization_args, HONE_NORMALIZATION_FIELDS);

static const double least_deviation = 1e-7;

typedef struct state {
    hone_variable *mean, *variance; /* when given as arguments */
} state;

/* The kept axes' sizes, and the shape that broadcasts over x: 1 on every other axis. */
typedef struct kept_axes {
    int axes[HONE_MAX_RANK], count;
    hone_shape statistics, spread;
    int64_t numbers;
} kept_axes;

static hone_status find_axes(const hone_normalization_args *args, hone_shape x, kept_axes *kept)
{
    kept->count = hone_internal_axes_resolve(args->axis, x, kept->axes);
    if (kept->count < 0)
        return hone_error_status();
    kept->statistics = (hone_shape){.rank = kept->count};
    kept->spread = (hone_shape){.rank = x.rank};
    for (int axis = 0; axis < x.rank; axis++)
        kept->spread.size[axis] = 1;
    for (int i = 0; i < kept->count; i++) {
        int64_t size = x.size[kept->axes[i]];
        if (size == HONE_ANY)
            return hone_fail(HONE_ERROR_SHAPE, "the size of axis %d of its input must be known",
                             kept->axes[i]);
        kept->statistics.size[i] = kept->spread.size[kept->axes[i]] = size;
    }
    kept->numbers = hone_internal_shape_count(kept->statistics);
    return HONE_OK;
}

/* Given statistics: one number for all, or one for each index of the last kept axis, or of all kept axes. */
static hone_status keep_given(hone_layer *layer, const kept_axes *kept)
{
    const hone_normalization_args *args = hone_layer_args(layer);
    state *own = hone_layer_state(layer);
    int64_t means = (int64_t)args->mean_count, variances = (int64_t)args->variance_count;
    if (means != variances)
        return hone_fail(
            HONE_ERROR_ARGUMENT,
            "mean has %lld numbers and variance %lld (in C a list that ends in 0 is HONE_NUMBERS(mean, 1, 0))",
            (long long)means, (long long)variances);
    int64_t last = kept->count > 0 ? kept->statistics.size[kept->count - 1] : 1;
    if (means != 1 && means != last && means != kept->numbers)
        return hone_fail(HONE_ERROR_SHAPE,
                         "mean and variance have %lld numbers, but the layer has %lld statistics",
                         (long long)means, (long long)kept->numbers);
    own->mean = hone_internal_layer_constant(layer, kept->statistics, args->mean_list, means);
    own->variance = hone_internal_layer_constant(layer, kept->statistics, args->variance_list, variances);
    return own->mean == NULL || own->variance == NULL ? hone_error_status() : HONE_OK;
}

static void free_state(hone_layer *layer)
{
    state *own = hone_layer_state(layer);
    hone_internal_variable_free(own->mean);
    hone_internal_variable_free(own->variance);
    *own = (state){0};
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_normalization_args *args = hone_layer_args(layer);
    kept_axes kept;
    HONE_TRY(find_axes(args, inputs[0], &kept));
    free_state(layer);
    bool given = args->mean_count > 0;
    if (given != (args->variance_count > 0))
        return hone_fail(HONE_ERROR_ARGUMENT, "mean and variance must be given together");
    if (given)
        return keep_given(layer, &kept);
    hone_weight mean = {"mean", kept.statistics, "zeros", NULL, NULL, true};
    hone_weight variance = {"variance", kept.statistics, "ones", NULL, NULL, true};
    hone_weight number = {"count", {.rank = 0}, "zeros", NULL, NULL, true};
    if (hone_layer_add_weight(layer, &mean) == NULL || hone_layer_add_weight(layer, &variance) == NULL)
        return hone_error_status();
    hone_variable *stored = hone_layer_add_weight(layer, &number);
    if (stored == NULL)
        return hone_error_status();
    stored->integer = true;
    return HONE_OK;
}

/* Statistics in the shape that broadcasts over x. */
static hone_value spread(hone_graph *graph, hone_variable *statistics, hone_shape shape)
{
    hone_value numbers = hone_op_reshape(graph, hone_graph_variable(graph, statistics), shape);
    return hone_internal_layer_round(graph, numbers);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_normalization_args *args = hone_layer_args(layer);
    const state *own = hone_layer_state(layer);
    kept_axes kept;
    HONE_TRY(find_axes(args, hone_value_shape(graph, inputs[0]), &kept));
    hone_variable *means = own->mean != NULL ? own->mean : hone_layer_weight(layer, "mean");
    hone_variable *variances = own->variance != NULL ? own->variance : hone_layer_weight(layer, "variance");
    hone_value mean = spread(graph, means, kept.spread), variance = spread(graph, variances, kept.spread);
    hone_value root = hone_internal_layer_round(graph, hone_op_sqrt(graph, variance));
    double least = hone_internal_layer_round_number(graph, least_deviation);
    hone_value deviation = hone_op_unary(graph, "maximum_scalar", root, (hone_parameters){.a = least});
    hone_value step = args->invert ? hone_op_multiply(graph, inputs[0], deviation)
                                   : hone_op_subtract(graph, inputs[0], mean);
    step = hone_internal_layer_round(graph, step);
    outputs[0] = args->invert ? hone_op_add(graph, mean, step) : hone_op_divide(graph, step, deviation);
    return 1;
}

/* ---- statistics of data ---- */

/* The place among the statistics of element `index` of the data. */
static int64_t place_of(const hone_shape *shape, const kept_axes *kept, int64_t index)
{
    int64_t sizes[HONE_MAX_RANK], place = 0;
    for (int axis = shape->rank - 1; axis >= 0; axis--) {
        sizes[axis] = index % shape->size[axis];
        index /= shape->size[axis];
    }
    for (int i = 0; i < kept->count; i++)
        place = place * kept->statistics.size[i] + sizes[kept->axes[i]];
    return place;
}

static hone_status add_up(const hone_array *data, const hone_shape *shape, const kept_axes *kept,
                          double *mean, double *variance)
{
    int64_t count = hone_array_count(data);
    double each = (double)count / (double)kept->numbers;
    for (int64_t i = 0; i < count; i++) {
        double number = hone_array_number(data, i);
        if (!(number - number == 0))
            return hone_fail(HONE_ERROR_DATA, "adapt: sample %lld contains %s",
                             (long long)(i / (count / shape->size[0])),
                             number != number ? "NaN" : "an infinite number");
        mean[place_of(shape, kept, i)] += number / each;
    }
    for (int64_t i = 0; i < count; i++) {
        int64_t place = place_of(shape, kept, i);
        double distance = hone_array_number(data, i) - mean[place];
        variance[place] += distance * distance / each;
    }
    return HONE_OK;
}

static hone_status check_same_statistics(const hone_layer *layer, const kept_axes *kept)
{
    const hone_variable *mean = hone_layer_weight(layer, "mean");
    if (hone_internal_shape_equal(mean->shape, kept->statistics))
        return HONE_OK;
    char built[128], given[128];
    hone_internal_shape_to_text(mean->shape, built, sizeof built);
    hone_internal_shape_to_text(kept->statistics, given, sizeof given);
    return hone_fail(HONE_ERROR_SHAPE, "adapt: the layer keeps statistics of shape %s, but the data have %s",
                     built, given);
}

static void store(hone_variable *variable, const double *numbers)
{
    float *data = hone_internal_variable_data(variable);
    for (int64_t i = 0; i < hone_internal_variable_count(variable); i++)
        data[i] = (float)numbers[i];
    variable->fresh = false;
}

static hone_status adapt(hone_layer *layer, const hone_array *data)
{
    const hone_normalization_args *args = hone_layer_args(layer);
    if (args->mean_count > 0)
        return hone_fail(HONE_ERROR_STATE, "adapt: the layer has a fixed mean and variance");
    if (data->rank < 1 || hone_array_count(data) < 1)
        return hone_fail(HONE_ERROR_DATA, "adapt: the array holds no samples");
    hone_shape shape = {.rank = data->rank}, input;
    for (int axis = 0; axis < data->rank; axis++)
        shape.size[axis] = data->shape[axis];
    input = shape;
    input.size[0] = HONE_ANY;
    kept_axes kept;
    HONE_TRY(find_axes(args, shape, &kept));
    HONE_TRY(hone_internal_layer_build(layer, &input, 1));
    HONE_TRY(check_same_statistics(layer, &kept));
    HONE_TRY(hone_internal_variables_place(layer->weights, layer->weight_count));
    double *mean = hone_internal_allocate_zeroed((size_t)kept.numbers, 2 * sizeof *mean),
           *variance = mean + kept.numbers;
    if (mean == NULL)
        return HONE_ERROR_MEMORY;
    hone_status status = add_up(data, &shape, &kept, mean, variance);
    if (status >= 0) {
        store(hone_layer_weight(layer, "mean"), mean);
        store(hone_layer_weight(layer, "variance"), variance);
    }
    hone_internal_free(mean);
    return status;
}

static bool needs_data(const hone_layer *layer)
{
    const hone_normalization_args *args = hone_layer_args(layer);
    const hone_variable *mean = hone_layer_weight(layer, "mean");
    return args->mean_count == 0 && (mean == NULL || mean->fresh);
}

const hone_layer_type hone_internal_normalization_layer = {
    .type = {.name = "normalization",
             .class_name = "Normalization",
             .module = "keras.layers",
             .summary = "Scales data to mean 0 and variance 1 by fixed statistics: given, or "
                        "those of the training data (a recipe takes them before training, in C hone_adapt).",
             HONE_TYPE_FIELDS(hone_normalization_args)},
    .state_bytes = sizeof(state),
    .build = build,
    .call = call,
    .free_state = free_state,
    .passes_mask = true,
    .needs_data = needs_data,
    .adapt = adapt,
};
HONE_DEFINE_LAYER(normalization)

hone_status hone_normalization_adapt(hone_layer *layer, const hone_array *data)
{
    if (layer == NULL || data == NULL)
        return hone_error_status();
    if (layer->type != &hone_internal_normalization_layer)
        return hone_fail(HONE_ERROR_ARGUMENT, "%s is not a normalization layer",
                         hone_internal_layer_label(layer));
    hone_internal_error_push(layer->site, hone_internal_layer_label(layer));
    hone_status status = adapt(layer, data);
    hone_internal_error_pop();
    return status;
}
