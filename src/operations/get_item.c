/* Operations that choose numbers by their places: x[:, 1:, None], and rows by lists of numbers. */
#include "operations/get_item.h"
#include "base/plural.h"
#include "operations/constant.h"
#include "operations/literal.h"
#include "operations/operations.h"

#include <math.h>
#include <string.h>

HONE_OPERATION_ARGS(plain, HONE_OPERATION_FIELDS)

#define KEY_FIELDS(F, A) \
    F(A, TEXT, key, NULL, "what stands in the brackets", HONE_REQUIRED, HONE_SPECS(HONE_LITERAL))
HONE_OPERATION_CALL_FIELDS(key, KEY_FIELDS)

static hone_value refuse_batch(void)
{
    hone_fail(HONE_ERROR_UNSUPPORTED,
              "the first axis, that of the batch, cannot be indexed; begin with \":\"");
    return HONE_NO_VALUE;
}

static hone_value refuse_place(int64_t place, int axis, int64_t size)
{
    hone_fail(HONE_ERROR_SHAPE, "place %lld is not within axis %d of size %lld", (long long)place, axis,
              (long long)size);
    return HONE_NO_VALUE;
}

/* Where only shapes count, a value of the same shape but for one axis, whose size is not known. */
static hone_value any_size(hone_graph *graph, hone_value x, int axis)
{
    hone_shape shape = hone_value_shape(graph, x);
    shape.size[axis] = HONE_ANY;
    return hone_internal_graph_input(graph, shape, NULL);
}

static int64_t within(int64_t place, int64_t size)
{
    place += place < 0 ? size : 0;
    return place < 0 ? 0 : place > size ? size : place;
}

/* The axis filled up to a multiple of the step, as rows of `step`, the first column of them. */
hone_value hone_internal_every_place(hone_graph *graph, hone_value x, int axis, int64_t step)
{
    hone_shape shape = hone_value_shape(graph, x), rows = shape;
    int64_t before[HONE_MAX_RANK] = {0}, after[HONE_MAX_RANK] = {0};
    int64_t count = (shape.size[axis] - 1) / step + 1;
    if (step == 1)
        return x;
    if (count == 1)
        return hone_op_slice(graph, x, axis, 0, 1);
    if (shape.rank == HONE_MAX_RANK) {
        hone_fail(HONE_ERROR_UNSUPPORTED, "steps in a tensor of %d axes are not supported", shape.rank);
        return HONE_NO_VALUE;
    }
    after[axis] = count * step - shape.size[axis];
    if (after[axis] > 0)
        x = hone_op_pad(graph, x, before, after, 0);
    rows.rank++;
    for (int i = shape.rank; i > axis + 1; i--)
        rows.size[i] = shape.size[i - 1];
    rows.size[axis] = count;
    rows.size[axis + 1] = step;
    x = hone_op_slice(graph, hone_op_reshape(graph, x, rows), axis + 1, 0, 1);
    return hone_op_squeeze(graph, x, axis + 1);
}

static bool is_whole(const hone_literal *item)
{
    return item->kind == HONE_LITERAL_SLICE && (item->start == HONE_NONE_INTEGER || item->start == 0) &&
           item->stop == HONE_NONE_INTEGER && (item->step == HONE_NONE_INTEGER || item->step == 1);
}

/* A slice with a step below 0 is one of the axis turned round: place i is size - 1 - i there. */
static hone_value slice_axis(hone_graph *graph, hone_value x, int axis, hone_literal slice)
{
    int64_t size = hone_value_size(graph, x, axis), step = slice.step == HONE_NONE_INTEGER ? 1 : slice.step;
    if (size == HONE_ANY)
        return any_size(graph, x, axis);
    if (step == 0 || step == INT64_MIN + 1) {
        hone_fail(HONE_ERROR_ARGUMENT, "the step of a slice must not be %lld", (long long)step);
        return HONE_NO_VALUE;
    }
    int64_t begin = slice.start, end = slice.stop;
    if (step > 0) {
        begin = begin == HONE_NONE_INTEGER ? 0 : within(begin, size);
        end = end == HONE_NONE_INTEGER ? size : within(end, size);
    } else { /* -1 is size - 1, and what lies before the first place is the end of the turned axis */
        begin = begin == HONE_NONE_INTEGER ? 0 : size - 1 - (begin < 0 ? begin + size : begin);
        end = end == HONE_NONE_INTEGER ? size : size - 1 - (end < 0 ? end + size : end);
        begin = begin < 0 ? 0 : begin;
        end = end > size ? size : end;
        x = hone_op_reverse(graph, x, axis);
        step = -step;
    }
    if (begin >= end) {
        hone_fail(HONE_ERROR_SHAPE, "the slice of axis %d of size %lld is empty", axis, (long long)size);
        return HONE_NO_VALUE;
    }
    if (begin > 0 || end < size)
        x = hone_op_slice(graph, x, axis, begin, end);
    return x < 0 ? x : hone_internal_every_place(graph, x, axis, step > size ? size : step);
}

