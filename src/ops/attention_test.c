/* Attention as one op: each way to hide keys, groups, tiles; what is refused; against products and a softmax.
 */
#include "testing/check_op.h"

#include <math.h>

typedef struct asked {
    hone_attend how;
    bool mask;
} asked;

static hone_value attended(hone_graph *g, const hone_value *x, const void *context)
{
    const asked *a = context;
    return hone_op_attention(g, x[0], x[1], x[2], HONE_NO_VALUE, a->mask ? x[3] : HONE_NO_VALUE, &a->how);
}

/* A mask that leaves some queries nothing is among those of 0 and 1. */
#define EXAMPLE(title_, result_, mask_, how_, ...) \
    { \
        .title = title_, .record = attended, .context = &(const asked){.how = how_, .mask = mask_}, \
        .lowest = -1, .highest = 1, .ids = 2, .constant = 8, .result = result_, \
        .inputs = {__VA_ARGS__, END}, \
    }
#define HOW(...) \
    { \
        __VA_ARGS__ \
    }

TEST(attention_has_its_gradient)
{
    const op_example examples[] = {
        EXAMPLE("plain", S(2, 3, 2, 3), false, HOW(.scale = 0.7), S(2, 3, 2, 4), S(2, 5, 2, 4),
                S(2, 5, 2, 3)),
        EXAMPLE("groups", S(2, 3, 4, 3), false, HOW(.scale = 0), S(2, 3, 4, 2), S(2, 5, 2, 2), S(2, 5, 2, 3)),
        EXAMPLE("causal", S(2, 4, 2, 2), false, HOW(.causal = true), S(2, 4, 2, 2), S(2, 4, 2, 2),
                S(2, 4, 2, 2)),
        EXAMPLE("causal, fewer queries", S(1, 2, 1, 2), false, HOW(.causal = true), S(1, 2, 1, 2),
                S(1, 5, 1, 2), S(1, 5, 1, 2)),
        EXAMPLE("causal, more queries", S(1, 5, 1, 2), false, HOW(.causal = true), S(1, 5, 1, 2),
                S(1, 3, 1, 2), S(1, 3, 1, 2)),
        EXAMPLE("window", S(1, 6, 1, 2), false, HOW(.window = 2), S(1, 6, 1, 2), S(1, 3, 1, 2),
                S(1, 3, 1, 2)),
        EXAMPLE("window of nothing is 0", S(1, 6, 1, 2), false, HOW(.window = 2, .nothing_is_zero = true),
                S(1, 6, 1, 2), S(1, 3, 1, 2), S(1, 3, 1, 2)),
        EXAMPLE("mask", S(2, 3, 2, 2), true, HOW(.scale = 1), S(2, 3, 2, 2), S(2, 2, 2, 2), S(2, 2, 2, 2),
                S(2, 2, 3, 2)),
        EXAMPLE("mask for all heads, causal", S(2, 3, 2, 2), true, HOW(.causal = true), S(2, 3, 2, 2),
                S(2, 3, 1, 2), S(2, 3, 1, 2), S(2, 1, 3, 3)),
        EXAMPLE("mask of keys", S(2, 3, 2, 2), true, HOW(.nothing_is_zero = true), S(2, 3, 2, 2),
                S(2, 2, 2, 2), S(2, 2, 2, 2), S(2, 1, 1, 2)),
        EXAMPLE("one query", S(2, 1, 2, 3), true, HOW(.scale = 0.7), S(2, 1, 2, 4), S(2, 5, 2, 4),
                S(2, 5, 2, 3), S(2, 2, 1, 5)),
        EXAMPLE("turned around", S(2, 3, 2, 3), true, HOW(.scale = -0.7), S(2, 3, 2, 4), S(2, 5, 2, 4),
                S(2, 5, 2, 3), S(2, 1, 3, 5)),
        EXAMPLE("several tiles", S(1, 70, 2, 3), false, HOW(.causal = true), S(1, 70, 2, 3), S(1, 70, 1, 3),
                S(1, 70, 1, 3)),
    };
    check_ops(examples, sizeof examples / sizeof *examples);
}

TEST(shapes_must_fit)
{
    const op_example heads = EXAMPLE("heads", S(1), false, HOW(.scale = 1), S(2, 3, 3, 4), S(2, 5, 2, 4),
                                     S(2, 5, 2, 3)),
                     sizes = EXAMPLE("sizes", S(1), false, HOW(.scale = 1), S(2, 3, 2, 4), S(2, 5, 2, 3),
                                     S(2, 5, 2, 3)),
                     steps = EXAMPLE("steps", S(1), false, HOW(.scale = 1), S(2, 3, 2, 4), S(2, 5, 2, 4),
                                     S(2, 6, 2, 3)),
                     mask = EXAMPLE("mask", S(1), true, HOW(.scale = 1), S(2, 3, 2, 4), S(2, 5, 2, 4),
                                    S(2, 5, 2, 3), S(2, 1, 3, 4));
    check_op_refused(&heads, "attention: shapes (2, 3, 3, 4) and (2, 5, 2, 4)");
    check_op_refused(&sizes, "attention: shapes (2, 3, 2, 4) and (2, 5, 2, 3)");
    check_op_refused(&steps, "attention: shapes (2, 5, 2, 4) and (2, 6, 2, 3)");
    check_op_refused(&mask, "the mask: shapes (2, 2, 3, 5) and (2, 1, 3, 4)");
}
