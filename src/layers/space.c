/* What layers over spatial axes share. */
#include "layers/space.h"
#include "ops/binary.h"
#include "ops/unary.h"

#include <inttypes.h>
#include <stdio.h>
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
    char text[128], one[200] = "";
    hone_internal_shape_to_text(input, text, sizeof text);
    const char *sizes = strchr(text, ' '); /* "(None, 8, 8)" to "[8, 8, 1]" */
    if (input.rank == axes + 1 && !channels_first && sizes != NULL)
        snprintf(one, sizeof one, "; for one channel put a reshape layer in front of it, to [%.*s, 1]",
                 (int)strcspn(sizes + 1, ")"), sizes + 1);
    return hone_fail(HONE_ERROR_SHAPE, "needs an input of shape %s, not %s%s",
                     channels_first ? first[axes - 1] : last[axes - 1], text, one);
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

enum { MOST_STEPS_BACK = 16 };

/* The sum or function that made x, of operands with their channels last; HONE_NO_VALUE where they are not to
 * be had. */
static hone_value find_channels_last(hone_graph *graph, hone_value x, int steps);

static hone_value repeat_channels_last(hone_graph *graph, hone_value x, int steps)
{
    const hone_node *node = hone_internal_graph_producer(graph, x);
    const hone_unary_attributes *unary = hone_internal_op_unary_attributes(graph, x);
    if (unary != NULL) {
        const hone_unary_attributes function = *unary;
        const hone_value operand = find_channels_last(graph, node->inputs[0], steps);
        return operand < 0 ? HONE_NO_VALUE
                           : hone_op_unary(graph, hone_internal_unary_name(function.function), operand,
                                           function.parameters);
    }
    if (node == NULL || !hone_internal_op_is_sum(node))
        return HONE_NO_VALUE;
    const hone_value second = node->inputs[1], a = find_channels_last(graph, node->inputs[0], steps),
                     b = a < 0 ? HONE_NO_VALUE : find_channels_last(graph, second, steps);
    return b < 0 ? HONE_NO_VALUE : hone_op_add(graph, a, b);
}

/* So that layers with channels_first, one after the other, move nothing between them. Masks stay with the
 * values that have them. */
static hone_value find_channels_last(hone_graph *graph, hone_value x, int steps)
{
    const hone_graph_value *value = hone_internal_graph_value(graph, x);
    if (value->mask >= 0)
        return HONE_NO_VALUE;
    if (value->channels_last > 0)
        return value->channels_last - 1;
    const hone_value found = steps == 0 ? HONE_NO_VALUE : repeat_channels_last(graph, x, steps - 1);
    if (found >= 0)
        graph->values[x].channels_last = found + 1;
    return found;
}

hone_value hone_internal_space_channels_last(hone_graph *graph, hone_value x)
{
    return x < 0 ? HONE_NO_VALUE : find_channels_last(graph, x, MOST_STEPS_BACK);
}

hone_value hone_internal_space_enter(hone_graph *graph, hone_value x, bool channels_first)
{
    if (!channels_first || x < 0)
        return x;
    const hone_value known = hone_internal_space_channels_last(graph, x);
    return known >= 0 ? known : move_channels(graph, x, true);
}

hone_value hone_internal_space_leave(hone_graph *graph, hone_value y, bool channels_first)
{
    if (!channels_first || y < 0)
        return y;
    const hone_value moved = move_channels(graph, y, false);
    if (moved >= 0)
        graph->values[moved].channels_last = y + 1;
    return moved;
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