static hone_value take_place(hone_graph *graph, hone_value x, int axis, int64_t place)
{
    int64_t size = hone_value_size(graph, x, axis), at = place < 0 ? place + size : place;
    if (size == HONE_ANY)
        at = 0; /* only the shape counts */
    else if (at < 0 || at >= size)
        return refuse_place(place, axis, size);
    return hone_op_squeeze(graph, hone_op_slice(graph, x, axis, at, at + 1), axis);
}

/* How many axes of x the items name. */
static int count_axes(const hone_literal *items, int count)
{
    int axes = 0;
    for (int i = 0; i < count; i++)
        axes += items[i].kind == HONE_LITERAL_INTEGER || items[i].kind == HONE_LITERAL_SLICE;
    return axes;
}

static hone_value get_items(hone_graph *graph, hone_value x, const hone_literal *items, int count)
{
    int rank = hone_value_shape(graph, x).rank, named = count_axes(items, count), axis = 0;
    if (named > rank) {
        hone_fail(HONE_ERROR_SHAPE, "%d axes are indexed, but there %s %d", named,
                  hone_internal_number_word(rank, "is", "are"), rank);
        return HONE_NO_VALUE;
    }
    for (int i = 0; i < count && x >= 0; i++) {
        const hone_literal *item = &items[i];
        if (item->kind != HONE_LITERAL_REST && !is_whole(item) &&
            hone_internal_is_batch(hone_value_shape(graph, x), axis))
            return refuse_batch();
        if (item->kind == HONE_LITERAL_REST) {
            axis += rank - named;
            named = rank; /* a second one stands for nothing */
        } else if (item->kind == HONE_LITERAL_NONE)
            x = hone_op_expand(graph, x, axis++);
        else if (item->kind == HONE_LITERAL_INTEGER)
            x = take_place(graph, x, axis, item->start);
        else {
            x = is_whole(item) ? x : slice_axis(graph, x, axis, *item);
            axis++;
        }
    }
    return x;
}

static hone_value get_item(hone_graph *graph, hone_value x)
{
    const key_call *key = hone_call_args(graph);
    int count;
    const hone_literal *items = hone_internal_literal_read(graph, key->key, &count);
    if (items != NULL && key->key[0] == '[' && strchr(key->key + 1, '[') != NULL) {
        hone_fail(HONE_ERROR_UNSUPPORTED, "lists within an index are not supported: %.60s", key->key);
        return HONE_NO_VALUE;
    }
    return items == NULL ? HONE_NO_VALUE : get_items(graph, x, items, count);
}
HONE_OPERATION_CALL(get_item, plain_args, get_item(graph, x))
HONE_OPERATION(get_item, "GetItem", plain_args, plain_fields, plain_defaults, .call = call_get_item,
               .call_fields = &key_call_type);

/* ---- rows by numbers ---- */

#define TAKE_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, axis, HONE_NONE_INTEGER, "the axis of the places (None: all numbers in one row)")
HONE_OPERATION_ARGS(take, TAKE_FIELDS)

#define INDICES_FIELDS(F, A) \
    HONE_OPERAND(F, A, x, "the numbers when they are a constant") \
    HONE_OPERAND(F, A, indices, "a place or a list of them when they are a constant")
HONE_OPERATION_CALL_FIELDS(indices, INDICES_FIELDS)

/* x with the axis first, all others as one: [size, others], and back to [places..., others...] in the order
 * of x. */
