/* Operations that move numbers about without changing them: views, orders of axes, copies, padding. */
#include "layers/axes.h"
#include "base/plural.h"
#include "operations/literal.h"
#include "operations/operations.h"

#include <string.h>

#define MOVEMENT(place, thing, class, arguments, result) \
    HONE_OPERATION_CALL(thing, arguments##_args, result) \
    HONE_OPERATION_OF(place, thing, class, arguments##_args, arguments##_fields, arguments##_defaults, \
                      .call = call_##thing);

static int count_of(const int64_t *integers)
{
    int count = 0;
    while (count < HONE_MAX_RANK && integers[count] != HONE_NONE_INTEGER)
        count++;
    return count;
}

/* HONE_NO_VALUE with a message about what would mix the samples of a batch. */
static hone_value refuse_batch(const char *what)
{
    hone_fail(HONE_ERROR_UNSUPPORTED, "%s would mix the samples of a batch; give an axis after the first",
              what);
    return HONE_NO_VALUE;
}

hone_value hone_internal_in_a_row(hone_graph *graph, hone_value x, const char *what)
{
    const hone_shape shape = hone_value_shape(graph, x);
    if (x < 0 || hone_internal_is_batch(shape, 0))
        return x < 0 ? x : refuse_batch(what);
    return shape.rank == 1 ? x : hone_op_reshape(graph, x, HONE_SHAPE(HONE_ANY));
}

hone_value hone_internal_row_without_axis(hone_graph *graph, hone_value x, int64_t *along, const char *what)
{
    if (*along != HONE_NONE_INTEGER)
        return x;
    *along = 0;
    return hone_internal_in_a_row(graph, x, what);
}

/* ---- views ---- */

HONE_OPERATION_ARGS(plain, HONE_OPERATION_FIELDS)

#define RESHAPE_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, newshape, HONE_NO_INTEGERS, "the shape with the batch, -1 for one size to work out", \
      HONE_REQUIRED, .scalar_or_list = true, .always_list = true)
HONE_OPERATION_ARGS(reshape, RESHAPE_FIELDS)

/* While the batch is not known, the size of the new shape that is to be worked out is not, unless the sizes
 * of a sample say that it is the batch. */
static hone_value reshaped(hone_graph *graph, hone_value x, const int64_t *sizes)
{
    hone_shape shape = {.rank = count_of(sizes)};
    memcpy(shape.size, sizes, sizeof *sizes * (size_t)shape.rank);
    return hone_op_reshape(graph, x, shape);
}
MOVEMENT(numpy, reshape, "Reshape", reshape, reshaped(graph, x, args->newshape))
MOVEMENT(numpy, ravel, "Ravel", plain, hone_op_reshape(graph, x, (hone_shape){.rank = 1, .size = {HONE_ANY}}))

#define EXPAND_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, axis, HONE_LAST_AXIS, "positions of the new axes", .scalar_or_list = true)
HONE_OPERATION_ARGS(expand, EXPAND_FIELDS)

/* Positions are those in the result, so they are taken from the front. */
static hone_value expanded(hone_graph *graph, hone_value x, const int64_t *axes)
{
    hone_shape shape = {.rank = hone_value_shape(graph, x).rank + count_of(axes)};
    int resolved[HONE_MAX_RANK];
    if (shape.rank > HONE_MAX_RANK) {
        hone_fail(HONE_ERROR_SHAPE, "a tensor has at most %d axes", HONE_MAX_RANK);
        return HONE_NO_VALUE;
    }
    int count = hone_internal_axes_resolve(axes, shape, resolved);
    if (count < 0)
        return HONE_NO_VALUE;
    for (int i = 0; i < count; i++)
        x = hone_op_expand(graph, x, resolved[i]);
    return x;
}
MOVEMENT(numpy, expand_dims, "ExpandDims", expand, expanded(graph, x, args->axis))

#define SQUEEZE_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, axis, HONE_NO_INTEGERS, "axes of size 1 to drop (None: all)", .scalar_or_list = true)
HONE_OPERATION_ARGS(squeeze, SQUEEZE_FIELDS)

static hone_value squeezed(hone_graph *graph, hone_value x, const int64_t *axes)
{
    hone_shape shape = hone_value_shape(graph, x);
    int resolved[HONE_MAX_RANK], count = hone_internal_axes_resolve(axes, shape, resolved);
    for (int axis = 1; axes[0] == HONE_NONE_INTEGER && axis < shape.rank; axis++) /* never the batch */
        if (shape.size[axis] == 1)
            resolved[count++] = axis;
    if (count < 0)
        return HONE_NO_VALUE;
    while (count > 0)
        x = hone_op_squeeze(graph, x, resolved[--count]);
    return x;
}
MOVEMENT(numpy, squeeze, "Squeeze", squeeze, squeezed(graph, x, args->axis))

/* ---- orders of axes ---- */

#define TRANSPOSE_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, axes, HONE_NO_INTEGERS, "the new order, the batch included (None: from the end)", \
      .scalar_or_list = true)
