/* Fourier transforms in ONNX, whose complex numbers are pairs along a last axis. */
#include "onnx/forms.h"

/* x[..., 0] + i x[..., 1] from the two operands. */
static const char *joined(hone_onnx_export *export, const hone_node *node, int64_t rank)
{
    const char *parts[2];
    for (int i = 0; i < 2; i++)
        parts[i] = HONE_ONNX(export, "Unsqueeze", hone_internal_onnx_name_of(export, node->inputs[i]),
                             hone_internal_onnx_list(export, &rank, 1));
    hone_onnx_node *pairs = hone_internal_onnx_node(&export->writer, "Concat", parts, 2);
    hone_internal_onnx_set_int(&export->writer, pairs, "axis", rank);
    return hone_internal_onnx_output(pairs);
}

/* The inverse of ONNX is divided by the places, which ours is not. */
static const char *times_places(hone_onnx_export *export, const char *x, int64_t n)
{
    return HONE_ONNX(export, "Mul", x, hone_internal_onnx_filled(export, 0, NULL, (float)n));
}

static const char *part_of(hone_onnx_export *export, const char *pairs, int64_t part, int64_t axis)
{
    const char *operands[2] = {pairs, hone_internal_onnx_integers(&export->writer, 0, &part, 1)};
    hone_onnx_node *chosen = hone_internal_onnx_node(&export->writer, "Gather", operands, 2);
    hone_internal_onnx_set_int(&export->writer, chosen, "axis", axis);
    return hone_internal_onnx_output(chosen);
}

static hone_status emit_fourier(hone_onnx_export *export, const hone_node *node)
{
    const bool inverse = *(const bool *)node->attributes;
    const hone_shape shape = hone_internal_onnx_shape_of(export, node->inputs[0]);
    const char *pairs = joined(export, node, shape.rank);
    hone_onnx_node *transform = hone_internal_onnx_node(&export->writer, "DFT", &pairs, 1);
    hone_internal_onnx_set_int(&export->writer, transform, "axis", shape.rank - 1);
    if (inverse)
        hone_internal_onnx_set_int(&export->writer, transform, "inverse", 1);
    pairs = hone_internal_onnx_output(transform);
    if (inverse)
        pairs = times_places(export, pairs, shape.size[shape.rank - 1]);
    for (int64_t i = 0; i < 2; i++)
        if (export->uses[node->outputs[i]] > 0)
            HONE_TRY(
                hone_internal_onnx_give(export, node->outputs[i], part_of(export, pairs, i, shape.rank)));
    return HONE_OK;
}

static const hone_onnx_emitted emitted[] = {
    {"fourier", emit_fourier},
    {NULL, NULL},
};
HONE_ONNX_FAMILY(fourier, emitted, NULL);