static hone_value take_rows(hone_graph *graph, hone_value x, int axis, hone_value ids, hone_shape places)
{
    int order[HONE_MAX_RANK], back[HONE_MAX_RANK], more = places.rank;
    hone_shape shape = hone_value_shape(graph, x), table = {.rank = 2, .size = {shape.size[axis], 1}},
               result = places;
    for (int i = 0; i < shape.rank; i++)
        order[i] = i == 0 ? axis : i <= axis ? i - 1 : i;
    for (int i = 0; i < shape.rank; i++)
        if (i != axis) {
            table.size[1] = hone_internal_size_product(table.size[1], shape.size[i]);
            result.size[result.rank++] = shape.size[i];
        }
    for (int i = 0; i < result.rank; i++)
        back[i] = i < axis ? more + i : i < axis + more ? i - axis : i;
    x = hone_op_reshape(graph, hone_op_transpose(graph, x, order), table);
    x = hone_op_gather_rows(graph, x, ids);
    return hone_op_transpose(graph, hone_op_reshape(graph, x, result), back);
}

/* The places as whole numbers from 0, below the size. */
static hone_status check_places(hone_constant *places, int axis, hone_shape shape)
{
    int64_t size = shape.size[axis];
    if (size == HONE_ANY)
        return hone_fail(HONE_ERROR_SHAPE, "places of an axis whose size is not fixed cannot be taken");
    if (shape.rank - 1 + places->shape.rank > HONE_MAX_RANK)
        return hone_fail(HONE_ERROR_SHAPE, "a tensor has at most %d axes", HONE_MAX_RANK);
    for (int64_t i = 0; i < places->count; i++) {
        double place = places->numbers[i] < 0 ? places->numbers[i] + (double)size : places->numbers[i];
        if (place != floor(place))
            return hone_fail(HONE_ERROR_ARGUMENT, "indices must be whole numbers, not %g",
                             places->numbers[i]);
        if (!(place >= 0 && place < (double)size))
            return refuse_place((int64_t)places->numbers[i], axis, size) < 0 ? hone_error_status() : HONE_OK;
        places->numbers[i] = place;
    }
    return HONE_OK;
}

static hone_value take_constant(hone_graph *graph, hone_value x, int axis, const char *text,
                                const hone_layer *layer)
{
    hone_constant places;
    if (hone_internal_constant_read(graph, text, &places) < 0 ||
        check_places(&places, axis, hone_value_shape(graph, x)) < 0)
        return HONE_NO_VALUE;
    if (places.shape.rank == 0)
        return take_place(graph, x, axis, (int64_t)places.numbers[0]);
    const hone_constant flat = {HONE_SHAPE(places.count), places.numbers, places.count};
    return take_rows(graph, x, axis, hone_internal_constant_value(graph, layer, &flat), places.shape);
}

/* Places that are a tensor, those below 0 from the end; only one of the two may have a batch. */
static hone_value take_at(hone_graph *graph, hone_value x, int axis, hone_value places)
{
    const hone_shape shape = hone_value_shape(graph, x), of = hone_value_shape(graph, places);
    if (hone_internal_is_batch(shape, 0) && hone_internal_is_batch(of, 0)) {
        hone_fail(
            HONE_ERROR_UNSUPPORTED,
            "places of all samples in all samples would mix them; numbers of a sample at its own places "
            "are taken by take_along_axis");
        return HONE_NO_VALUE;
    }
    if (shape.size[axis] == HONE_ANY || shape.rank - 1 + of.rank > HONE_MAX_RANK) {
        hone_fail(HONE_ERROR_SHAPE, "places of axis %d of size %lld cannot be taken", axis,
                  (long long)shape.size[axis]);
        return HONE_NO_VALUE;
    }
    places = hone_internal_from_the_end(graph, places, (double)shape.size[axis]);
    return take_rows(graph, x, axis, places, of);
}

static int call_take(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                     hone_value *outputs)
{
    int64_t along = ((const take_args *)hone_layer_args(layer))->axis;
    const char *text = ((const indices_call *)hone_call_args(graph))->indices;
    hone_value x[2];
    HONE_TRY(hone_internal_operands(layer, graph, inputs, count, 2, x));
    x[0] = hone_internal_row_without_axis(graph, x[0], &along, "take");
    const int axis = x[0] < 0 ? (int)hone_error_status()
                              : hone_internal_shape_axis(hone_value_shape(graph, x[0]), along, "axis");
    if (axis < 0)
        return axis;
    if (hone_internal_is_batch(hone_value_shape(graph, x[0]), axis))
        return refuse_batch() < 0 ? hone_error_status() : 0;
    outputs[0] =
        text != NULL ? take_constant(graph, x[0], axis, text, layer) : take_at(graph, x[0], axis, x[1]);
    return 1;
}
HONE_OPERATION(take, "Take", take_args, take_fields, take_defaults, .call = call_take,
               HONE_OPERATION_OPERANDS(indices_call_type, 2));
