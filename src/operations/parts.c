/* Operations on parts of tensors: slices at given places, with other numbers put there; triangles and
 * diagonals of matrices; constants of a shape. */
#include "operations/constant.h"
#include "base/plural.h"
#include "operations/literal.h"
#include "operations/operations.h"

#include <math.h>
#include <string.h>

HONE_OPERATION_ARGS(plain, HONE_OPERATION_FIELDS)

/* ---- slices ---- */

#define SLICE_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, shape, HONE_NO_INTEGERS, \
      "the shape of the slice with the batch, -1: the rest of an axis", HONE_REQUIRED, \
      .scalar_or_list = true, .always_list = true)
HONE_OPERATION_ARGS(slice, SLICE_FIELDS)
#define START_FIELDS(F, A) \
    F(A, TEXT, start_indices, NULL, "where it begins along each axis", HONE_REQUIRED, \
      HONE_SPECS(HONE_LITERAL))
HONE_OPERATION_CALL_FIELDS(slice, START_FIELDS)

/* The first place along each of `rank` axes; the batch is whole. NULL with a message. */
static const hone_literal *read_start(hone_graph *graph, const char *text, hone_shape shape)
{
    int count = 0;
    const int rank = shape.rank;
    const hone_literal *start = text == NULL ? NULL : hone_internal_literal_read(graph, text, &count);
    if (text == NULL)
        hone_fail(HONE_ERROR_UNSUPPORTED, "start_indices must be constants, not a tensor");
    if (start == NULL)
        return NULL;
    if (count != rank) {
        hone_fail(HONE_ERROR_SHAPE, "start_indices must have %d number%s, one for each axis, not %d", rank,
                  hone_internal_plural(rank), count);
        return NULL;
    }
    for (int i = 0; i < count; i++)
        if (start[i].kind != HONE_LITERAL_INTEGER || start[i].start < 0) {
            hone_fail(HONE_ERROR_ARGUMENT, "start_indices must be whole numbers from 0, not %.60s", text);
            return NULL;
        }
    if (start[0].start == 0 || !hone_internal_is_batch(shape, 0))
        return start;
    hone_fail(HONE_ERROR_UNSUPPORTED,
              "the first axis, that of the batch, must be whole: it must begin at 0, not %lld",
              (long long)start[0].start);
    return NULL;
}

/* As in Keras's backends a slice that would reach beyond the end begins earlier. */
static int64_t begin_of(int64_t start, int64_t length, int64_t size)
{
    return size != HONE_ANY && start + length > size ? size - length : start;
}

static int call_slice(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                      hone_value *outputs)
{
    const int64_t *sizes = ((const slice_args *)hone_layer_args(layer))->shape;
    hone_shape shape = hone_value_shape(graph, inputs[0]);
    const hone_literal *start =
        read_start(graph, ((const slice_call *)hone_call_args(graph))->start_indices, shape);
    (void)count;
    outputs[0] = inputs[0];
    if (start == NULL)
        return hone_error_status();
    const bool batch = hone_internal_is_batch(shape, 0);
    if (batch && sizes[0] != -1)
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "the first axis, that of the batch, must be whole: its size must be -1, not %lld",
                         (long long)sizes[0]);
    for (int axis = batch; axis < shape.rank && outputs[0] >= 0; axis++) {
        int64_t size = shape.size[axis], length = sizes[axis] == -1 ? size - start[axis].start : sizes[axis];
        if (size == HONE_ANY || length < 1 || length > size)
            return hone_fail(HONE_ERROR_SHAPE,
                             "%lld places from %lld cannot be taken from axis %d of size %lld",
                             (long long)length, (long long)start[axis].start, axis, (long long)size);
        int64_t begin = begin_of(start[axis].start, length, size);
        outputs[0] =
            length == size ? outputs[0] : hone_op_slice(graph, outputs[0], axis, begin, begin + length);
    }
    return 1;
}
HONE_OPERATION_OF(core, slice, "Slice", slice_args, slice_fields, slice_defaults, .call = call_slice,
                  .call_fields = &slice_call_type);

