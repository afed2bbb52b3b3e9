/* Movement in ONNX: shapes, order, padding, joining, filling. */
#include "onnx/window.h"
#include "base/plural.h"
#include "base/text.h"
#include "ops/movement.h"

#include <inttypes.h>
#include <string.h>

/* ---- writing: shapes with free sizes ---- */

static int free_sizes(hone_shape shape, int from)
{
    int count = 0;
    for (int axis = from; axis < shape.rank; axis++)
        count += shape.size[axis] == HONE_ANY;
    return count;
}

static int64_t known_product(hone_shape shape, int from)
{
    int64_t product = 1;
    for (int axis = from; axis < shape.rank; axis++)
        if (shape.size[axis] != HONE_ANY)
            product *= shape.size[axis];
    return product;
}

/* How many leading sizes a reshape keeps, so that what follows has at most one free size: the last are worked
 * out (-1), the first copied (0). */
static int kept_axes(hone_shape from, hone_shape to)
{
    int equal = 0, least = from.rank < to.rank ? from.rank : to.rank;
    while (equal < least && from.size[equal] == to.size[equal])
        equal++;
    for (int kept = equal; kept >= 0; kept--) {
        int open = free_sizes(to, kept);
        if (open == 1 || (open == 0 && free_sizes(from, kept) == 0 &&
                          known_product(from, kept) == known_product(to, kept)))
            return kept;
    }
    return -1;
}

static const char *reshape(hone_onnx_export *export, const char *x, hone_shape from, hone_shape to)
{
    int64_t sizes[HONE_MAX_RANK];
    int kept = kept_axes(from, to);
    if (kept < 0) {
        hone_fail(HONE_ERROR_UNSUPPORTED, "a reshape with several variable sizes cannot be written as ONNX");
        return NULL;
    }
    for (int axis = 0; axis < to.rank; axis++)
        sizes[axis] = to.size[axis] != HONE_ANY ? to.size[axis] : axis < kept ? 0 : -1;
    return HONE_ONNX(export, "Reshape", x, hone_internal_onnx_list(export, sizes, to.rank));
}

/* The batch's size as a tensor [1], from the model's first input. */
static const char *batch_size(hone_onnx_export *export)
{
    if (export->batch == NULL) {
        const char *shape = HONE_ONNX(export, "Shape", hone_model_input_name(export->model, 0));
        const char *first = hone_internal_onnx_list(export, (int64_t[]){0}, 1),
                   *second = hone_internal_onnx_list(export, (int64_t[]){1}, 1);
        export->batch = HONE_ONNX(export, "Slice", shape, first, second, first);
    }
    return export->batch;
}

/* A shape as a tensor; its first size may be the batch's. */
static const char *shape_tensor(hone_onnx_export *export, hone_shape shape)
{
    if (free_sizes(shape, 0) == 0)
        return hone_internal_onnx_list(export, shape.size, shape.rank);
    if (free_sizes(shape, 1) > 0) {
        hone_fail(HONE_ERROR_UNSUPPORTED,
                  "a tensor with variable sizes other than the batch size cannot be written as ONNX");
        return NULL;
    }
    if (shape.rank == 1)
        return batch_size(export);
    const char *parts[2] = {batch_size(export),
                            hone_internal_onnx_list(export, shape.size + 1, shape.rank - 1)};
    hone_onnx_node *node = hone_internal_onnx_node(&export->writer, "Concat", parts, 2);
    hone_internal_onnx_set_int(&export->writer, node, "axis", 0);
    return hone_internal_onnx_output(node);
}

static hone_status emit_reshape(hone_onnx_export *export, const hone_node *node)
{
    hone_value x = node->inputs[0], y = node->outputs[0];
    return hone_internal_onnx_give(export, y,
                                   reshape(export, hone_internal_onnx_name_of(export, x),
                                           hone_internal_onnx_shape_of(export, x),
                                           hone_internal_onnx_shape_of(export, y)));
}

static hone_status emit_fill(hone_onnx_export *export, const hone_node *node)
{
    const hone_fill_attributes *attributes = node->attributes;
    if (attributes->shape.rank == 0)
        return hone_internal_onnx_give(export, node->outputs[0],
                                       hone_internal_onnx_number(&export->writer, attributes->number));
    const char *shape = shape_tensor(export, attributes->shape);
    hone_onnx_node *fill = hone_internal_onnx_node(&export->writer, "ConstantOfShape", &shape, 1);
    hone_internal_onnx_set_value(&export->writer, fill, attributes->number);
    return hone_internal_onnx_give(export, node->outputs[0], hone_internal_onnx_output(fill));
}

