/* Layers whose results have the integer type of what they were called on; integers that wrap around. */
#include "layers/cast.h"
#include "ops/ops.h"

#include <string.h>

static const struct {
    const char *type;
    double least, most;
} ends[] = {{"uint8", 0, 255}, {"int8", -128, 127}, {"uint16", 0, 65535}, {"int16", -32768, 32767}};

static hone_value of(hone_graph *graph, const char *function, hone_value x)
{
    return hone_op_unary(graph, function, x, (hone_parameters){0});
}

hone_value hone_internal_cast_back(hone_graph *graph, hone_layer *layer, hone_value x, bool nearest)
{
    const hone_cast_state *state = hone_layer_state(layer);
    if (x < 0 || !state->of_integers)
        return x;
    x = nearest ? of(graph, "round", x)
                : hone_op_multiply(graph, of(graph, "sign", x), of(graph, "floor", of(graph, "absolute", x)));
    for (size_t i = 0; state->type != NULL && i < sizeof ends / sizeof *ends; i++)
        if (strcmp(ends[i].type, state->type) == 0)
            x = hone_op_clip(graph, x, ends[i].least, ends[i].most);
    return x;
}

hone_value hone_internal_wrap(hone_graph *graph, hone_value x, double numbers, double least)
{
    const hone_value rounds = of(graph, "floor", hone_op_affine(graph, x, 1 / numbers, 0));
    x = hone_op_subtract(graph, x, hone_op_affine(graph, rounds, numbers, 0));
    if (least == 0)
        return x;
    const hone_value above =
        hone_op_unary(graph, "greater_scalar", x, (hone_parameters){.a = -least - 0.5}); /* 0 .. n - 1 */
    return hone_op_subtract(graph, x, hone_op_affine(graph, above, numbers, 0));
}
