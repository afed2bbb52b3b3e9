/* What families share to write nodes. */
#include "onnx/forms.h"
#include "base/memory.h"

#include <string.h>

const char *hone_internal_onnx_name_of(const hone_onnx_export *export, hone_value value)
{
    return value < 0 ? NULL : export->names[value];
}

hone_shape hone_internal_onnx_shape_of(const hone_onnx_export *export, hone_value value)
{
    return hone_value_shape(export->graph, value);
}

/* Names a value; a failure before (NULL) has its message. */
hone_status hone_internal_onnx_give(hone_onnx_export *export, hone_value value, const char *name)
{
    export->names[value] = name;
    if (name != NULL)
        return HONE_OK;
    return hone_error_status() < 0
               ? hone_error_status()
               : hone_fail(HONE_ERROR_UNSUPPORTED, "what is made of a sequence of unknown length cannot be "
                                                   "written as ONNX yet");
}

const char *hone_internal_onnx_list(hone_onnx_export *export, const int64_t *values, int count)
{
    return hone_internal_onnx_integers(&export->writer, 1, values, (size_t)count);
}

static const char *cast(hone_onnx_export *export, const char *x, int32_t type)
{
    hone_onnx_node *node = hone_internal_onnx_node(&export->writer, "Cast", &x, 1);
    hone_internal_onnx_set_int(&export->writer, node, "to", type);
    return hone_internal_onnx_output(node);
}

const char *hone_internal_onnx_truth(hone_onnx_export *export, const char *x)
{
    return cast(export, x, HONE__ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT);
}

const char *hone_internal_onnx_as_truth(hone_onnx_export *export, const char *x)
{
    return cast(export, x, HONE__ONNX__TENSOR_PROTO__DATA_TYPE__BOOL);
}

const char *hone_internal_onnx_as_integers(hone_onnx_export *export, const char *x)
{
    return cast(export, x, HONE__ONNX__TENSOR_PROTO__DATA_TYPE__INT64);
}

/* An operator with one operand and attributes: an integer, or a list of integers. */
const char *hone_internal_onnx_with_int(hone_onnx_export *export, const char *op, const char *x,
                                        const char *name, int64_t value)
{
    hone_onnx_node *node = hone_internal_onnx_node(&export->writer, op, &x, 1);
    hone_internal_onnx_set_int(&export->writer, node, name, value);
    return hone_internal_onnx_output(node);
}

const char *hone_internal_onnx_transpose(hone_onnx_export *export, const char *x, const int *order, int rank)
{
    int64_t axes[HONE_MAX_RANK];
    for (int axis = 0; axis < rank; axis++)
        axes[axis] = order[axis];
    hone_onnx_node *node = hone_internal_onnx_node(&export->writer, "Transpose", &x, 1);
    hone_internal_onnx_set_ints(&export->writer, node, "perm", axes, (size_t)rank);
    return hone_internal_onnx_output(node);
}

/* The node after `node` that alone reads its first output and is an `op`, or NULL. */
const hone_node *hone_internal_onnx_next_reader(const hone_onnx_export *export, const hone_node *node,
                                                const char *op)
{
    if (export->uses[node->outputs[0]] != 1)
        return NULL;
    const hone_node *end = export->graph->nodes + export->graph->node_count;
    for (const hone_node *next = node + 1; next < end; next++)
        for (int i = 0; i < next->input_count; i++)
            if (next->inputs[i] == node->outputs[0])
                return strcmp(next->op->name, op) == 0 ? next : NULL;
    return NULL;
}

/* Notes that a later node is written along with the present one. */
void hone_internal_onnx_absorb(hone_onnx_export *export, const hone_node *node)
{
    export->written[node - export->graph->nodes] = true;
}

/* [C] of ones or zeros for what a normalisation leaves out. */
const char *hone_internal_onnx_filled(hone_onnx_export *export, int rank, const int64_t *sizes, float number)
{
    int64_t count = 1;
    for (int axis = 0; axis < rank; axis++)
        count *= sizes[axis];
    float *numbers = hone_internal_allocate((size_t)count * sizeof *numbers);
    if (numbers == NULL)
        return NULL;
    for (int64_t i = 0; i < count; i++)
        numbers[i] = number;
    const char *name = hone_internal_onnx_floats(&export->writer, NULL, rank, sizes, numbers, true);
    hone_internal_free(numbers);
    return name;
}

hone_status hone_internal_onnx_emit_same(hone_onnx_export *export, const hone_node *node)
{
    return hone_internal_onnx_give(export, node->outputs[0],
                                   hone_internal_onnx_name_of(export, node->inputs[0]));
}

hone_status hone_internal_onnx_refuse_training(hone_onnx_export *export, const hone_node *node)
{
    (void)export;
    return hone_fail(HONE_ERROR_UNSUPPORTED,
                     "it is called with a fixed training argument (%s), which cannot be written as ONNX",
                     node->op->name);
}
