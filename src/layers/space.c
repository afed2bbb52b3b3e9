/* What layers over spatial axes share. */
#include "layers/space.h"

#include <inttypes.h>
#include <string.h>

bool hone_internal_space_channels_first(const char *data_format)
{
    return data_format != NULL && strcmp(data_format, "channels_first") == 0;
}

hone_status hone_internal_space_check(hone_shape input, int axes, bool channels_first)
{
    static const char *const last[] = {"(batch, steps, channels)", "(batch, height, width, channels)",
                                       "(batch, depth, height, width, channels)"};
    static const char *const first[] = {"(batch, channels, steps)", "(batch, channels, height, width)",
                                        "(batch, channels, depth, height, width)"};
    if (input.rank == axes + 2)
        return HONE_OK;
    char text[128];
    hone_internal_shape_to_text(input, text, sizeof text);
    return hone_fail(HONE_ERROR_SHAPE, "needs an input of shape %s, not %s",
                     channels_first ? first[axes - 1] : last[axes - 1], text);
}

hone_status hone_internal_space_channels(hone_shape input, bool channels_first, int64_t *channels)
{
    *channels = input.size[channels_first ? 1 : input.rank - 1];
    if (*channels != HONE_ANY)
        return HONE_OK;
    char text[128];
    hone_internal_shape_to_text(input, text, sizeof text);
    return hone_fail(HONE_ERROR_SHAPE, "the number of channels of its input %s must be known", text);
}

/* The channels of [n, a, b, ...] moved from axis `from` to axis `to`, one of them 1 and the other the last.
 */
static hone_value move_channels(hone_graph *graph, hone_value x, bool to_end)
{
    int order[HONE_MAX_RANK] = {0}, rank = hone_value_shape(graph, x).rank;
    for (int axis = 1; axis < rank; axis++)
        order[axis] = to_end ? (axis + 1 < rank ? axis + 1 : 1) : (axis == 1 ? rank - 1 : axis - 1);
    return hone_op_transpose(graph, x, order);
}

hone_value hone_internal_space_enter(hone_graph *graph, hone_value x, bool channels_first)
{
    return channels_first && x >= 0 ? move_channels(graph, x, true) : x;
}

hone_value hone_internal_space_leave(hone_graph *graph, hone_value y, bool channels_first)
{
    return channels_first && y >= 0 ? move_channels(graph, y, false) : y;
}

hone_status hone_internal_space_fit(const char *padding, hone_shape input, int axis, bool channels_first,
                                    int64_t reach)
{
    const int at = axis + (channels_first ? 2 : 1);
    if (strcmp(padding, "valid") != 0 || input.size[at] == HONE_ANY || input.size[at] >= reach)
        return HONE_OK;
    char text[128];
    hone_internal_shape_to_text(input, text, sizeof text);
    return hone_fail(HONE_ERROR_SHAPE,
                     "a window of %" PRId64 " does not fit in the %" PRId64
                     " positions of axis %d of its input %s; padding \"same\" allows it",
                     reach, input.size[at], at, text);
}

void hone_internal_space_pad(const char *padding, int64_t n, int64_t reach, int64_t stride, int64_t *before,
                             int64_t *after)
{
    *before = *after = 0;
    if (strcmp(padding, "causal") == 0)
        *before = reach - 1;
    if (strcmp(padding, "same") != 0 || n == HONE_ANY)
        return;
    const int64_t total = ((n + stride - 1) / stride - 1) * stride + reach - n;
    if (total > 0) {
        *before = total / 2;
        *after = total - *before;
    }
}
