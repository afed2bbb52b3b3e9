/* Constraints: bounds on the length of a weight's vectors along some axes, and on its sign. With axis 0 the
 * vectors of a dense kernel are the units' incoming weights; for a kernel of a convolution they are those
 * along [0, 1, 2]. */
#include "constraints/constraints.h"
#include "base/error.h"
#include "fields/spec.h"
#include "graph/graph.h"

static const double fuzz = 1e-7; /* added to lengths that divide */

#define AXIS_0 \
    { \
        0, HONE_NONE_INTEGER \
    }
#define AXIS_FIELD(F, A) \
    F(A, INTEGERS, axis, AXIS_0, "axes along which the norm is computed", .scalar_or_list = true)

#define DECLARE(name_, FIELDS) \
    HONE_ARGS_STRUCT(name_##_args, FIELDS); \
    HONE_FIELD_TABLE_NAMED(name_##_args, FIELDS, name_##_fields, name_##_defaults)
#define DEFINE(name_, class_, summary_) \
    static const hone_constraint_type name_##_constraint = { \
        .type = {.name = #name_, \
                 .class_name = class_, \
                 .module = "keras.constraints", \
                 .summary = summary_, \
                 HONE_TYPE_FIELDS_NAMED(name_##_args, name_##_fields, name_##_defaults)}, \
        .apply = apply_##name_, \
    }

/* The vectors' lengths, with the axes kept as size 1. */
static hone_value lengths(hone_graph *graph, hone_value w, const int64_t *axes)
{
    int list[HONE_MAX_RANK], count = 0;
    for (; count < HONE_MAX_RANK && axes[count] != HONE_NONE_INTEGER; count++) {
        list[count] = hone_internal_shape_axis(hone_value_shape(graph, w), axes[count], "axis");
        if (list[count] < 0)
            return HONE_NO_VALUE;
    }
    return hone_op_sqrt(graph, hone_op_reduce(graph, "sum_squares", w, list, count, true));
}

/* w wanted / (length + fuzz) */
static hone_value rescale(hone_graph *graph, hone_value w, hone_value wanted, hone_value length)
{
    hone_value factor = hone_op_divide(graph, wanted, hone_op_affine(graph, length, 1, fuzz));
    return hone_op_multiply(graph, w, factor);
}

#define MAX_NORM_FIELDS(F, A) \
    F(A, NUMBER, max_value, 2.0, "maximum norm of a vector", HONE_AT_LEAST(0)) \
    AXIS_FIELD(F, A)
DECLARE(max_norm, MAX_NORM_FIELDS);
static hone_value apply_max_norm(hone_graph *graph, hone_value w, const void *opaque)
{
    const max_norm_args *args = opaque;
    hone_value length = lengths(graph, w, args->axis);
    return rescale(graph, w, hone_op_clip(graph, length, 0, args->max_value), length);
}
DEFINE(max_norm, "MaxNorm",
       "Scales vectors with a norm above max_value down to it (Srivastava and others 2014).");

#define MIN_MAX_NORM_FIELDS(F, A) \
    F(A, NUMBER, min_value, 0.0, "minimum norm of a vector", HONE_AT_LEAST(0)) \
    F(A, NUMBER, max_value, 1.0, "maximum norm of a vector", HONE_AT_LEAST(0)) \
    F(A, NUMBER, rate, 1.0, "fraction of the way to the bound that is applied (1: fully)", \
      HONE_BETWEEN(0, 1)) \
    AXIS_FIELD(F, A)
DECLARE(min_max_norm, MIN_MAX_NORM_FIELDS);
static hone_value apply_min_max_norm(hone_graph *graph, hone_value w, const void *opaque)
{
    const min_max_norm_args *args = opaque;
    hone_value length = lengths(graph, w, args->axis);
    hone_value bounded =
        hone_op_affine(graph, hone_op_clip(graph, length, args->min_value, args->max_value), args->rate, 0);
    hone_value wanted = hone_op_add(graph, bounded, hone_op_affine(graph, length, 1 - args->rate, 0));
    return rescale(graph, w, wanted, length);
}
DEFINE(min_max_norm, "MinMaxNorm", "Scales vectors to a norm between two bounds, at once or gradually.");

#define UNIT_NORM_FIELDS(F, A) AXIS_FIELD(F, A)
DECLARE(unit_norm, UNIT_NORM_FIELDS);
static hone_value apply_unit_norm(hone_graph *graph, hone_value w, const void *opaque)
{
    hone_value length = lengths(graph, w, ((const unit_norm_args *)opaque)->axis);
    return hone_op_divide(graph, w, hone_op_affine(graph, length, 1, fuzz));
}
DEFINE(unit_norm, "UnitNorm", "Scales vectors to norm 1.");

#define NON_NEG_FIELDS(F, A)
DECLARE(non_neg, NON_NEG_FIELDS);
static hone_value apply_non_neg(hone_graph *graph, hone_value w, const void *args)
{
    (void)args;
    return hone_op_unary(graph, "maximum_scalar", w, (hone_parameters){0, 0, 0, 0});
}
DEFINE(non_neg, "NonNeg", "Sets negative weights to 0.");

const hone_constraint_type *const hone_internal_constraint_types[] = {
    &max_norm_constraint, &min_max_norm_constraint, &unit_norm_constraint, &non_neg_constraint, NULL,
};

hone_value hone_internal_constraint_apply(hone_graph *graph, const char *text, hone_value w)
{
    hone_spec spec;
    if (w < 0 || hone_internal_spec_resolve("constraint", text, &spec) < 0)
        return HONE_NO_VALUE;
    if (spec.type == NULL)
        return w;
    hone_value result = ((const hone_constraint_type *)spec.type)->apply(graph, w, spec.args);
    hone_internal_spec_free(&spec);
    return result;
}