/* ---- other numbers in a slice ---- */

#define UPDATE_FIELDS(F, A) \
    HONE_OPERAND(F, A, inputs, "the numbers when they are a constant") \
    HONE_OPERAND(F, A, start_indices, "where the updates go along each axis") \
    HONE_OPERAND(F, A, updates, "the updates when they are a constant")
HONE_OPERATION_CALL_FIELDS(update, UPDATE_FIELDS)

/* 1 where the updates are, else 0: as many ones as they have, padded by zeros. */
static hone_value placed(hone_graph *graph, hone_value x, hone_shape whole, const hone_literal *start)
{
    int64_t before[HONE_MAX_RANK] = {0}, after[HONE_MAX_RANK] = {0};
    hone_shape shape = hone_value_shape(graph, x);
    for (int axis = 0; axis < whole.rank; axis++) {
        if (whole.size[axis] == HONE_ANY || shape.size[axis] == HONE_ANY)
            continue; /* a batch while it is not known, which starts at 0 */
        before[axis] = begin_of(start[axis].start, shape.size[axis], whole.size[axis]);
        after[axis] = whole.size[axis] - shape.size[axis] - before[axis];
    }
    return hone_op_pad(graph, x, before, after, 0);
}

static hone_status check_update(hone_shape whole, hone_shape part)
{
    bool fits = whole.rank == part.rank;
    for (int axis = 0; fits && axis < whole.rank; axis++)
        fits = whole.size[axis] == HONE_ANY || part.size[axis] == HONE_ANY
                   ? axis == 0
                   : part.size[axis] <= whole.size[axis];
    return fits ? HONE_OK : hone_internal_fail_shapes("slice_update", whole, part);
}

static int call_slice_update(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                             hone_value *outputs)
{
    hone_value x[3];
    const char *text = ((const update_call *)hone_call_args(graph))->start_indices;
    HONE_TRY(hone_internal_operands(layer, graph, inputs, count, 3, x));
    const hone_shape whole = hone_value_shape(graph, x[0]), part = hone_value_shape(graph, x[2]);
    const hone_literal *start = read_start(graph, text, whole);
    if (start == NULL)
        return hone_error_status();
    HONE_TRY(check_update(whole, part));
    hone_shape ones = part, covered = whole;
    if (part.size[0] == whole.size[0] || part.size[0] == HONE_ANY) /* the same for every sample */
        ones.size[0] = covered.size[0] = 1;
    hone_value mask = placed(graph, hone_graph_filled(graph, ones, 1), covered, start);
    outputs[0] = hone_op_select(graph, mask, placed(graph, x[2], whole, start), x[0]);
    return 1;
}
HONE_OPERATION_OF(core, slice_update, "SliceUpdate", plain_args, plain_fields, plain_defaults,
                  .call = call_slice_update, HONE_OPERATION_OPERANDS(update_call_type, 3));

/* ---- triangles ---- */

#define TRIANGLE_FIELDS(F, A) HONE_OPERATION_FIELDS(F, A) F(A, INTEGER, k, 0, "the diagonal, counted upward")
HONE_OPERATION_ARGS(triangle, TRIANGLE_FIELDS)

