/* Lists of axes. */
#include "layers/axes.h"

int hone_internal_axes_resolve(const int64_t *axes, hone_shape shape, int *resolved)
{
    bool marked[HONE_MAX_RANK] = {false};
    int count = 0;
    for (int i = 0; i < HONE_MAX_RANK && axes[i] != HONE_NONE_INTEGER; i++) {
        int axis = hone_internal_shape_axis(shape, axes[i], "axis");
        if (axis < 0)
            return hone_error_status();
        if (marked[axis])
            return hone_fail(HONE_ERROR_ARGUMENT, "axis %d is given twice", axis);
        marked[axis] = true;
    }
    for (int axis = 0; axis < shape.rank; axis++)
        if (marked[axis])
            resolved[count++] = axis;
    return count;
}

int hone_internal_axes_or_all(const int64_t *axes, hone_shape shape, int *resolved)
{
    int count = hone_internal_axes_resolve(axes, shape, resolved);
    while (axes[0] == HONE_NONE_INTEGER && count < shape.rank) {
        resolved[count] = count;
        count++;
    }
    return count;
}

void hone_internal_axes_to_end(const int *axes, int count, int rank, int *order, int *back)
{
    int next = 0;
    for (int axis = 0; axis < rank; axis++) {
        bool moved = false;
        for (int i = 0; i < count; i++)
            moved = moved || axes[i] == axis;
        if (!moved)
            order[next++] = axis;
    }
    for (int i = 0; i < count; i++)
        order[next++] = axes[i];
    for (int axis = 0; axis < rank; axis++)
        back[order[axis]] = axis;
}

hone_value hone_internal_axes_move(hone_graph *graph, hone_value x, const int *order)
{
    int rank = hone_value_shape(graph, x).rank;
    bool moves = false;
    for (int axis = 0; axis < rank; axis++)
        moves = moves || order[axis] != axis;
    return moves ? hone_op_transpose(graph, x, order) : x;
}

hone_value hone_internal_axes_softmax(hone_graph *graph, hone_value x, const int *axes, int count)
{
    hone_shape shape = hone_value_shape(graph, x);
    if (count == 1)
        return hone_op_softmax(graph, x, axes[0]);
    int order[HONE_MAX_RANK], back[HONE_MAX_RANK];
    hone_internal_axes_to_end(axes, count, shape.rank, order, back);
    hone_value moved = hone_internal_axes_move(graph, x, order);
    hone_shape moved_shape = hone_value_shape(graph, moved), flat = moved_shape;
    flat.rank = shape.rank - count + 1;
    for (int i = 1; i < count; i++)
        flat.size[flat.rank - 1] =
            hone_internal_size_product(flat.size[flat.rank - 1], moved_shape.size[flat.rank - 1 + i]);
    hone_value y = hone_op_softmax(graph, hone_op_reshape(graph, moved, flat), -1);
    return hone_internal_axes_move(graph, hone_op_reshape(graph, y, moved_shape), back);
}

hone_status hone_internal_axes_step(const hone_graph *graph, const int *axes, int count, int rank)
{
    for (int i = 0; graph->kept != NULL && rank > 2 && i < count; i++)
        if (axes[i] <= 1)
            return hone_fail(HONE_ERROR_UNSUPPORTED, "goes along the steps, or the batch: axis %d", axes[i]);
    return HONE_OK;
}
