/* Rows by number in ONNX. */
#include "onnx/forms.h"
#include "base/memory.h"

#include <inttypes.h>

static hone_status emit_gather(hone_onnx_export *export, const hone_node *node)
{
    const char *ids =
        hone_internal_onnx_as_integers(export, hone_internal_onnx_name_of(export, node->inputs[1]));
    return hone_internal_onnx_give(
        export, node->outputs[0],
        HONE_ONNX(export, "Gather", hone_internal_onnx_name_of(export, node->inputs[0]), ids));
}

static hone_status emit_along(hone_onnx_export *export, const hone_node *node)
{
    const char *operands[2] = {
        hone_internal_onnx_name_of(export, node->inputs[0]),
        hone_internal_onnx_as_integers(export, hone_internal_onnx_name_of(export, node->inputs[1]))};
    hone_onnx_node *found = hone_internal_onnx_node(&export->writer, "GatherElements", operands, 2);
    hone_internal_onnx_set_int(&export->writer, found, "axis", -1);
    return hone_internal_onnx_give(export, node->outputs[0], hone_internal_onnx_output(found));
}

/* 1 where the id, truncated as by the kernel, is the column's number; a row of zeros for ids outside. */
static hone_status emit_one_hot(hone_onnx_export *export, const hone_node *node)
{
    int64_t depth = *(const int64_t *)node->attributes;
    int64_t *columns = hone_internal_allocate((size_t)depth * sizeof *columns);
    if (columns == NULL)
        return HONE_ERROR_MEMORY;
    for (int64_t i = 0; i < depth; i++)
        columns[i] = i;
    const char *numbers = hone_internal_onnx_integers(&export->writer, 1, columns, (size_t)depth);
    hone_internal_free(columns);
    const char *ids = hone_internal_onnx_as_integers(export,
                                                     hone_internal_onnx_name_of(export, node->inputs[0])),
               *last = hone_internal_onnx_list(export, (int64_t[]){-1}, 1);
    const char *hit = HONE_ONNX(export, "Equal", HONE_ONNX(export, "Unsqueeze", ids, last), numbers);
    return hone_internal_onnx_give(export, node->outputs[0], hone_internal_onnx_truth(export, hit));
}

static hone_status import_gather(hone_onnx_import *import, const hone_onnx_node *node)
{
    const hone_array *table = hone_internal_onnx_constant(import, node, 0);
    hone_tensor *ids = table == NULL ? NULL : hone_internal_onnx_operand(import, node, 1);
    if (ids == NULL)
        return hone_error_status();
    if (table->rank != 2 || hone_internal_onnx_int(node, "axis", 0) != 0 || hone_array_count(table) == 0)
        return hone_internal_onnx_refuse("only rows of a constant table are supported");
    HONE_TRY(hone_internal_onnx_layer(import, node, ids, "embedding(%" PRId64 ", %" PRId64 ")",
                                      table->shape[0], table->shape[1]));
    return hone_internal_onnx_give_weight(import, hone_internal_onnx_result(import, node)->tensor,
                                          "embeddings", hone_internal_onnx_copy_floats(table, 1));
}

static const hone_onnx_emitted emitted[] = {
    {"gather_rows", emit_gather},
    {"gather_along", emit_along},
    {"one_hot", emit_one_hot},
    {NULL, NULL},
};
static const hone_onnx_imported imported[] = {
    {"Gather", import_gather},
    {NULL, NULL},
};
HONE_ONNX_FAMILY(lookup, emitted, imported);