HONE_OPERATION_ARGS(transpose, TRANSPOSE_FIELDS)

static hone_value transposed(hone_graph *graph, hone_value x, const int64_t *axes)
{
    hone_shape shape = hone_value_shape(graph, x);
    int order[HONE_MAX_RANK], count = count_of(axes);
    if (count != 0 && count != shape.rank) {
        hone_fail(HONE_ERROR_SHAPE, "axes must have %d number%s, not %d", shape.rank,
                  hone_internal_plural(shape.rank), count);
        return HONE_NO_VALUE;
    }
    for (int i = 0; i < shape.rank; i++) {
        order[i] = count == 0 ? shape.rank - 1 - i : hone_internal_shape_axis(shape, axes[i], "axes");
        if (order[i] < 0)
            return HONE_NO_VALUE;
    }
    return hone_op_transpose(graph, x, order);
}
MOVEMENT(numpy, transpose, "Transpose", transpose, transposed(graph, x, args->axes))

#define SWAP_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, axis1, HONE_NONE_INTEGER, "one axis", HONE_REQUIRED) \
    F(A, INTEGER, axis2, HONE_NONE_INTEGER, "the other axis", HONE_REQUIRED)
HONE_OPERATION_ARGS(swap, SWAP_FIELDS)

static hone_value swapped(hone_graph *graph, hone_value x, int64_t axis1, int64_t axis2)
{
    hone_shape shape = hone_value_shape(graph, x);
    int one = hone_internal_shape_axis(shape, axis1, "axis1"),
        other = one < 0 ? one : hone_internal_shape_axis(shape, axis2, "axis2"), order[HONE_MAX_RANK];
    if (other < 0)
        return HONE_NO_VALUE;
    for (int i = 0; i < shape.rank; i++)
        order[i] = i == one ? other : i == other ? one : i;
    return hone_op_transpose(graph, x, order);
}
MOVEMENT(numpy, swapaxes, "Swapaxes", swap, swapped(graph, x, args->axis1, args->axis2))

#define MOVE_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, source, HONE_NO_INTEGERS, "axes to move", HONE_REQUIRED, .scalar_or_list = true) \
    F(A, INTEGERS, destination, HONE_NO_INTEGERS, "where to", HONE_REQUIRED, .scalar_or_list = true)
HONE_OPERATION_ARGS(move, MOVE_FIELDS)

/* Each source goes to its destination; the others fill the rest in their order. */
static hone_value moved(hone_graph *graph, hone_value x, const move_args *args)
{
    hone_shape shape = hone_value_shape(graph, x);
    int count = count_of(args->source), order[HONE_MAX_RANK];
    bool used[HONE_MAX_RANK] = {false};
    if (count != count_of(args->destination)) {
        hone_fail(HONE_ERROR_ARGUMENT, "source and destination must be equally many");
        return HONE_NO_VALUE;
    }
    for (int i = 0; i < shape.rank; i++)
        order[i] = -1;
    for (int i = 0; i < count; i++) {
        int from = hone_internal_shape_axis(shape, args->source[i], "source"),
            to = from < 0 ? from : hone_internal_shape_axis(shape, args->destination[i], "destination");
        if (to < 0)
            return HONE_NO_VALUE;
        order[to] = from;
        used[from] = true;
    }
    for (int i = 0, next = 0; i < shape.rank; i++) {
        while (order[i] < 0 && next < shape.rank && used[next])
            next++;
        if (order[i] < 0 && next < shape.rank)
            order[i] = next++;
    }
    return hone_op_transpose(graph, x, order);
}
MOVEMENT(numpy, moveaxis, "Moveaxis", move, moved(graph, x, args))

