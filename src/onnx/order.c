/* Around recurrent layers ONNX has the steps, or a direction, in front of the batch. Transpose, Squeeze and
 * Unsqueeze that lead there and back become no layers: a value only notes how its axes stand. */
#include "onnx/forms.h"

#include <string.h>

/* Orders of axes, and what turns one into another. */
static const struct {
    const char *op;
    hone_onnx_order from, to;
    int64_t axis; /* of Squeeze and Unsqueeze */
} moves[] = {{"Transpose", HONE_ONNX_BATCH_FIRST, HONE_ONNX_STEPS_FIRST, 0},
             {"Transpose", HONE_ONNX_STEPS_FIRST, HONE_ONNX_BATCH_FIRST, 0},
             {"Squeeze", HONE_ONNX_STEPS_DIRECTION_FIRST, HONE_ONNX_STEPS_FIRST, 1},
             {"Squeeze", HONE_ONNX_DIRECTION_FIRST, HONE_ONNX_BATCH_FIRST, 0},
             {"Unsqueeze", HONE_ONNX_BATCH_FIRST, HONE_ONNX_DIRECTION_FIRST, 0}};

/* The one axis of a Squeeze or Unsqueeze; -1: not one, or one before which others are counted. */
static int64_t only_axis(hone_onnx_import *import, const hone_onnx_node *node)
{
    const hone_onnx_attribute *attribute = hone_internal_onnx_attribute(node, "axes");
    const hone_array *list =
        hone_internal_onnx_is_constant(import, node, 1) ? hone_internal_onnx_constant(import, node, 1) : NULL;
    if (attribute != NULL)
        return attribute->n_ints == 1 ? attribute->ints[0] : -1;
    return list != NULL && hone_array_count(list) == 1 ? (int64_t)hone_array_number(list, 0) : -1;
}

/* What stands behind the batch's axis goes in front of it for recurrent layers alone. */
static bool leads_to_a_walk(const hone_onnx_import *import, const hone_onnx_node *node)
{
    return hone_internal_onnx_only_reader(import, node, "LSTM") != NULL ||
           hone_internal_onnx_only_reader(import, node, "GRU") != NULL ||
           hone_internal_onnx_only_reader(import, node, "RNN") != NULL;
}

static bool turns_steps(const hone_onnx_node *node, hone_tensor *x)
{
    const hone_onnx_attribute *order = hone_internal_onnx_attribute(node, "perm");
    return order != NULL && order->n_ints == 3 && order->ints[0] == 1 && order->ints[1] == 0 &&
           hone_tensor_shape(x).rank == 3;
}

hone_status hone_internal_onnx_reorder(hone_onnx_import *import, const hone_onnx_node *node, bool *done)
{
    *done = false;
    const hone_onnx_value *value =
        hone_internal_onnx_is_given(node, 0) ? hone_internal_onnx_value(import, node->input[0]) : NULL;
    if (value == NULL || value->tensor == NULL)
        return HONE_OK;
    hone_onnx_value x = *value;
    for (size_t i = 0; i < sizeof moves / sizeof *moves && !*done; i++) {
        if (strcmp(moves[i].op, node->op_type) != 0 || moves[i].from != x.order ||
            (x.order == HONE_ONNX_BATCH_FIRST && !leads_to_a_walk(import, node)) ||
            !(node->op_type[0] == 'T' ? turns_steps(node, x.tensor)
                                      : only_axis(import, node) == moves[i].axis))
            continue;
        hone_onnx_value *result = hone_internal_onnx_result(import, node);
        result->tensor = x.tensor;
        result->order = moves[i].to;
        *done = true;
    }
    return HONE_OK;
}