/* ---- writing: movement ---- */

/* A free size that x has as well is left to x: 1 in the wanted shape changes nothing there. */
static const char *broadcast(hone_onnx_export *export, const char *x, hone_shape from, hone_shape to)
{
    for (int back = 1; back <= to.rank && back <= from.rank; back++)
        if (to.size[to.rank - back] == HONE_ANY && from.size[from.rank - back] == HONE_ANY)
            to.size[to.rank - back] = 1;
    return HONE_ONNX(export, "Expand", x, shape_tensor(export, to));
}

static const char *slice(hone_onnx_export *export, const char *x, int64_t begin, int64_t end, int axis,
                         int64_t step)
{
    const char *first = hone_internal_onnx_list(export, &begin, 1),
               *last = hone_internal_onnx_list(export, &end, 1),
               *axes = hone_internal_onnx_list(export, (int64_t[]){axis}, 1);
    return HONE_ONNX(export, "Slice", x, first, last, axes, hone_internal_onnx_list(export, &step, 1));
}

static hone_status emit_walk(hone_onnx_export *export, const hone_node *node)
{
    const hone_walk_attributes *walk = node->attributes;
    hone_value x = node->inputs[0], y = node->outputs[0];
    const char *name = hone_internal_onnx_name_of(export, x);
    switch (walk->what) {
    case HONE_WALK_TRANSPOSE:
        name = hone_internal_onnx_transpose(export, name, walk->order, walk->shape.rank);
        break;
    case HONE_WALK_BROADCAST:
        name = broadcast(export, name, hone_internal_onnx_shape_of(export, x), walk->shape);
        break;
    case HONE_WALK_SLICE:
        name = slice(export, name, walk->begin, walk->begin + walk->shape.size[walk->axis], walk->axis, 1);
        break;
    case HONE_WALK_REVERSE: name = slice(export, name, -1, INT64_MIN, walk->axis, -1); break;
    }
    return hone_internal_onnx_give(export, y, name);
}

static hone_status emit_pad(hone_onnx_export *export, const hone_node *node)
{
    const hone_pad_attributes *pad = node->attributes;
    int64_t pads[2 * HONE_MAX_RANK];
    int rank = pad->shape.rank;
    for (int axis = 0; axis < rank; axis++) {
        bool open = pad->shape.size[axis] == HONE_ANY;
        if (open && pad->strides.b[axis] != 0)
            return hone_fail(HONE_ERROR_UNSUPPORTED,
                             "padding an axis of variable size cannot be written as ONNX yet");
        pads[axis] = pad->strides.b[axis];
        pads[rank + axis] = open ? 0 : pad->shape.size[axis] - pad->strides.a[axis] - pad->strides.b[axis];
    }
    const char *number = hone_internal_onnx_number(&export->writer, pad->number),
               *amounts = hone_internal_onnx_list(export, pads, 2 * rank);
    return hone_internal_onnx_give(
        export, node->outputs[0],
        HONE_ONNX(export, "Pad", hone_internal_onnx_name_of(export, node->inputs[0]), amounts, number));
}

static hone_status emit_concatenate(hone_onnx_export *export, const hone_node *node)
{
    const char *parts[HONE_NODE_INPUTS];
    for (int i = 0; i < node->input_count; i++)
        parts[i] = hone_internal_onnx_name_of(export, node->inputs[i]);
    hone_onnx_node *joined =
        hone_internal_onnx_node(&export->writer, "Concat", parts, (size_t)node->input_count);
    hone_internal_onnx_set_int(&export->writer, joined, "axis", *(const int *)node->attributes);
    return hone_internal_onnx_give(export, node->outputs[0], hone_internal_onnx_output(joined));
}

/* ---- reading ---- */

static hone_status import_concat(hone_onnx_import *import, const hone_onnx_node *node)
{
    if (node->n_input < 1)
        return hone_internal_onnx_refuse("it has no operand");
    const hone_tensor *first = hone_internal_onnx_operand(import, node, 0);
    if (first == NULL)
        return hone_error_status();
    int64_t axis = hone_internal_onnx_int(node, "axis", 1);
    int rank = hone_tensor_shape(first).rank;
    if (axis < -rank || axis >= rank || axis == 0 || axis == -rank)
        return hone_internal_onnx_refuse("its axis must come after the batch axis");
    if (node->n_input == 1)
        return hone_internal_onnx_import_same(import, node);
    char *spec = hone_internal_format("concatenate(axis=%d)", (int)axis);
    hone_status status =
        spec == NULL ? HONE_ERROR_MEMORY : hone_internal_onnx_apply_to_all(import, node, spec);
    hone_internal_free(spec);
    return status;
}

