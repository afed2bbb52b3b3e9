/* Initializers: constants, and draws from uniform and normal distributions, scaled by the fans. */
#include "initializers/initializers.h"
#include "base/random.h"
#include "fields/spec.h"
#include "graph/graph.h"

#include <string.h>

#define SEED_FIELD(F, A) \
    F(A, INTEGER, seed, HONE_NONE_INTEGER, "random seed (default: from the model's seed)")

#define DECLARE(name_, FIELDS) \
    HONE_ARGS_STRUCT(name_##_args, FIELDS); \
    HONE_FIELD_TABLE_NAMED(name_##_args, FIELDS, name_##_fields, name_##_defaults)
#define DEFINE(name_, args_, class_, aliases_, summary_) \
    DEFINE_WITH(name_, args_, class_, aliases_, summary_, )
#define DEFINE_WITH(name_, args_, class_, aliases_, summary_, facts) \
    static const hone_initializer_type name_##_initializer = { \
        .type = {.name = #name_, \
                 .class_name = class_, \
                 .module = "keras.initializers", \
                 .aliases = aliases_, \
                 .summary = summary_, \
                 facts HONE_TYPE_FIELDS_NAMED(args_##_args, args_##_fields, args_##_defaults)}, \
        .fill = fill_##name_, \
    }

/* ---- constants ---- */

static hone_status fill_with(const hone_fill *fill, double number)
{
    for (int64_t i = 0; i < fill->count; i++)
        fill->data[i] = (float)number;
    return HONE_OK;
}

#define NO_FIELDS(F, A)
DECLARE(plain, NO_FIELDS);

static hone_status fill_zeros(const hone_fill *fill, const void *args)
{
    (void)args;
    return fill_with(fill, 0);
}
DEFINE(zeros, plain, "Zeros", "zero", "0.");

static hone_status fill_ones(const hone_fill *fill, const void *args)
{
    (void)args;
    return fill_with(fill, 1);
}
DEFINE(ones, plain, "Ones", "one", "1.");

#define CONSTANT_FIELDS(F, A) F(A, NUMBER, value, 0.0, "the number")
DECLARE(constant, CONSTANT_FIELDS);
static hone_status fill_constant(const hone_fill *fill, const void *args)
{
    return fill_with(fill, ((const constant_args *)args)->value);
}
DEFINE(constant, constant, "Constant", NULL, "One number.");

#define IDENTITY_FIELDS(F, A) F(A, NUMBER, gain, 1.0, "factor of the identity matrix", .newer = true)
DECLARE(identity, IDENTITY_FIELDS);
static hone_status fill_identity(const hone_fill *fill, const void *args)
{
    if (fill->shape.rank != 2)
        return hone_fail(HONE_ERROR_SHAPE, "identity: expected a matrix, received weights with %d axes",
                         fill->shape.rank);
    fill_with(fill, 0);
    int64_t rows = fill->shape.size[0], columns = fill->shape.size[1];
    for (int64_t i = 0; i < rows && i < columns; i++)
        fill->data[i * columns + i] = (float)((const identity_args *)args)->gain;
    return HONE_OK;
}
#define RENAMED .renamed = 307, .old_class = "IdentityInitializer",
DEFINE_WITH(identity, identity, "Identity", "IdentityInitializer|eye", "The identity matrix times a factor.",
            RENAMED);

/* ---- draws ---- */

/* Below `high` also after rounding to float. */
static void draw_uniform(const hone_fill *fill, double low, double high)
{
    for (int64_t i = 0; i < fill->count; i++) {
        float drawn = (float)(low + (high - low) * hone_fill_uniform(fill, i));
        fill->data[i] = drawn < (float)high || high <= low ? drawn : nextafterf((float)high, (float)low);
    }
}

static void draw_normal(const hone_fill *fill, double mean, double deviation)
{
    for (int64_t i = 0; i < fill->count; i++)
        fill->data[i] = (float)(mean + deviation * hone_fill_normal(fill, i));
}

/* A normal number drawn again until it is within 2. Each element has DRAWS numbers of the stream for itself,
 * so that any part may be filled alone; that all of them are outside has the chance 0.0455^16 = 3e-22. */
static double truncated(const hone_fill *fill, int64_t element)
{
    enum { DRAWS = 16 };
    for (int64_t i = 0; i < DRAWS; i++) {
        double drawn = hone_fill_normal(fill, element * DRAWS + i);
        if (fabs(drawn) <= 2)
            return drawn;
    }
    return 0;
}

static void draw_truncated(const hone_fill *fill, double mean, double deviation)
{
    for (int64_t i = 0; i < fill->count; i++)
        fill->data[i] = (float)(mean + deviation * truncated(fill, i));
}

#define NORMAL_FIELDS(F, A) \
    F(A, NUMBER, mean, 0.0, "mean of the random numbers") \
    F(A, NUMBER, stddev, 0.05, "standard deviation of the random numbers", HONE_AT_LEAST(0)) \
    SEED_FIELD(F, A)
DECLARE(normal, NORMAL_FIELDS);

static hone_status fill_random_normal(const hone_fill *fill, const void *opaque)
{
    const normal_args *args = opaque;
    draw_normal(fill, args->mean, args->stddev);
    return HONE_OK;
}
DEFINE(random_normal, normal, "RandomNormal", "normal", "Normal numbers.");

static hone_status fill_truncated_normal(const hone_fill *fill, const void *opaque)
{
    const normal_args *args = opaque;
    draw_truncated(fill, args->mean, args->stddev);
    return HONE_OK;
}
DEFINE(truncated_normal, normal, "TruncatedNormal", NULL,
       "Random numbers from a normal distribution, within two standard deviations of the mean.");

#define UNIFORM_FIELDS(F, A) \
    F(A, NUMBER, minval, -0.05, "lowest number") \
    F(A, NUMBER, maxval, 0.05, "upper bound") \
    SEED_FIELD(F, A)
DECLARE(uniform, UNIFORM_FIELDS);

static hone_status fill_random_uniform(const hone_fill *fill, const void *opaque)
{
    const uniform_args *args = opaque;
    if (args->minval > args->maxval)
        return hone_fail(HONE_ERROR_ARGUMENT, "random_uniform: minval %g is above maxval %g", args->minval,
                         args->maxval);
    draw_uniform(fill, args->minval, args->maxval);
    return HONE_OK;
}
DEFINE(random_uniform, uniform, "RandomUniform", "uniform", "Random numbers from a uniform distribution.");

/* ---- draws whose variance is scale / fan ---- */

/* Of a unit normal number that is within 2: sqrt(1 - 4 phi(2) / (2 Phi(2) - 1)). */
static const double truncated_deviation = 0.87962566103423978;

typedef struct scaling {
    double scale;
    const char *mode, *distribution;
    const int64_t *input_axes, *output_axes; /* in place of what the shape says, when both are given */
} scaling;

/* The product of the sizes of some axes; a failure (below 0) when one is not there. */
static double product_over(hone_shape shape, const int64_t *axes)
{
    double product = 1;
    for (int i = 0; i < HONE_MAX_RANK && axes[i] != HONE_NONE_INTEGER; i++) {
        int axis = hone_internal_shape_axis(shape, axes[i], "axis of the fans");
        if (axis < 0)
            return -1;
        product *= (double)shape.size[axis];
    }
    return product;
}

static hone_status fill_scaled(const hone_fill *fill, scaling how)
{
    double fan_in = fill->fan_in, fan_out = fill->fan_out;
    if (how.input_axes[0] != HONE_NONE_INTEGER && how.output_axes[0] != HONE_NONE_INTEGER) {
        fan_in = product_over(fill->shape, how.input_axes);
        fan_out = product_over(fill->shape, how.output_axes);
        if (fan_in < 0 || fan_out < 0)
            return hone_error_status();
    }
    double fan = strcmp(how.mode, "fan_in") == 0    ? fan_in
                 : strcmp(how.mode, "fan_out") == 0 ? fan_out
                                                    : (fan_in + fan_out) / 2;
    double variance = how.scale / (fan > 1 ? fan : 1);
    if (strcmp(how.distribution, "uniform") == 0)
        draw_uniform(fill, -sqrt(3 * variance), sqrt(3 * variance));
    else if (strcmp(how.distribution, "untruncated_normal") == 0)
        draw_normal(fill, 0, sqrt(variance));
    else
        draw_truncated(fill, 0, sqrt(variance) / truncated_deviation);
    return HONE_OK;
}

#define AXES_FIELDS(F, A) \
    SEED_FIELD(F, A) \
    F(A, INTEGERS, input_axes, HONE_NO_INTEGERS, \
      "axes whose sizes give the number of inputs, in place of the usual ones", .newer = true, .since = 315, \
      .scalar_or_list = true) \
    F(A, INTEGERS, output_axes, HONE_NO_INTEGERS, "axes whose sizes give the number of outputs", \
      .newer = true, .since = 315, .scalar_or_list = true)

#define VARIANCE_SCALING_FIELDS(F, A) \
    F(A, NUMBER, scale, 1.0, "variance multiplied by the fan", HONE_ABOVE(0)) \
    F(A, TEXT, mode, "fan_in", "fan: number of inputs, outputs, or their mean", \
      HONE_ONE_OF("fan_in|fan_out|fan_avg")) \
    F(A, TEXT, distribution, "truncated_normal", "distribution of the random numbers", \
      HONE_ONE_OF("truncated_normal|normal|untruncated_normal|uniform")) \
    AXES_FIELDS(F, A)
DECLARE(variance_scaling, VARIANCE_SCALING_FIELDS);

static hone_status fill_variance_scaling(const hone_fill *fill, const void *opaque)
{
    const variance_scaling_args *args = opaque;
    scaling how = {args->scale, args->mode, args->distribution, args->input_axes, args->output_axes};
    return fill_scaled(fill, how);
}
DEFINE(variance_scaling, variance_scaling, "VarianceScaling", NULL,
       "Random numbers with variance scale / fan.");

DECLARE(scaled, AXES_FIELDS);

/* S(name, class, scale, mode, distribution, summary) */
#define SCALED_INITIALIZERS(S) \
    S(glorot_uniform, "GlorotUniform", 1, "fan_avg", "uniform", \
      "Uniform, variance 2 / (inputs + outputs); for tanh and softmax (Glorot and Bengio 2010).") \
    S(glorot_normal, "GlorotNormal", 1, "fan_avg", "truncated_normal", \
      "Normal, variance 2 / (inputs + outputs) (Glorot and Bengio 2010).") \
    S(he_uniform, "HeUniform", 2, "fan_in", "uniform", "Uniform, variance 2 / inputs (He and others 2015).") \
    S(he_normal, "HeNormal", 2, "fan_in", "truncated_normal", \
      "Normal, variance 2 / inputs; for relu and similar activations (He and others 2015).") \
    S(lecun_uniform, "LecunUniform", 1, "fan_in", "uniform", \
      "Uniform, variance 1 / inputs (LeCun and others 1998).") \
    S(lecun_normal, "LecunNormal", 1, "fan_in", "truncated_normal", \
      "Normal, variance 1 / inputs; for selu (LeCun and others 1998).")

#define SCALED_TYPE(name, class_name, scale, mode, distribution, summary) \
    static hone_status fill_##name(const hone_fill *fill, const void *opaque) \
    { \
        const scaled_args *args = opaque; \
        return fill_scaled(fill, (scaling){scale, mode, distribution, args->input_axes, args->output_axes}); \
    } \
    DEFINE(name, scaled, class_name, NULL, summary);
SCALED_INITIALIZERS(SCALED_TYPE)

#define ADDRESS(name, ...) &name##_initializer,
const hone_initializer_type *const hone_internal_initializer_types[] = {
    &zeros_initializer,
    &ones_initializer,
    &constant_initializer,
    &identity_initializer,
    &random_normal_initializer,
    &random_uniform_initializer,
    &truncated_normal_initializer,
    &variance_scaling_initializer,
    &hone_internal_orthogonal_initializer,
    &hone_internal_stft_initializer,
    SCALED_INITIALIZERS(ADDRESS) NULL,
};

/* ---- filling a variable ---- */

double hone_fill_uniform(const hone_fill *fill, int64_t index)
{
    return hone_internal_random_uniform(fill->random, (uint64_t)index);
}

double hone_fill_normal(const hone_fill *fill, int64_t index)
{
    return hone_internal_random_normal(fill->random, (uint64_t)index);
}

static double product_of_bits(hone_shape shape, int64_t axes)
{
    double product = 1;
    for (int axis = 0; axis < shape.rank; axis++)
        if (((uint64_t)axes >> axis & 1) != 0)
            product *= (double)shape.size[axis];
    return product;
}

/* As its layer says, or by the shape: a kernel (..., inputs, outputs) whose leading axes are the receptive
 * field. */
static void find_fans(const hone_variable *variable, double *fan_in, double *fan_out)
{
    hone_shape shape = variable->shape;
    if (variable->input_axes != 0 && variable->output_axes != 0) {
        *fan_in = product_of_bits(shape, variable->input_axes);
        *fan_out = product_of_bits(shape, variable->output_axes);
        return;
    }
    double field = 1;
    for (int axis = 0; axis + 2 < shape.rank; axis++)
        field *= (double)shape.size[axis];
    *fan_in = shape.rank == 0   ? 1
              : shape.rank == 1 ? (double)shape.size[0]
                                : field * (double)shape.size[shape.rank - 2];
    *fan_out = shape.rank == 0 ? 1 : field * (double)shape.size[shape.rank - 1];
}

/* The seed of an initializer's own argument, when it has one. */
static bool own_seed(const hone_spec *spec, uint64_t *seed)
{
    for (size_t i = 0; i < spec->type->field_count; i++) {
        const hone_field *field = &spec->type->fields[i];
        if (strcmp(field->name, "seed") != 0 || field->kind != HONE_FIELD_INTEGER)
            continue;
        int64_t given;
        memcpy(&given, (const char *)spec->args + field->offset, sizeof given);
        *seed = (uint64_t)given;
        return given != HONE_NONE_INTEGER;
    }
    return false;
}

static hone_status fill_by_spec(hone_variable *variable, uint64_t seed)
{
    hone_spec spec;
    HONE_TRY(hone_internal_spec_resolve("initializer", variable->initializer, &spec));
    if (spec.type == NULL)
        return HONE_OK; /* the memory holds zeros */
    uint64_t stream =
        hone_internal_random_stream(variable->path != NULL ? variable->path : variable->name, 0, "initial");
    uint64_t given;
    if (own_seed(&spec, &given)) {
        seed = given;
        stream = hone_internal_random_stream("initializer", 0, "seeded");
    }
    hone_random random = hone_internal_random(seed, stream, 0);
    hone_fill fill = {
        .shape = variable->shape, .random = &random, .data = hone_internal_variable_data(variable)};
    fill.count = hone_internal_shape_count(variable->shape);
    find_fans(variable, &fill.fan_in, &fill.fan_out);
    hone_status status = ((const hone_initializer_type *)spec.type)->fill(&fill, spec.args);
    hone_internal_spec_free(&spec);
    return status;
}

hone_status hone_internal_initializer_fill(hone_variable *variable, uint64_t seed)
{
    HONE_TRY(fill_by_spec(variable, seed));
    for (int64_t i = variable->ones_begin; i < variable->ones_end; i++)
        hone_internal_variable_data(variable)[i] = 1;
    return HONE_OK;
}
