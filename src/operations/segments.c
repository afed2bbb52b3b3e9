/* Reductions by segments: of the rows of x those with the same id together, y[s, ...] = f over {x[n, ...] :
 * id[n] = s}. Rows whose id is no segment count nowhere; a segment without rows has what reducing nothing
 * gives. */
#include "operations/constant.h"
#include "operations/operations.h"

#include <math.h>

#define SEGMENTS_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, num_segments, HONE_NONE_INTEGER, "how many segments", HONE_REQUIRED, \
      HONE_BETWEEN(1, 1 << 24)) \
    F(A, BOOLEAN, sorted, false, "ids do not fall; it makes no difference")
HONE_OPERATION_ARGS(segments, SEGMENTS_FIELDS)
#define IDS_FIELDS(F, A) \
    HONE_OPERAND(F, A, data, "the rows when they are a constant") \
    HONE_OPERAND(F, A, segment_ids, "the segment of each row when they are a constant")
HONE_OPERATION_CALL_FIELDS(ids, IDS_FIELDS)

/* [s, n, 1, ...]: 1 where row n is of segment s, with as many axes as a row has. */
static hone_value members(hone_graph *graph, hone_value ids, int64_t count, int row_rank)
{
    hone_value there = hone_op_transpose(graph, hone_op_one_hot(graph, ids, count), (const int[]){1, 0});
    for (int axis = 0; axis < row_rank; axis++)
        there = hone_op_expand(graph, there, 2);
    return there;
}

hone_value hone_internal_by_segments(hone_graph *graph, hone_value x, hone_value ids, int64_t count,
                                     const char *function, double of_nothing)
{
    static const int rows = 1;
    const hone_shape shape = hone_value_shape(graph, x), of_ids = hone_value_shape(graph, ids);
    if (of_ids.rank != 1 || shape.rank < 1 ||
        (shape.size[0] != of_ids.size[0] && shape.size[0] != HONE_ANY && of_ids.size[0] != HONE_ANY)) {
        hone_internal_fail_shapes("segment_ids must be one for each row", shape, of_ids);
        return HONE_NO_VALUE;
    }
    if (shape.rank == HONE_MAX_RANK) {
        hone_fail(HONE_ERROR_SHAPE, "rows of %d axes cannot be reduced by segments", HONE_MAX_RANK - 1);
        return HONE_NO_VALUE;
    }
    const hone_value own =
        hone_op_select(graph, members(graph, ids, count, shape.rank - 1), hone_op_expand(graph, x, 0),
                       hone_graph_constant(graph, of_nothing));
    return hone_op_reduce(graph, function, own, &rows, 1, false);
}

#define SEGMENTS(thing, class, function, of_nothing) \
    HONE_OPERATION_CALL_OF_TWO( \
        thing, segments_args, \
        hone_internal_by_segments(graph, x[0], x[1], args->num_segments, function, of_nothing)) \
    HONE_OPERATION_OF(math, thing, class, segments_args, segments_fields, segments_defaults, \
                      .call = call_##thing, HONE_OPERATION_OPERANDS(ids_call_type, 2));
SEGMENTS(segment_sum, "SegmentSum", "sum", 0)
SEGMENTS(segment_max, "SegmentMax", "maximum", -HUGE_VAL)
SEGMENTS(segment_min, "SegmentMin", "minimum", HUGE_VAL)
SEGMENTS(segment_prod, "SegmentProd", "product", 1)