/* ---- the other way round ---- */

#define AXES_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, axis, HONE_NO_INTEGERS, "axes to turn round", .scalar_or_list = true)
HONE_OPERATION_ARGS(axes, AXES_FIELDS)

static hone_value flipped(hone_graph *graph, hone_value x, const int64_t *axes)
{
    int resolved[HONE_MAX_RANK],
        count = hone_internal_axes_or_all(axes, hone_value_shape(graph, x), resolved);
    if (count < 0)
        return HONE_NO_VALUE;
    if (count > 0 && hone_internal_is_batch(hone_value_shape(graph, x), resolved[0]))
        return refuse_batch("flip");
    for (int i = 0; i < count; i++)
        x = hone_op_reverse(graph, x, resolved[i]);
    return x;
}
MOVEMENT(numpy, flip, "Flip", axes, flipped(graph, x, args->axis))
MOVEMENT(numpy, flipud, "Flipud", plain, flipped(graph, x, (const int64_t[]){0, HONE_NONE_INTEGER}))
MOVEMENT(numpy, fliplr, "Fliplr", plain, flipped(graph, x, (const int64_t[]){1, HONE_NONE_INTEGER}))

#define ROLL_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, shift, HONE_NO_INTEGERS, "places to move on", HONE_REQUIRED, .scalar_or_list = true) \
    F(A, INTEGERS, axis, HONE_NO_INTEGERS, "along these axes", .scalar_or_list = true)
HONE_OPERATION_ARGS(roll, ROLL_FIELDS)

static hone_value roll_along(hone_graph *graph, hone_value x, int axis, int64_t shift)
{
    int64_t size = hone_value_size(graph, x, axis);
    if (size <= 0 || shift % size == 0)
        return x;
    int64_t split = size - ((shift % size) + size) % size;
    hone_value parts[2] = {hone_op_slice(graph, x, axis, split, size),
                           hone_op_slice(graph, x, axis, 0, split)};
    return hone_op_concatenate(graph, parts, 2, axis);
}

static hone_value rolled(hone_graph *graph, hone_value x, const roll_args *args)
{
    hone_shape shape = hone_value_shape(graph, x);
    int axes = count_of(args->axis), shifts = count_of(args->shift);
    if (axes == 0 && shifts == 1) {
        x = hone_internal_in_a_row(graph, x, "roll");
        return x < 0 ? x : hone_op_reshape(graph, roll_along(graph, x, 0, args->shift[0]), shape);
    }
    if (shifts != 1 && shifts != axes) {
        hone_fail(HONE_ERROR_ARGUMENT, "shift must be one number, or %d for the axes, not %d", axes, shifts);
        return HONE_NO_VALUE;
    }
    for (int i = 0; i < axes; i++) {
        int axis = hone_internal_shape_axis(shape, args->axis[i], "axis");
        if (axis < 0 || hone_internal_is_batch(shape, axis))
            return axis < 0 ? HONE_NO_VALUE : refuse_batch("roll");
        x = roll_along(graph, x, axis, args->shift[shifts == 1 ? 0 : i]);
    }
    return x;
}
MOVEMENT(numpy, roll, "Roll", roll, rolled(graph, x, args))

/* ---- copies ---- */

/* Each place of an axis (`each`), or the axis as a whole, `times` times over. */
static hone_value copied(hone_graph *graph, hone_value x, int axis, int64_t times, bool each)
{
    hone_shape shape = hone_value_shape(graph, x), wide = {.rank = shape.rank + 1}, result = shape;
    int place = each ? axis + 1 : axis;
    x = hone_op_expand(graph, x, place);
    wide = hone_value_shape(graph, x);
    wide.size[place] = times;
    result.size[axis] = hone_internal_size_product(shape.size[axis], times);
    return x < 0 ? x : hone_op_reshape(graph, hone_op_broadcast(graph, x, wide), result);
}

