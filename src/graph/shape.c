/* Shapes: counts, axes, broadcasting, text. */
#include "graph/graph.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int64_t hone_internal_size_product(int64_t a, int64_t b)
{
    int64_t product;
    if (a == HONE_ANY || b == HONE_ANY)
        return HONE_ANY;
    return __builtin_mul_overflow(a, b, &product) ? INT64_MAX : product;
}

int64_t hone_internal_shape_count(hone_shape shape)
{
    int64_t count = 1;
    for (int axis = 0; axis < shape.rank; axis++)
        count = hone_internal_size_product(count, shape.size[axis]);
    return count;
}

bool hone_internal_shape_equal(hone_shape a, hone_shape b)
{
    if (a.rank != b.rank)
        return false;
    for (int axis = 0; axis < a.rank; axis++)
        if (a.size[axis] != b.size[axis])
            return false;
    return true;
}

void hone_internal_shape_to_text(hone_shape shape, char *buffer, size_t size)
{
    size_t used = (size_t)snprintf(buffer, size, "(");
    for (int axis = 0; axis < shape.rank && used < size; axis++) {
        const char *separator = axis + 1 < shape.rank ? ", " : shape.rank == 1 ? "," : "";
        if (shape.size[axis] == HONE_ANY)
            used += (size_t)snprintf(buffer + used, size - used, "None%s", separator);
        else
            used +=
                (size_t)snprintf(buffer + used, size - used, "%" PRId64 "%s", shape.size[axis], separator);
    }
    if (used < size)
        snprintf(buffer + used, size - used, ")");
}

int hone_internal_shape_axis(hone_shape shape, int64_t axis, const char *what)
{
    if (axis >= -shape.rank && axis < shape.rank)
        return (int)(axis < 0 ? axis + shape.rank : axis);
    char text[128];
    hone_internal_shape_to_text(shape, text, sizeof text);
    hone_fail(HONE_ERROR_SHAPE, "%s: axis %" PRId64 " is not an axis of shape %s", what, axis, text);
    return -1;
}

bool hone_internal_shape_broadcast(hone_shape a, hone_shape b, hone_shape *result)
{
    *result = (hone_shape){.rank = a.rank > b.rank ? a.rank : b.rank};
    for (int back = 1; back <= result->rank; back++) {
        int64_t size_a = back <= a.rank ? a.size[a.rank - back] : 1;
        int64_t size_b = back <= b.rank ? b.size[b.rank - back] : 1;
        int64_t *size = &result->size[result->rank - back];
        if (size_a == size_b || size_b == 1)
            *size = size_a;
        else if (size_a == 1)
            *size = size_b;
        else if (size_a == HONE_ANY || size_b == HONE_ANY)
            *size = size_a == HONE_ANY ? size_b : size_a;
        else
            return false;
    }
    return true;
}

void hone_internal_shape_split(hone_shape shape, int axis, int64_t *outer, int64_t *length, int64_t *inner)
{
    *outer = *inner = 1;
    *length = shape.rank == 0 ? 1 : shape.size[axis];
    for (int i = 0; i < axis; i++)
        *outer = hone_internal_size_product(*outer, shape.size[i]);
    for (int i = axis + 1; i < shape.rank; i++)
        *inner = hone_internal_size_product(*inner, shape.size[i]);
}