static hone_status import_flatten(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    if (x == NULL)
        return hone_error_status();
    int64_t axis = hone_internal_onnx_int(node, "axis", 1);
    if (axis != 1 && axis != 1 - hone_tensor_shape(x).rank)
        return hone_internal_onnx_refuse("only axis 1, the first after the batch axis, is supported");
    return hone_internal_onnx_layer(import, node, x, "flatten");
}

static hone_status add_reshape(hone_onnx_import *import, const hone_onnx_node *node, hone_tensor *x,
                               const int64_t *sizes, int count)
{
    hone_text list = {0};
    if (count == 1 && sizes[0] == -1)
        return hone_internal_onnx_layer(import, node, x, "flatten");
    for (int i = 0; i < count; i++)
        hone_internal_text_format(&list, "%s%" PRId64, i > 0 ? ", " : "", sizes[i]);
    hone_status status = list.failed  ? HONE_ERROR_MEMORY
                         : count == 0 ? hone_internal_onnx_refuse("it leaves only the batch axis")
                                      : hone_internal_onnx_layer(import, node, x, "reshape([%s])", list.data);
    hone_internal_text_free(&list);
    return status;
}

/* The first size must be the batch's: 0 (as it is), -1, or its fixed number. */
static hone_status import_reshape(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    const hone_array *target = x == NULL ? NULL : hone_internal_onnx_constant(import, node, 1);
    if (target == NULL)
        return hone_error_status();
    hone_shape from = hone_tensor_shape(x);
    int64_t sizes[HONE_MAX_RANK], count = hone_array_count(target), open = 0;
    if (count < 1 || count > HONE_MAX_RANK || target->type != HONE_INT64)
        return hone_internal_onnx_refuse("its shape must be a list of 1 to 8 sizes");
    for (int64_t i = 0; i < count; i++) {
        sizes[i] = ((const int64_t *)target->data)[i];
        if (sizes[i] == 0 && i > 0 && i < from.rank)
            sizes[i] = from.size[i];
        open += i > 0 && sizes[i] == -1;
        if (sizes[i] < -1 || (i > 0 && sizes[i] == 0))
            return hone_internal_onnx_refuse("a size below -1, or of no axis, is not supported");
    }
    if (sizes[0] > 0 && sizes[0] != import->batch)
        return hone_internal_onnx_refuse("its first size must be that of the batch (0 or -1)");
    if (open > 1)
        return hone_internal_onnx_refuse("more than one size after the batch axis is variable");
    return add_reshape(import, node, x, sizes + 1, (int)count - 1);
}

static hone_status import_unsqueeze(hone_onnx_import *import, const hone_onnx_node *node)
{
    bool reordered;
    HONE_TRY(hone_internal_onnx_reorder(import, node, &reordered));
    if (reordered)
        return HONE_OK;
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    int axes[HONE_ONNX_INTEGERS];
    if (x == NULL)
        return hone_error_status();
    hone_shape shape = hone_tensor_shape(x);
    const hone_array *list =
        hone_internal_onnx_is_constant(import, node, 1) ? hone_internal_onnx_constant(import, node, 1) : NULL;
    const hone_onnx_attribute *attribute = hone_internal_onnx_attribute(node, "axes");
    int64_t added = attribute != NULL ? (int64_t)attribute->n_ints
                    : list != NULL    ? hone_array_count(list)
                                      : 0;
    if (added < 1 || added + shape.rank > HONE_MAX_RANK)
        return hone_internal_onnx_refuse("its axes are missing or too many");
    int rank = shape.rank + (int)added, count = hone_internal_onnx_read_axes(import, node, 1, rank, axes);
    if (count < 0)
        return (hone_status)count;
    bool is_new[HONE_MAX_RANK] = {false};
    int64_t sizes[HONE_MAX_RANK];
    for (int i = 0; i < count; i++)
        is_new[axes[i]] = true;
    if (is_new[0])
        return hone_internal_onnx_refuse("an axis before the batch axis is not supported");
    for (int axis = 0, old = 0; axis < rank; axis++)
        sizes[axis] = is_new[axis] || old >= shape.rank ? 1 : shape.size[old++];
    return add_reshape(import, node, x, sizes + 1, rank - 1);
}

