/* What an ONNX graph computes from constants alone: shapes above all, in which the batch's size, which nobody
 * knows, is -1, as in the shape of a Reshape. Results are small, or as large as their operand. */
#include "onnx/import.h"

#include <string.h>

enum { MOST_SIZES = 64 }; /* numbers of a list that is worked out */

static hone_status give(hone_onnx_import *import, const hone_onnx_node *node, hone_array *result)
{
    hone_internal_onnx_value(import, node->output[0])->constant = result;
    return result == NULL ? hone_error_status() : HONE_OK;
}

static hone_status unsupported(const char *what)
{
    return hone_fail(HONE_ERROR_UNSUPPORTED, "of constants, %s", what);
}

static hone_array *integers(const int64_t *numbers, int64_t count)
{
    hone_array *array = hone_array_create(HONE_INT64, 1, &count);
    if (array != NULL && count > 0)
        memcpy(array->data, numbers, (size_t)count * sizeof *numbers);
    return array;
}

static hone_array *copy(const hone_array *constant)
{
    return hone_array_convert(constant, constant->type);
}

/* A copy under another shape with as many elements. */
static hone_array *copy_as(const hone_array *constant, int rank, const int64_t *shape)
{
    hone_array *result = hone_array_create(constant->type, rank, shape);
    if (result != NULL && hone_array_count(constant) > 0)
        memcpy(result->data, constant->data,
               (size_t)hone_array_count(constant) * hone_dtype_size(constant->type));
    return result;
}

typedef hone_status folder(hone_onnx_import *import, const hone_onnx_node *node, const hone_array *x);

static hone_status fold_same(hone_onnx_import *import, const hone_onnx_node *node, const hone_array *x)
{
    return give(import, node, copy(x));
}

static hone_status fold_cast(hone_onnx_import *import, const hone_onnx_node *node, const hone_array *x)
{
    int64_t to = hone_internal_onnx_int(node, "to", 0);
    bool number =
        to == HONE__ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT || to == HONE__ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE;
    bool integer =
        to == HONE__ONNX__TENSOR_PROTO__DATA_TYPE__INT64 || to == HONE__ONNX__TENSOR_PROTO__DATA_TYPE__INT32;
    if ((!number && !integer) || (integer && x->type != HONE_INT64))
        return unsupported("this cast is not supported");
    return give(import, node, hone_array_convert(x, number ? HONE_FLOAT32 : HONE_INT64));
}

/* The order of a transpose, by default all axes turned round; false: it is none of `rank` axes. */
static bool read_order(const hone_onnx_node *node, int rank, int *order)
{
    const hone_onnx_attribute *attribute = hone_internal_onnx_attribute(node, "perm");
    bool seen[HONE_MAX_RANK] = {false};
    if (attribute != NULL && attribute->n_ints != (size_t)rank)
        return false;
    for (int axis = 0; axis < rank; axis++) {
        const int64_t from = attribute != NULL ? attribute->ints[axis] : rank - 1 - axis;
        if (from < 0 || from >= rank || seen[from])
            return false;
        seen[from] = true;
        order[axis] = (int)from;
    }
    return true;
}

/* Number after number of the result, whose axis i is axis order[i] of x. */
static void transpose_floats(const hone_array *x, const int *order, hone_array *result)
{
    int64_t stride[HONE_MAX_RANK], at[HONE_MAX_RANK] = {0}, from = 0, step = 1;
    for (int axis = x->rank - 1; axis >= 0; axis--) {
        for (int to = 0; to < x->rank; to++)
            if (order[to] == axis)
                stride[to] = step;
        step *= x->shape[axis];
    }
    for (int64_t i = 0, count = hone_array_count(x); i < count; i++) {
        ((float *)result->data)[i] = ((const float *)x->data)[from];
        for (int axis = x->rank - 1; axis >= 0; axis--) {
            from += stride[axis];
            if (++at[axis] < result->shape[axis])
                break;
            from -= stride[axis] * at[axis];
            at[axis] = 0;
        }
    }
}

