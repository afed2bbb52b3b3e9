/* Operations of several tensors or with several results: joining along an axis, old or new, and taking apart.
 */
#include "operations/constant.h"
#include "operations/literal.h"
#include "operations/operations.h"

#include <stdlib.h>
#include <string.h>

#define JOIN_FIELDS(F, A) HONE_OPERATION_FIELDS(F, A) F(A, INTEGER, axis, 0, "the axis")
HONE_OPERATION_ARGS(join, JOIN_FIELDS)

static int call_concatenate(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                            hone_value *outputs)
{
    const join_args *args = hone_layer_args(layer);
    outputs[0] = hone_op_concatenate(graph, inputs, count, (int)args->axis);
    return 1;
}
HONE_OPERATION(concatenate, "Concatenate", join_args, join_fields, join_defaults, .call = call_concatenate,
               .inputs_min = 1, .inputs_max = HONE_MANY_INPUTS);

static int call_stack(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                      hone_value *outputs)
{
    const join_args *args = hone_layer_args(layer);
    int axis = (int)(args->axis < 0 ? args->axis + hone_value_shape(graph, inputs[0]).rank + 1 : args->axis);
    hone_value *rows = hone_internal_arena_allocate(&graph->arena, sizeof *rows * (size_t)count);
    if (rows == NULL)
        return HONE_ERROR_MEMORY;
    for (int i = 0; i < count; i++)
        if ((rows[i] = hone_op_expand(graph, inputs[i], axis)) < 0)
            return hone_error_status();
    outputs[0] = hone_op_concatenate(graph, rows, count, axis);
    return 1;
}
HONE_OPERATION(stack, "Stack", join_args, join_fields, join_defaults, .call = call_stack, .inputs_min = 1,
               .inputs_max = HONE_MANY_INPUTS);

/* Along an axis of all tensors: side by side. Those of two axes get a third one for dstack. */
HONE_OPERATION_ARGS(plain, HONE_OPERATION_FIELDS)

/* Tensors of one axis are rows. */
static int call_vstack(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                       hone_value *outputs)
{
    hone_value *rows = hone_internal_arena_allocate(&graph->arena, sizeof *rows * (size_t)count);
    (void)layer;
    if (rows == NULL)
        return HONE_ERROR_MEMORY;
    for (int i = 0; i < count; i++)
        rows[i] =
            hone_value_shape(graph, inputs[i]).rank == 1 ? hone_op_expand(graph, inputs[i], 0) : inputs[i];
    outputs[0] = hone_op_concatenate(graph, rows, count, 0);
    return 1;
}
HONE_OPERATION(vstack, "Vstack", plain_args, plain_fields, plain_defaults, .call = call_vstack,
               .inputs_min = 1, .inputs_max = HONE_MANY_INPUTS);

static int call_hstack(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                       hone_value *outputs)
{
    (void)layer;
    outputs[0] = hone_op_concatenate(graph, inputs, count, 1);
    return 1;
}
HONE_OPERATION(hstack, "Hstack", plain_args, plain_fields, plain_defaults, .call = call_hstack,
               .inputs_min = 1, .inputs_max = HONE_MANY_INPUTS);

static int call_dstack(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                       hone_value *outputs)
{
    hone_value *deep = hone_internal_arena_allocate(&graph->arena, sizeof *deep * (size_t)count);
    (void)layer;
    if (deep == NULL)
        return HONE_ERROR_MEMORY;
    for (int i = 0; i < count; i++) {
        deep[i] = inputs[i];
        if (hone_value_shape(graph, deep[i]).rank == 2)
            deep[i] = hone_op_expand(graph, deep[i], 2);
    }
    outputs[0] = hone_op_concatenate(graph, deep, count, 2);
    return 1;
}
HONE_OPERATION(dstack, "Dstack", plain_args, plain_fields, plain_defaults, .call = call_dstack,
               .inputs_min = 1, .inputs_max = HONE_MANY_INPUTS);

#define APPEND_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, axis, HONE_NONE_INTEGER, "the axis (None: all numbers in one row)")
HONE_OPERATION_ARGS(append, APPEND_FIELDS)