static hone_status import_squeeze(hone_onnx_import *import, const hone_onnx_node *node)
{
    bool reordered;
    HONE_TRY(hone_internal_onnx_reorder(import, node, &reordered));
    if (reordered)
        return HONE_OK;
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    int axes[HONE_ONNX_INTEGERS], kept = 0;
    if (x == NULL)
        return hone_error_status();
    hone_shape shape = hone_tensor_shape(x);
    int count = hone_internal_onnx_read_axes(import, node, 1, shape.rank, axes);
    if (count < 0)
        return (hone_status)count;
    bool dropped[HONE_MAX_RANK] = {false};
    int64_t sizes[HONE_MAX_RANK];
    for (int i = 0; i < count; i++) {
        dropped[axes[i]] = true;
        if (axes[i] == 0 || shape.size[axes[i]] != 1)
            return hone_internal_onnx_refuse("only axes of size 1 after the batch axis can be removed");
    }
    for (int axis = 1; axis < shape.rank; axis++)
        if (!dropped[axis] && (count > 0 || shape.size[axis] != 1))
            sizes[kept++] = shape.size[axis];
    return add_reshape(import, node, x, sizes, kept);
}

static hone_status import_transpose(hone_onnx_import *import, const hone_onnx_node *node)
{
    bool reordered;
    HONE_TRY(hone_internal_onnx_reorder(import, node, &reordered));
    if (reordered)
        return HONE_OK;
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    const hone_onnx_attribute *order = hone_internal_onnx_attribute(node, "perm");
    if (x == NULL)
        return hone_error_status();
    hone_shape shape = hone_tensor_shape(x);
    if (order == NULL || order->n_ints != (size_t)shape.rank || order->ints[0] != 0)
        return hone_internal_onnx_refuse(
            "only an order of all axes that keeps the batch axis first is supported");
    hone_text dims = {0};
    for (int axis = 1; axis < shape.rank; axis++)
        hone_internal_text_format(&dims, "%s%" PRId64, axis > 1 ? ", " : "", order->ints[axis]);
    hone_status status = dims.failed ? HONE_ERROR_MEMORY
                                     : hone_internal_onnx_layer(import, node, x, "permute([%s])", dims.data);
    hone_internal_text_free(&dims);
    return status;
}

/* ---- reading: around the spatial axes ---- */

/* What is added or removed at both ends of each axis. */
typedef struct margins {
    int64_t before[HONE_MAX_RANK], after[HONE_MAX_RANK];
} margins;

static bool is_free(const margins *ends, int axis)
{
    return ends->before[axis] == 0 && ends->after[axis] == 0;
}

/* zero_padding or cropping, over the axes between the batch and the channels, which come last or second. */
static hone_status import_ends(hone_onnx_import *import, const hone_onnx_node *node, hone_tensor *x,
                               const char *layer, bool has_format, const margins *ends)
{
    const int rank = hone_tensor_shape(x).rank, axes = rank - 2;
    if (axes < 1 || axes > HONE_WINDOW_AXES)
        return hone_internal_onnx_refuse("it has no, or more than three, spatial axes");
    const bool last = is_free(ends, rank - 1);
    if (!is_free(ends, 0) || !(last || (is_free(ends, 1) && has_format)))
        return hone_internal_onnx_refuse(
            "only the axes between the batch axis and the channels are supported");
    int64_t pairs[2 * HONE_WINDOW_AXES];
    for (int axis = 0; axis < axes; axis++) {
        pairs[2 * axis] = ends->before[axis + (last ? 1 : 2)];
        pairs[2 * axis + 1] = ends->after[axis + (last ? 1 : 2)];
    }
    hone_text spec = {0};
    hone_internal_text_format(&spec, "%s%dd(", layer, axes);
    hone_internal_onnx_append_pairs(&spec, pairs, axes);
    if (has_format)
        hone_internal_text_format(&spec, ", data_format=%s", last ? "channels_last" : "channels_first");
    hone_internal_text_format(&spec, ")");
    return hone_internal_onnx_apply_text(import, node, &spec, x, true) == NULL ? hone_error_status()
                                                                               : HONE_OK;
}