static hone_status fold_transpose(hone_onnx_import *import, const hone_onnx_node *node, const hone_array *x)
{
    int order[HONE_MAX_RANK];
    int64_t shape[HONE_MAX_RANK];
    if (x->rank > HONE_MAX_RANK || x->type != HONE_FLOAT32 || !read_order(node, x->rank, order))
        return unsupported("only floats can be transposed, by an order of all their axes");
    for (int axis = 0; axis < x->rank; axis++)
        shape[axis] = x->shape[order[axis]];
    hone_array *result = hone_array_create(HONE_FLOAT32, x->rank, shape);
    if (result != NULL)
        transpose_floats(x, order, result);
    return give(import, node, result);
}

static hone_status fold_reshape(hone_onnx_import *import, const hone_onnx_node *node, const hone_array *x)
{
    const hone_array *target = hone_internal_onnx_constant(import, node, 1);
    if (target == NULL)
        return hone_error_status();
    int64_t shape[HONE_MAX_RANK], rank = hone_array_count(target), known = 1, count = hone_array_count(x);
    int open = -1;
    if (rank > HONE_MAX_RANK || target->type != HONE_INT64)
        return unsupported("this shape is not supported");
    for (int i = 0; i < rank; i++) {
        shape[i] = ((const int64_t *)target->data)[i];
        if (shape[i] == -1 && open < 0)
            open = i;
        else if (shape[i] < 1 || known > INT32_MAX || shape[i] > INT32_MAX)
            return unsupported("this shape is not supported");
        else
            known *= shape[i];
    }
    if (open >= 0)
        shape[open] = count / known;
    if (open >= 0 ? count % known != 0 : known != count)
        return unsupported("the shapes of a reshape do not match");
    return give(import, node, copy_as(x, (int)rank, shape));
}

/* Of lists and numbers alone: [n] to a number, a number to [1]. */
static hone_status fold_squeeze(hone_onnx_import *import, const hone_onnx_node *node, const hone_array *x)
{
    return hone_array_count(x) == 1 ? give(import, node, copy_as(x, 0, NULL))
                                    : unsupported("only one number can be squeezed");
}

static hone_status fold_unsqueeze(hone_onnx_import *import, const hone_onnx_node *node, const hone_array *x)
{
    return x->rank == 0 ? give(import, node, copy_as(x, 1, (int64_t[]){1}))
                        : unsupported("only one number can get an axis");
}

static bool is_list(const hone_array *x)
{
    return x != NULL && x->type == HONE_INT64 && x->rank <= 1 && hone_array_count(x) <= MOST_SIZES;
}

static hone_status fold_gather(hone_onnx_import *import, const hone_onnx_node *node, const hone_array *x)
{
    const hone_array *places = hone_internal_onnx_constant(import, node, 1);
    if (places == NULL)
        return hone_error_status();
    int64_t taken[MOST_SIZES] = {0}, length = hone_array_count(x), count = hone_array_count(places);
    if (!is_list(x) || !is_list(places))
        return unsupported("only numbers of a short list can be gathered");
    for (int64_t i = 0; i < count; i++) {
        int64_t place = ((const int64_t *)places->data)[i];
        if (place < -length || place >= length)
            return hone_fail(HONE_ERROR_FORMAT, "an index is beyond the end of the list");
        taken[i] = ((const int64_t *)x->data)[place < 0 ? place + length : place];
    }
    hone_array *result = integers(taken, count);
    if (result != NULL && places->rank == 0)
        result->rank = 0;
    return give(import, node, result);
}

/* A list of numbers that is an operand since opset 10 and an attribute before; one number of it. */
static bool first_number(hone_onnx_import *import, const hone_onnx_node *node, size_t operand,
                         const char *name, int64_t *number)
{
    const hone_onnx_attribute *attribute = hone_internal_onnx_attribute(node, name);
    if (attribute != NULL && attribute->n_ints == 1) {
        *number = attribute->ints[0];
        return true;
    }
    if (!hone_internal_onnx_is_constant(import, node, operand))
        return false;
    const hone_array *constant = hone_internal_onnx_constant(import, node, operand);
    if (!is_list(constant) || hone_array_count(constant) != 1)
        return false;
    *number = *(const int64_t *)constant->data;
    return true;
}

static int64_t within(int64_t place, int64_t length)
{
    if (place < 0)
        place = place < -length ? 0 : place + length;
    return place > length ? length : place;
}

