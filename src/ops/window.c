/* What convolutions and pools share. */
#include "ops/window.h"

#include <inttypes.h>

/* The window of x and y (or dx and dy) with the sizes of W. */
hone_window hone_internal_window_of(const hone_window_attributes *attributes, hone_shape x, hone_shape y)
{
    hone_window window = {.batch = x.size[0],
                          .channels = x.size[x.rank - 1],
                          .filters = y.size[y.rank - 1],
                          .groups = attributes->groups,
                          .parts = 1};
    for (int i = 0; i < HONE_WINDOW_AXES; i++) {
        const int axis = i - (HONE_WINDOW_AXES - attributes->axes); /* of the spatial ones; below 0: none */
        window.input[i] = axis < 0 ? 1 : x.size[axis + 1];
        window.output[i] = axis < 0 ? 1 : y.size[axis + 1];
        window.size[i] = axis < 0 ? 1 : attributes->size[axis];
        window.stride[i] = axis < 0 ? 1 : attributes->stride[axis];
        window.dilation[i] = axis < 0 ? 1 : attributes->dilation[axis];
        window.before[i] = axis < 0 ? 0 : attributes->before[axis];
    }
    return window;
}

hone_status hone_internal_window_infer(const char *what, const hone_window_attributes *attributes,
                                       hone_shape *shape)
{
    for (int axis = 0; axis < attributes->axes; axis++) {
        int64_t *size = &shape->size[axis + 1];
        const int64_t reach = (attributes->size[axis] - 1) * attributes->dilation[axis] + 1;
        if (*size == HONE_ANY)
            continue;
        const int64_t padded = *size + attributes->before[axis] + attributes->after[axis];
        if (padded < reach)
            return hone_fail(
                HONE_ERROR_SHAPE,
                "%s: a window of %" PRId64 " does not fit in the %" PRId64 " positions of axis %d%s", what,
                reach, padded, axis + 1,
                attributes->before[axis] + attributes->after[axis] > 0 ? ", padding included" : "");
        *size = (padded - reach) / attributes->stride[axis] + 1;
    }
    return HONE_OK;
}