#define REPEAT_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, repeats, HONE_NONE_INTEGER, "copies of each place", HONE_REQUIRED, \
      HONE_BETWEEN(1, 1 << 30), .one_in_list = true) \
    F(A, INTEGER, axis, HONE_NONE_INTEGER, "along this axis")
HONE_OPERATION_ARGS(repeat, REPEAT_FIELDS)

static hone_value repeated(hone_graph *graph, hone_value x, const repeat_args *args)
{
    if (args->axis == HONE_NONE_INTEGER) {
        x = hone_internal_in_a_row(graph, x, "repeat");
        return x < 0 ? x : copied(graph, x, 0, args->repeats, true);
    }
    const hone_shape shape = hone_value_shape(graph, x);
    int axis = hone_internal_shape_axis(shape, args->axis, "axis");
    return axis < 0                              ? HONE_NO_VALUE
           : hone_internal_is_batch(shape, axis) ? refuse_batch("repeat")
                                                 : copied(graph, x, axis, args->repeats, true);
}
MOVEMENT(numpy, repeat, "Repeat", repeat, repeated(graph, x, args))

#define TILE_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, repeats, HONE_NO_INTEGERS, "copies along each axis, from the last", HONE_REQUIRED, \
      HONE_BETWEEN(1, 1 << 30), .scalar_or_list = true)
HONE_OPERATION_ARGS(tile, TILE_FIELDS)

static hone_value tiled(hone_graph *graph, hone_value x, const int64_t *repeats)
{
    const hone_shape shape = hone_value_shape(graph, x);
    int rank = shape.rank, count = count_of(repeats);
    if (hone_internal_is_batch(shape, 0) && (count > rank || (count == rank && repeats[0] != 1)))
        return refuse_batch("tile");
    for (; rank < count; rank++)
        x = hone_op_expand(graph, x, 0);
    for (int i = 0; i < count && x >= 0; i++)
        if (repeats[i] != 1)
            x = copied(graph, x, rank - count + i, repeats[i], false);
    return x;
}
MOVEMENT(numpy, tile, "Tile", tile, tiled(graph, x, args->repeats))

#define SHAPE_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, shape, HONE_NO_INTEGERS, "the shape with the batch", HONE_REQUIRED, \
      .scalar_or_list = true, .always_list = true)
HONE_OPERATION_ARGS(shape, SHAPE_FIELDS)

static hone_value broadcast_to(hone_graph *graph, hone_value x, const int64_t *sizes)
{
    hone_shape shape = {.rank = count_of(sizes)};
    memcpy(shape.size, sizes, sizeof *sizes * (size_t)shape.rank);
    return hone_op_broadcast(graph, x, shape);
}
MOVEMENT(numpy, broadcast_to, "BroadcastTo", shape, broadcast_to(graph, x, args->shape))

/* ---- padding ---- */

enum { MOST_PLACES = 1 << 30 };

#define PAD_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, TEXT, pad_width, NULL, "places before and after, for all axes or a pair for each", HONE_REQUIRED, \
      HONE_SPECS(HONE_LITERAL)) \
    F(A, TEXT, mode, "constant", "what stands there", HONE_ONE_OF("constant|edge|reflect|symmetric"))
HONE_OPERATION_ARGS(pad, PAD_FIELDS)

#define PAD_CALL_FIELDS(F, A) F(A, NUMBER, constant_values, 0, "the number that stands there")
HONE_OPERATION_CALL_FIELDS(pad, PAD_CALL_FIELDS)

/* The places before or after an axis: its outermost one over and over, or the nearest ones in reverse, from
 * the outermost one (symmetric) or the one beside it (reflect). */
static hone_value border(hone_graph *graph, hone_value x, int axis, int64_t width, bool before,
                         const char *mode)
{
    int64_t size = hone_value_size(graph, x, axis), skip = strcmp(mode, "reflect") == 0;
    bool edge = strcmp(mode, "edge") == 0;
    int64_t taken = edge ? 1 : width, begin = before ? skip : size - skip - taken;
    if (size == HONE_ANY || begin < 0 || begin + taken > size) {
        hone_fail(HONE_ERROR_SHAPE, "%s: %lld places cannot be padded from an axis of size %lld", mode,
                  (long long)width, (long long)size);
        return HONE_NO_VALUE;
    }
    hone_value part = hone_op_slice(graph, x, axis, begin, begin + taken);
    return edge ? copied(graph, part, axis, width, true) : hone_op_reverse(graph, part, axis);
}

