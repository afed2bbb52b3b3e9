/* The small things that layers name by strings, applied: activations, regularizers, constraints, initializers. */
#include "base/fields.h"
#include "base/random.h"
#include "base/spec.h"
#include "layers/layer.h"

#include <string.h>

bool hone_internal_spec_is_none(const char *spec) {
    return spec == NULL || strcmp(spec, "none") == 0 || strcmp(spec, "None") == 0 || strcmp(spec, "null") == 0;
}

hone_value hone_internal_activation_apply(hone_graph *graph, const char *text, hone_value x) {
    if (x < 0 || hone_internal_spec_is_none(text)) return x;
    hone_spec spec;
    if (hone_internal_spec_resolve("activation", text, &spec) < 0) return HONE_NO_VALUE;
    hone_value y = ((const hone_activation_type *)spec.type)->call(graph, x, spec.args);
    hone_internal_spec_free(&spec);
    return y;
}

hone_value hone_internal_regularizer_apply(hone_graph *graph, const char *text, hone_value x) {
    hone_spec spec;
    if (x < 0 || hone_internal_spec_resolve("regularizer", text, &spec) < 0) return HONE_NO_VALUE;
    hone_value penalty = ((const hone_regularizer_type *)spec.type)->penalty(graph, x, spec.args);
    hone_internal_spec_free(&spec);
    return penalty;
}

hone_value hone_internal_constraint_apply(hone_graph *graph, const char *text, hone_value w) {
    hone_spec spec;
    if (w < 0 || hone_internal_spec_resolve("constraint", text, &spec) < 0) return HONE_NO_VALUE;
    hone_value result = ((const hone_constraint_type *)spec.type)->apply(graph, w, spec.args);
    hone_internal_spec_free(&spec);
    return result;
}

/* Keras's compute_fans: receptive field times channels for kernels of rank 3 and more. */
static void fans(hone_shape shape, double *fan_in, double *fan_out) {
    double field = 1;
    for (int axis = 0; axis + 2 < shape.rank; axis++) field *= (double)shape.size[axis];
    *fan_in = shape.rank == 0 ? 1 : shape.rank == 1 ? (double)shape.size[0] : field * (double)shape.size[shape.rank - 2];
    *fan_out = shape.rank == 0 ? 1 : field * (double)shape.size[shape.rank - 1];
}

double hone_fill_uniform(const hone_fill *fill, int64_t index) {
    return hone_internal_random_uniform(fill->random, (uint64_t)index);
}

double hone_fill_normal(const hone_fill *fill, int64_t index) {
    return hone_internal_random_normal(fill->random, (uint64_t)index);
}

/* The seed of an initializer's own argument, when it has one. */
static bool own_seed(const hone_spec *spec, uint64_t *seed) {
    for (size_t i = 0; i < spec->type->field_count; i++) {
        const hone_field *field = &spec->type->fields[i];
        if (strcmp(field->name, "seed") != 0 || field->kind != HONE_FIELD_INTEGER) continue;
        int64_t given;
        memcpy(&given, (const char *)spec->args + field->offset, sizeof given);
        *seed = (uint64_t)given;
        return given != HONE_NONE_INTEGER;
    }
    return false;
}

hone_status hone_internal_initializer_fill(hone_variable *variable, uint64_t seed) {
    hone_spec spec;
    HONE_TRY(hone_internal_spec_resolve("initializer", variable->initializer, &spec));
    if (spec.type == NULL) return HONE_OK; /* zeros */
    uint64_t stream = hone_internal_random_stream(variable->path != NULL ? variable->path : variable->name, 0, "initial");
    uint64_t given = 0;
    if (own_seed(&spec, &given)) {
        seed = given;
        stream = hone_internal_random_stream("initializer", 0, "seeded");
    }
    hone_random random = hone_internal_random(seed, stream, 0);
    hone_fill fill = {.shape = variable->shape, .random = &random, .data = variable->data};
    fill.count = hone_internal_shape_count(variable->shape);
    fans(variable->shape, &fill.fan_in, &fill.fan_out);
    hone_status status = ((const hone_initializer_type *)spec.type)->fill(&fill, spec.args);
    hone_internal_spec_free(&spec);
    return status;
}
