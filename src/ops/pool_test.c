/* Pools. */
#include "testing/check_op.h"

static hone_value maximum(hone_graph *g, const hone_value *x, const void *context)
{
    return hone_op_pool_maximum(g, x[0], context);
}

static hone_value average(hone_graph *g, const hone_value *x, const void *context)
{
    return hone_op_pool_average(g, x[0], context);
}

static void check(hone_shape x, hone_pool how, hone_shape result)
{
    check_op(&(op_example){
        .title = "maximum", .record = maximum, .context = &how, .inputs = {x, END}, .result = result});
    check_op(&(op_example){
        .title = "average", .record = average, .context = &how, .inputs = {x, END}, .result = result});
}

TEST(agrees)
{
    check(S(2, 6, 3), (hone_pool){.sizes = {2}}, S(2, 3, 3));
    check(S(2, 7, 3), (hone_pool){.sizes = {3}, .strides = {2}, .before = {1}, .after = {1}}, S(2, 4, 3));
    check(S(2, 5, 4, 2), (hone_pool){.sizes = {2, 3}, .strides = {1, 1}}, S(2, 4, 2, 2));
    check(S(1, 4, 4, 70), (hone_pool){.sizes = {2, 2}}, S(1, 2, 2, 70));
    check(S(2, 5, 5, 3), (hone_pool){.sizes = {3, 3}, .strides = {2, 2}, .before = {1, 1}, .after = {1, 1}},
          S(2, 3, 3, 3));
    check(S(2, 4, 4, 3, 2), (hone_pool){.sizes = {2, 2, 3}}, S(2, 2, 2, 1, 2));
    check(S(3, 30, 30, 4), (hone_pool){.sizes = {2, 2}}, S(3, 15, 15, 4));
    check(S(1, 3, 1), (hone_pool){.sizes = {1}, .strides = {2}}, S(1, 2, 1));
}

TEST(refuses_what_does_not_fit)
{
    static const hone_pool large = {.sizes = {5}}, none = {.sizes = {0}},
                           outside = {.sizes = {2}, .before = {-1}};
    const op_example example = {.title = "refused", .record = maximum, .inputs = {S(2, 4, 3), END}};
    op_example refused = example;
    refused.context = &large;
    check_op_refused(&refused, "a window of 5 does not fit in the 4 positions");
    refused.context = &none;
    check_op_refused(&refused, "at least 1");
    refused.context = &outside;
    check_op_refused(&refused, "at least 0");
    refused.context = &large;
    refused.inputs[0] = S(2, 4);
    check_op_refused(&refused, "spatial axes");
}