static int call_append(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                       hone_value *outputs)
{
    const int64_t axis = ((const append_args *)hone_layer_args(layer))->axis;
    int64_t given[2] = {axis, axis};
    hone_value x[2];
    HONE_TRY(hone_internal_operands(layer, graph, inputs, count, 2, x));
    for (int i = 0; i < 2; i++)
        if ((x[i] = hone_internal_row_without_axis(graph, x[i], &given[i], "append")) < 0)
            return hone_error_status();
    outputs[0] = hone_op_concatenate(graph, x, 2, (int)given[0]);
    return 1;
}
HONE_OPERATION(append, "Append", append_args, append_fields, append_defaults, .call = call_append,
               HONE_OPERATION_OPERANDS(hone_internal_two_operands, 2));

/* ---- apart ---- */

enum { MOST_PARTS = 4096 };

#define SPLIT_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, TEXT, indices_or_sections, NULL, "how many parts, or a list of where each but the first begins", \
      HONE_REQUIRED, HONE_SPECS(HONE_LITERAL)) \
    F(A, INTEGER, axis, 0, "the axis")
HONE_OPERATION_ARGS(split, SPLIT_FIELDS)

#define UNSTACK_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, num, HONE_NONE_INTEGER, "the size of the axis (None: as it is)", \
      HONE_BETWEEN(1, MOST_PARTS)) \
    F(A, INTEGER, axis, 0, "the axis")
HONE_OPERATION_ARGS(unstack, UNSTACK_FIELDS)

/* A list of n places has n + 1 parts. */
static int most_parts(const hone_layer *layer)
{
    const char *text = ((const split_args *)hone_layer_args(layer))->indices_or_sections;
    if (text == NULL)
        return 1;
    if (text[0] != '[')
        return (int)strtol(text, NULL, 10);
    int parts = text[1] == ']' ? 1 : 2;
    for (; *text != '\0'; text++)
        parts += *text == ',';
    return parts;
}

static bool are_places(const hone_literal *items, int count)
{
    for (int i = 0; i < count; i++)
        if (items[i].kind != HONE_LITERAL_INTEGER || items[i].start < 0)
            return false;
    return true;
}

/* Parts beyond the end are empty in NumPy, which no tensor here is. */
static int split_at(hone_graph *graph, hone_value x, int axis, const hone_literal *places, int count,
                    hone_value *outputs)
{
    int64_t size = hone_value_size(graph, x, axis), begin = 0;
    for (int i = 0; i <= count; i++) {
        int64_t end = i < count ? places[i].start : size;
        if (end <= begin || end > size)
            return hone_fail(HONE_ERROR_SHAPE, "part %d of an axis of size %lld would be empty", i,
                             (long long)size);
        if ((outputs[i] = hone_op_slice(graph, x, axis, begin, end)) < 0)
            return hone_error_status();
        begin = end;
    }
    return count + 1;
}

static int split_evenly(hone_graph *graph, hone_value x, int axis, int64_t parts, hone_value *outputs)
{
    int64_t size = hone_value_size(graph, x, axis);
    if (parts < 1 || parts > MOST_PARTS || size % parts != 0)
        return hone_fail(HONE_ERROR_SHAPE, "an axis of size %lld has no %lld equal parts", (long long)size,
                         (long long)parts);
    for (int64_t i = 0; i < parts; i++)
        if ((outputs[i] = hone_op_slice(graph, x, axis, i * (size / parts), (i + 1) * (size / parts))) < 0)
            return hone_error_status();
    return (int)parts;
}

/* The axis of what is to be taken apart; its size must be known. */
static int axis_of(const hone_graph *graph, hone_value x, int64_t axis)
{
    int resolved = hone_internal_shape_axis(hone_value_shape(graph, x), axis, "axis");
    if (resolved < 0 || hone_value_size(graph, x, resolved) != HONE_ANY)
        return resolved;
    return hone_fail(HONE_ERROR_SHAPE,
                     "an axis whose size is not fixed, as that of the batch, cannot be taken apart");
}

static hone_status fail_places(const char *text)
{
    return hone_fail(HONE_ERROR_ARGUMENT, "indices_or_sections must be whole numbers, not %.60s", text);
}

/* `text` says how many parts, or where they begin. */
static int split_along(hone_graph *graph, hone_value x, const char *text, int64_t along, hone_value *outputs)
{
    int axis = axis_of(graph, x, along), count;
    const hone_literal *items = axis < 0 ? NULL : hone_internal_literal_read(graph, text, &count);
    if (items == NULL)
        return axis < 0 ? axis : (int)hone_error_status();
    if (!are_places(items, count) || count > MOST_PARTS)
        return fail_places(text);
    return text[0] == '[' ? split_at(graph, x, axis, items, count, outputs)
                          : split_evenly(graph, x, axis, items[0].start, outputs);
}

