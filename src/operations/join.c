/* Operations of several tensors or with several results: joining along an axis, old or new, and taking apart.
 */
#include "operations/literal.h"
#include "operations/operations.h"

#include <stdlib.h>
#include <string.h>

#define ARGUMENTS(thing, FIELDS) \
    HONE_ARGS_STRUCT(thing##_args, FIELDS); \
    HONE_FIELD_TABLE_NAMED(thing##_args, FIELDS, thing##_fields, thing##_defaults);

#define JOIN_FIELDS(F, A) HONE_OPERATION_FIELDS(F, A) F(A, INTEGER, axis, 0, "the axis")
ARGUMENTS(join, JOIN_FIELDS)

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

/* ---- apart ---- */

enum { MOST_PARTS = 4096 };

#define SPLIT_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, TEXT, indices_or_sections, NULL, "how many parts, or a list of where each but the first begins", \
      HONE_REQUIRED, HONE_SPECS(HONE_LITERAL)) \
    F(A, INTEGER, axis, 0, "the axis")
ARGUMENTS(split, SPLIT_FIELDS)

#define UNSTACK_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, num, HONE_NONE_INTEGER, "the size of the axis (None: as it is)", \
      HONE_BETWEEN(1, MOST_PARTS)) \
    F(A, INTEGER, axis, 0, "the axis")
ARGUMENTS(unstack, UNSTACK_FIELDS)

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

static int call_split(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                      hone_value *outputs)
{
    const split_args *args = hone_layer_args(layer);
    int axis = axis_of(graph, inputs[0], args->axis);
    const hone_literal *items =
        axis < 0 ? NULL : hone_internal_literal_read(graph, args->indices_or_sections, &count);
    if (items == NULL)
        return axis < 0 ? axis : hone_error_status();
    if (!are_places(items, count) || count > MOST_PARTS)
        return hone_fail(HONE_ERROR_ARGUMENT, "indices_or_sections must be whole numbers, not %.60s",
                         args->indices_or_sections);
    return args->indices_or_sections[0] == '['
               ? split_at(graph, inputs[0], axis, items, count, outputs)
               : split_evenly(graph, inputs[0], axis, items[0].start, outputs);
}
HONE_OPERATION(split, "Split", split_args, split_fields, split_defaults, .call = call_split,
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