static hone_status fold_slice(hone_onnx_import *import, const hone_onnx_node *node, const hone_array *x)
{
    int64_t begin, end, step = 1, length = hone_array_count(x);
    if (!is_list(x) || !first_number(import, node, 1, "starts", &begin) ||
        !first_number(import, node, 2, "ends", &end))
        return unsupported("only a short list can be sliced");
    if (hone_internal_onnx_is_given(node, 4) && (!first_number(import, node, 4, "steps", &step) || step != 1))
        return unsupported("a list can be sliced only with step 1");
    begin = within(begin, length);
    end = within(end, length);
    return give(import, node, integers((const int64_t *)x->data + begin, end > begin ? end - begin : 0));
}

static hone_status fold_concat(hone_onnx_import *import, const hone_onnx_node *node, const hone_array *x)
{
    int64_t joined[MOST_SIZES] = {0}, count = 0;
    (void)x;
    for (size_t i = 0; i < node->n_input; i++) {
        const hone_array *part = hone_internal_onnx_constant(import, node, i);
        if (part == NULL)
            return hone_error_status();
        int64_t length = hone_array_count(part);
        if (!is_list(part) || count + length > MOST_SIZES)
            return unsupported("only short lists can be concatenated");
        if (length > 0)
            memcpy(joined + count, part->data, (size_t)length * sizeof *joined);
        count += length;
    }
    return give(import, node, integers(joined, count));
}

/* Of a tensor of the network: its sizes, those that are free as -1. */
static hone_status fold_shape(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    if (x == NULL)
        return hone_error_status();
    hone_shape shape = hone_tensor_shape(x);
    int64_t begin = within(hone_internal_onnx_int(node, "start", 0), shape.rank),
            end = within(hone_internal_onnx_int(node, "end", shape.rank), shape.rank);
    for (int axis = 0; axis < shape.rank; axis++)
        if (shape.size[axis] == HONE_ANY)
            shape.size[axis] = -1;
    return give(import, node, integers(shape.size + begin, end > begin ? end - begin : 0));
}

/* A Constant gives its tensor, which is read when asked for; other forms of it give their numbers. */
static hone_status fold_constant(hone_onnx_import *import, const hone_onnx_node *node)
{
    if (hone_internal_onnx_tensor(import->file, node->output[0]) != NULL)
        return HONE_OK;
    const hone_onnx_attribute *one = hone_internal_onnx_attribute(node, "value_int"),
                              *list = hone_internal_onnx_attribute(node, "value_ints"),
                              *number = hone_internal_onnx_attribute(node, "value_float");
    if (list != NULL && list->n_ints <= MOST_SIZES)
        return give(import, node, integers(list->ints, (int64_t)list->n_ints));
    if (one == NULL && number == NULL)
        return unsupported("this constant is not supported");
    hone_array *result = hone_array_create(one != NULL ? HONE_INT64 : HONE_FLOAT32, 0, NULL);
    if (result != NULL && one != NULL)
        *(int64_t *)result->data = one->i;
    else if (result != NULL)
        *(float *)result->data = number->f;
    return give(import, node, result);
}

static const struct {
    const char *op;
    folder *fold;
} folders[] = {
    {"Cast", fold_cast},       {"Concat", fold_concat},       {"Gather", fold_gather},
    {"Identity", fold_same},   {"Reshape", fold_reshape},     {"Slice", fold_slice},
    {"Squeeze", fold_squeeze}, {"Transpose", fold_transpose}, {"Unsqueeze", fold_unsqueeze},
};

hone_status hone_internal_onnx_fold(hone_onnx_import *import, const hone_onnx_node *node, bool *done)
{
    *done = true;
    if (strcmp(node->op_type, "Constant") == 0)
        return fold_constant(import, node);
    if (strcmp(node->op_type, "Shape") == 0)
        return fold_shape(import, node);
    *done = false;
    for (size_t i = 0; i < node->n_input; i++)
        if (hone_internal_onnx_is_given(node, i) && !hone_internal_onnx_is_constant(import, node, i))
            return HONE_OK;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        if (strcmp(folders[i].op, node->op_type) != 0)
            continue;
        *done = true;
        const hone_array *x = hone_internal_onnx_constant(import, node, 0);
        return x == NULL ? hone_error_status() : folders[i].fold(import, node, x);
    }
    return HONE_OK;
}
