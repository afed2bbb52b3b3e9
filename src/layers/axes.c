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