/* x of the last two axes where column - row is at most k, or at least k; else 0. */
static hone_value triangle(hone_graph *graph, hone_value x, int64_t k, bool lower, const hone_layer *layer)
{
    hone_shape shape = hone_value_shape(graph, x), matrix = {.rank = 2};
    if (shape.rank < 3 || shape.size[shape.rank - 1] == HONE_ANY || shape.size[shape.rank - 2] == HONE_ANY) {
        hone_fail(HONE_ERROR_SHAPE,
                  "a triangle needs matrices of known size behind the axis of the batch; its input has %d %s",
                  shape.rank, hone_internal_number_word(shape.rank, "axis", "axes"));
        return HONE_NO_VALUE;
    }
    memcpy(matrix.size, &shape.size[shape.rank - 2], 2 * sizeof *matrix.size);
    hone_constant mask = {.shape = matrix, .count = hone_internal_shape_count(matrix)};
    mask.numbers = hone_internal_arena_allocate(&graph->arena, sizeof *mask.numbers * (size_t)mask.count);
    if (mask.numbers == NULL)
        return HONE_NO_VALUE;
    for (int64_t i = 0; i < mask.count; i++) {
        int64_t above = i % matrix.size[1] - i / matrix.size[1];
        mask.numbers[i] = lower ? above <= k : above >= k;
    }
    return hone_op_select(graph, hone_internal_constant_value(graph, layer, &mask), x,
                          hone_graph_constant(graph, 0));
}
HONE_OPERATION_CALL(tril, triangle_args, triangle(graph, x, args->k, true, layer))
HONE_OPERATION(tril, "Tril", triangle_args, triangle_fields, triangle_defaults, .call = call_tril);
HONE_OPERATION_CALL(triu, triangle_args, triangle(graph, x, args->k, false, layer))
HONE_OPERATION(triu, "Triu", triangle_args, triangle_fields, triangle_defaults, .call = call_triu);

/* ---- constants of a shape ---- */

/* The field is not named as its key: an operation has no dtype policy. */
#define FULL_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, TEXT, type, NULL, "dtype in Keras; Hone always uses floats", .key = "dtype")
HONE_OPERATION_ARGS(full, FULL_FIELDS)
#define FILL_FIELDS(F, A) \
    HONE_OPERAND(F, A, x, "what has the shape") \
    HONE_OPERAND(F, A, fill_value, "the number or array that stands there")
HONE_OPERATION_CALL_FIELDS(fill, FILL_FIELDS)

static int call_full_like(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                          hone_value *outputs)
{
    hone_value x[2];
    HONE_TRY(hone_internal_operands(layer, graph, inputs, count, 2, x));
    /* with a batch whose size is not known yet there is no shape to fill */
    outputs[0] = graph->symbolic ? hone_op_add(graph, hone_op_affine(graph, x[0], 0, 0), x[1])
                                 : hone_op_broadcast(graph, x[1], hone_value_shape(graph, x[0]));
    return 1;
}
HONE_OPERATION(full_like, "FullLike", full_args, full_fields, full_defaults, .call = call_full_like,
               HONE_OPERATION_OPERANDS(fill_call_type, 2));

/* ---- numbers in place of NaN and infinities ---- */

#define NAN_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, NUMBER, nan, 0, "for what is not a number") \
    F(A, NUMBER, posinf, HONE_NONE, "for infinity (None: the greatest number)") \
    F(A, NUMBER, neginf, HONE_NONE, "for minus infinity (None: the least number)")
HONE_OPERATION_ARGS(nan, NAN_FIELDS)

static const double greatest = 3.40282346638528859812e+38;

/* `number` where f(x, a) holds. */
static hone_value replaced(hone_graph *graph, const char *holds, hone_value x, double a, double number)
{
    return hone_op_select(graph, hone_op_unary(graph, holds, x, (hone_parameters){a, 0, 0, 0}),
                          hone_graph_constant(graph, number), x);
}

static hone_value only_numbers(hone_graph *graph, hone_value x, const nan_args *args)
{
    x = replaced(graph, "is_nan", x, 0, args->nan);
    x = replaced(graph, "equal_scalar", x, HUGE_VAL, isnan(args->posinf) ? greatest : args->posinf);
    return replaced(graph, "equal_scalar", x, -HUGE_VAL, isnan(args->neginf) ? -greatest : args->neginf);
}
HONE_OPERATION_CALL(nan_to_num, nan_args, only_numbers(graph, x, args))
HONE_OPERATION(nan_to_num, "NanToNum", nan_args, nan_fields, nan_defaults, .call = call_nan_to_num);
