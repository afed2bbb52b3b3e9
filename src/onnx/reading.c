/* What families share to read nodes. */
#include "onnx/forms.h"

#include <inttypes.h>
#include <string.h>

hone_status hone_internal_onnx_refuse(const char *what)
{
    return hone_fail(HONE_ERROR_UNSUPPORTED, "%s", what);
}

hone_onnx_value *hone_internal_onnx_result(hone_onnx_import *import, const hone_onnx_node *node)
{
    return hone_internal_onnx_value(import, node->output[0]);
}

/* The result is the operand itself. */
hone_status hone_internal_onnx_import_same(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    hone_internal_onnx_result(import, node)->tensor = x;
    return x == NULL ? hone_error_status() : HONE_OK;
}

bool hone_internal_onnx_is_scalar(const hone_array *constant, double *number)
{
    if (constant == NULL || hone_array_count(constant) != 1)
        return false;
    *number = hone_array_number(constant, 0);
    return true;
}

/* A number that is an attribute in earlier operator sets and an operand in later ones. */
hone_status hone_internal_onnx_read_number(hone_onnx_import *import, const hone_onnx_node *node,
                                           const char *attribute, size_t operand, double *number)
{
    if (!hone_internal_onnx_is_given(node, operand)) {
        *number = hone_internal_onnx_float(node, attribute, *number);
        return HONE_OK;
    }
    const hone_array *constant = hone_internal_onnx_constant(import, node, operand);
    if (constant != NULL && hone_internal_onnx_is_scalar(constant, number))
        return HONE_OK;
    return constant == NULL ? hone_error_status() : hone_internal_onnx_refuse("a bound must be one number");
}

int hone_internal_onnx_read_integers(hone_onnx_import *import, const hone_onnx_node *node,
                                     const char *attribute, size_t operand, int64_t list[HONE_ONNX_INTEGERS])
{
    const hone_onnx_attribute *given = hone_internal_onnx_attribute(node, attribute);
    const hone_array *constant = NULL;
    if (given == NULL && !hone_internal_onnx_is_given(node, operand))
        return 0;
    if (given == NULL && (constant = hone_internal_onnx_constant(import, node, operand)) == NULL)
        return hone_error_status();
    if (constant != NULL && constant->type != HONE_INT64)
        return hone_fail(HONE_ERROR_FORMAT, "its %s must be integers", attribute);
    const int64_t count = constant != NULL ? hone_array_count(constant) : (int64_t)given->n_ints;
    if (count > HONE_ONNX_INTEGERS)
        return hone_fail(HONE_ERROR_FORMAT, "its %s has too many numbers", attribute);
    if (count > 0)
        memcpy(list, constant != NULL ? constant->data : given->ints, (size_t)count * sizeof *list);
    return (int)count;
}

int hone_internal_onnx_read_axes(hone_onnx_import *import, const hone_onnx_node *node, size_t operand,
                                 int rank, int axes[HONE_ONNX_INTEGERS])
{
    int64_t given[HONE_ONNX_INTEGERS];
    const int count = hone_internal_onnx_read_integers(import, node, "axes", operand, given);
    for (int i = 0; i < count; i++) {
        if (given[i] < -rank || given[i] >= rank)
            return hone_fail(HONE_ERROR_FORMAT, "its axis %" PRId64 " is not one of %d", given[i], rank);
        axes[i] = (int)(given[i] < 0 ? given[i] + rank : given[i]);
    }
    return count;
}

bool hone_internal_onnx_has_text(const hone_onnx_node *node, const char *name, const char *value)
{
    const hone_onnx_attribute *attribute = hone_internal_onnx_attribute(node, name);
    return attribute != NULL && attribute->s.len == strlen(value) &&
           memcmp(attribute->s.data, value, attribute->s.len) == 0;
}

/* A copy as floats, flat, times a factor. */
hone_array *hone_internal_onnx_copy_floats(const hone_array *constant, double factor)
{
    hone_array *copy = constant == NULL ? NULL : hone_array_convert(constant, HONE_FLOAT32);
    int64_t count = copy == NULL ? 0 : hone_array_count(copy);
    for (int64_t i = 0; i < count && factor != 1; i++)
        ((float *)copy->data)[i] = (float)(((float *)copy->data)[i] * factor);
    return copy;
}

hone_array *hone_internal_onnx_filled_array(int64_t count, double number)
{
    hone_array *array = hone_array_create(HONE_FLOAT32, 1, &count);
    for (int64_t i = 0; array != NULL && i < count; i++)
        ((float *)array->data)[i] = (float)number;
    return array;
}

/* What `node` multiplies (or adds) to the value `name`, by number; -1: nothing. */
int hone_internal_onnx_other_operand(const hone_onnx_node *node, const char *name)
{
    if (node == NULL || node->n_input != 2)
        return -1;
    return strcmp(node->input[0], name) == 0 ? 1 : strcmp(node->input[1], name) == 0 ? 0 : -1;
}

/* All operands of a node, which must be tensors of the network. */
static hone_status list_operands(hone_onnx_import *import, const hone_onnx_node *node,
                                 hone_tensor_list *operands)
{
    for (size_t i = 0; i < node->n_input; i++) {
        hone_tensor *operand = hone_internal_onnx_operand(import, node, i);
        if (operand == NULL)
            return hone_error_status();
        HONE_TRY(hone_internal_tensor_list_add(operands, operand));
    }
    return HONE_OK;
}

/* The layer of a spec on all operands of a node. */
hone_status hone_internal_onnx_apply_to_all(hone_onnx_import *import, const hone_onnx_node *node,
                                            const char *spec)
{
    hone_tensor_list operands = {0};
    hone_status status = list_operands(import, node, &operands);
    if (status >= 0 &&
        hone_internal_onnx_apply(import, node, spec, operands.items, operands.count, true) == NULL)
        status = hone_error_status();
    hone_internal_free(operands.items);
    return status;
}