static hone_status import_pad(hone_onnx_import *import, const hone_onnx_node *node)
{
    int64_t pads[HONE_ONNX_INTEGERS];
    double number = 0;
    margins ends = {0};
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    const int rank = x == NULL ? 0 : hone_tensor_shape(x).rank;
    const int count = x == NULL ? 0 : hone_internal_onnx_read_integers(import, node, "pads", 1, pads);
    if (x == NULL || count < 0)
        return hone_error_status();
    HONE_TRY(hone_internal_onnx_read_number(import, node, "value", 2, &number));
    const bool constant = hone_internal_onnx_attribute(node, "mode") == NULL ||
                          hone_internal_onnx_has_text(node, "mode", "constant");
    if (!constant || number != 0 || hone_internal_onnx_is_given(node, 3))
        return hone_internal_onnx_refuse("only zeros around all axes are supported");
    if (count != 2 * rank)
        return hone_fail(HONE_ERROR_FORMAT, "its pads has %d number%s, not %d", count,
                         hone_internal_plural(count), 2 * rank);
    for (int axis = 0; axis < rank; axis++) {
        ends.before[axis] = pads[axis];
        ends.after[axis] = pads[rank + axis];
        if (pads[axis] < 0 || pads[rank + axis] < 0)
            return hone_internal_onnx_refuse("pads below 0 are not supported");
    }
    return import_ends(import, node, x, "zero_padding", true, &ends);
}

/* What a slice removes from an axis of `size` positions; false: that is not known, or nothing is left. */
static bool find_ends(int64_t size, int64_t begin, int64_t end, int64_t *before, int64_t *after)
{
    const int64_t most = size == HONE_ANY ? INT32_MAX : size;
    if (end > most || (size == HONE_ANY && end == most))
        end = most;
    if (begin < -most && size != HONE_ANY)
        begin = -size;
    if (begin > most || begin < -most || end < -most)
        return false;
    *before = begin >= 0 ? begin : begin + size;
    *after = end < 0 ? -end : size == HONE_ANY ? 0 : size - end;
    if (size == HONE_ANY)
        return begin >= 0 && (end < 0 || end == most);
    return *after < size - *before;
}

static hone_status import_slice(hone_onnx_import *import, const hone_onnx_node *node)
{
    int64_t begins[HONE_ONNX_INTEGERS], lasts[HONE_ONNX_INTEGERS], steps[HONE_ONNX_INTEGERS];
    int axes[HONE_ONNX_INTEGERS];
    margins ends = {0};
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    if (x == NULL)
        return hone_error_status();
    const hone_shape shape = hone_tensor_shape(x);
    const int count = hone_internal_onnx_read_integers(import, node, "starts", 1, begins),
              last = count < 0 ? count : hone_internal_onnx_read_integers(import, node, "ends", 2, lasts),
              named = last < 0 ? last : hone_internal_onnx_read_axes(import, node, 3, shape.rank, axes),
              stepped = named < 0 ? named : hone_internal_onnx_read_integers(import, node, "steps", 4, steps);
    if (stepped < 0)
        return (hone_status)stepped;
    if (count < 1 || count > shape.rank || last != count || (named != 0 && named != count) ||
        (stepped != 0 && stepped != count))
        return hone_fail(HONE_ERROR_FORMAT, "its starts, ends, axes and steps do not match");
    for (int i = 0; i < count; i++) {
        const int axis = named == 0 ? i : axes[i];
        if (stepped != 0 && steps[i] != 1)
            return hone_internal_onnx_refuse("only step 1 is supported");
        if (!is_free(&ends, axis) ||
            !find_ends(shape.size[axis], begins[i], lasts[i], &ends.before[axis], &ends.after[axis]))
            return hone_internal_onnx_refuse("what is left of an axis is not known, or nothing");
    }
    return import_ends(import, node, x, "cropping", shape.rank > 3, &ends);
}

static const hone_onnx_emitted emitted[] = {
    {"reshape", emit_reshape},
    {"stop_gradient", hone_internal_onnx_emit_same},
    {"strided_copy", emit_walk},
    {"pad", emit_pad},
    {"concatenate", emit_concatenate},
    {"fill", emit_fill},
    {NULL, NULL},
};
static const hone_onnx_imported imported[] = {
    {"Concat", import_concat},       {"Flatten", import_flatten},     {"Pad", import_pad},
    {"Reshape", import_reshape},     {"Slice", import_slice},         {"Squeeze", import_squeeze},
    {"Transpose", import_transpose}, {"Unsqueeze", import_unsqueeze}, {NULL, NULL},
};
HONE_ONNX_FAMILY(movement, emitted, imported);