static hone_value pad_axis(hone_graph *graph, hone_value x, int axis, int64_t before, int64_t after,
                           const char *mode)
{
    hone_value parts[3];
    int count = 0;
    if (before > 0)
        parts[count++] = border(graph, x, axis, before, true, mode);
    parts[count++] = x;
    if (after > 0)
        parts[count++] = border(graph, x, axis, after, false, mode);
    for (int i = 0; i < count; i++)
        if (parts[i] < 0)
            return HONE_NO_VALUE;
    return hone_op_concatenate(graph, parts, count, axis);
}

/* The places of each axis: a number or a pair for all, or a pair for each. */
static hone_status read_widths(hone_graph *graph, const char *text, int rank, int64_t *before, int64_t *after)
{
    int count;
    const hone_literal *items = hone_internal_literal_read(graph, text, &count);
    if (items == NULL)
        return hone_error_status();
    if (count != 1 && count != 2 && count != 2 * rank)
        return hone_fail(HONE_ERROR_SHAPE,
                         "pad_width must have a pair for each of the %d %s, not %d number%s", rank,
                         hone_internal_number_word(rank, "axis", "axes"), count, hone_internal_plural(count));
    for (int i = 0; i < count; i++)
        if (items[i].kind != HONE_LITERAL_INTEGER || items[i].start < 0 || items[i].start > MOST_PLACES)
            return hone_fail(HONE_ERROR_ARGUMENT, "pad_width must be of whole numbers from 0, not %.60s",
                             text);
    for (int axis = 0; axis < rank; axis++) {
        before[axis] = items[count > 2 ? 2 * axis : 0].start;
        after[axis] = items[count > 2 ? 2 * axis + 1 : count - 1].start;
    }
    return HONE_OK;
}

static hone_value padded(hone_graph *graph, hone_value x, const pad_args *args)
{
    const hone_shape shape = hone_value_shape(graph, x);
    const int rank = shape.rank;
    int64_t before[HONE_MAX_RANK], after[HONE_MAX_RANK];
    if (read_widths(graph, args->pad_width, rank, before, after) < 0)
        return HONE_NO_VALUE;
    if ((before[0] != 0 || after[0] != 0) && hone_internal_is_batch(shape, 0))
        return refuse_batch("pad");
    if (strcmp(args->mode, "constant") == 0)
        return hone_op_pad(graph, x, before, after,
                           ((const pad_call *)hone_call_args(graph))->constant_values);
    for (int axis = hone_internal_is_batch(shape, 0); axis < rank && x >= 0; axis++)
        x = pad_axis(graph, x, axis, before[axis], after[axis], args->mode);
    return x;
}
HONE_OPERATION_CALL(pad, pad_args, padded(graph, x, args))
HONE_OPERATION(pad, "Pad", pad_args, pad_fields, pad_defaults, .call = call_pad,
               .call_fields = &pad_call_type);

/* ---- constants of a shape ---- */

/* The field is not named as its key: an operation has no dtype policy. */
#define FILLED_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, TEXT, type, NULL, "dtype in Keras; Hone always uses floats", .key = "dtype")
HONE_OPERATION_ARGS(filled, FILLED_FIELDS)

/* With a batch whose size is not known yet only the shape counts. */
static hone_value filled(hone_graph *graph, hone_value x, double number)
{
    return graph->symbolic ? hone_op_affine(graph, x, 0, number)
                           : hone_graph_filled(graph, hone_value_shape(graph, x), number);
}
MOVEMENT(numpy, zeros_like, "ZerosLike", filled, filled(graph, x, 0))
MOVEMENT(numpy, ones_like, "OnesLike", filled, filled(graph, x, 1))
MOVEMENT(numpy, empty_like, "EmptyLike", filled, filled(graph, x, 0))
MOVEMENT(numpy, imag, "Imag", plain, filled(graph, x, 0))
MOVEMENT(numpy, isreal, "Isreal", plain, filled(graph, x, 1))