static int call_split(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                      hone_value *outputs)
{
    const split_args *args = hone_layer_args(layer);
    (void)count;
    return split_along(graph, inputs[0], args->indices_or_sections, args->axis, outputs);
}
HONE_OPERATION(split, "Split", split_args, split_fields, split_defaults, .call = call_split,
               .outputs_max = most_parts);

/* The same along the first axis, the second, and the third, which have no argument for it. */
#define SECTIONS_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, TEXT, indices_or_sections, NULL, "how many parts, or a list of where each but the first begins", \
      HONE_REQUIRED, HONE_SPECS(HONE_LITERAL))
HONE_OPERATION_ARGS(sections, SECTIONS_FIELDS)
#define SPLIT_ALONG(thing, class, axis) \
    static int call_##thing(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count, \
                            hone_value *outputs) \
    { \
        const sections_args *args = hone_layer_args(layer); \
        (void)count; \
        return split_along(graph, inputs[0], args->indices_or_sections, axis, outputs); \
    } \
    HONE_OPERATION(thing, class, sections_args, sections_fields, sections_defaults, .call = call_##thing, \
                   .outputs_max = most_parts);
SPLIT_ALONG(vsplit, "Vsplit", 0)
SPLIT_ALONG(hsplit, "Hsplit", hone_value_shape(graph, inputs[0]).rank > 1)
SPLIT_ALONG(dsplit, "Dsplit", 2)

/* Parts of nearly equal size: the first ones have one place more where the size is no multiple. */
static int split_nearly(hone_graph *graph, hone_value x, int axis, int64_t parts, hone_value *outputs)
{
    int64_t size = hone_value_size(graph, x, axis), begin = 0;
    if (parts < 1 || parts > MOST_PARTS || parts > size)
        return hone_fail(HONE_ERROR_SHAPE, "an axis of size %lld has no %lld parts", (long long)size,
                         (long long)parts);
    for (int64_t i = 0; i < parts; i++) {
        int64_t end = begin + size / parts + (i < size % parts);
        if ((outputs[i] = hone_op_slice(graph, x, axis, begin, end)) < 0)
            return hone_error_status();
        begin = end;
    }
    return (int)parts;
}

static int call_array_split(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                            hone_value *outputs)
{
    const split_args *args = hone_layer_args(layer);
    const char *text = args->indices_or_sections;
    int axis = axis_of(graph, inputs[0], args->axis), places;
    (void)count;
    if (axis < 0 || text[0] == '[')
        return axis < 0 ? axis : split_along(graph, inputs[0], text, args->axis, outputs);
    const hone_literal *items = hone_internal_literal_read(graph, text, &places);
    if (items == NULL || !are_places(items, places))
        return items == NULL ? (int)hone_error_status() : (int)fail_places(text);
    return split_nearly(graph, inputs[0], axis, items[0].start, outputs);
}
HONE_OPERATION(array_split, "ArraySplit", split_args, split_fields, split_defaults, .call = call_array_split,
               .outputs_max = most_parts);

/* As many as the axis has places; before it is built nobody asks. */
static int most_rows(const hone_layer *layer)
{
    const unstack_args *args = hone_layer_args(layer);
    int axis =
        layer->input_count < 1 ? -1 : hone_internal_shape_axis(layer->input_shapes[0], args->axis, "axis");
    int64_t size = axis < 0 ? args->num : layer->input_shapes[0].size[axis];
    return size < 1 || size > MOST_PARTS ? 1 : (int)size;
}

static int call_unstack(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                        hone_value *outputs)
{
    const unstack_args *args = hone_layer_args(layer);
    int axis = axis_of(graph, inputs[0], args->axis);
    int64_t size = axis < 0 ? 0 : hone_value_size(graph, inputs[0], axis);
    (void)count;
    if (axis < 0)
        return axis;
    if (args->num != HONE_NONE_INTEGER && args->num != size)
        return hone_fail(HONE_ERROR_SHAPE, "num is %lld, but the axis has size %lld", (long long)args->num,
                         (long long)size);
    int parts = split_evenly(graph, inputs[0], axis, size, outputs);
    for (int i = 0; i < parts; i++)
        if ((outputs[i] = hone_op_squeeze(graph, outputs[i], axis)) < 0)
            return hone_error_status();
    return parts;
}
HONE_OPERATION_OF(core, unstack, "Unstack", unstack_args, unstack_fields, unstack_defaults,
                  .call = call_unstack, .outputs_max = most_rows);
