/* Convolutions and what they give back. */
#include "ops/differentiate.h"
#include "testing/check_op.h"

static hone_value forward(hone_graph *g, const hone_value *x, const void *context)
{
    return hone_op_convolution(g, x[0], x[1], context);
}

static void check(hone_shape x, hone_shape kernel, hone_convolution how, hone_shape result)
{
    check_op(&(op_example){.title = "convolution",
                           .record = forward,
                           .context = &how,
                           .inputs = {x, kernel, END},
                           .result = result});
}

TEST(agrees_over_one_axis)
{
    check(S(2, 7, 3), S(3, 3, 4), (hone_convolution){.groups = 1}, S(2, 5, 4));
    check(S(2, 7, 3), S(3, 3, 4), (hone_convolution){.strides = {2}, .before = {1}, .after = {1}},
          S(2, 4, 4));
    check(S(2, 9, 2), S(3, 2, 1), (hone_convolution){.dilations = {3}, .before = {6}}, S(2, 9, 1));
    check(S(1, 1, 1), S(1, 1, 1), (hone_convolution){.groups = 1}, S(1, 1, 1));
    check(S(2, 5, 2), S(2, 2, 2), (hone_convolution){.strides = {3}}, S(2, 2, 2));
}

TEST(agrees_over_two_axes)
{
    check(S(2, 6, 5, 3), S(3, 2, 3, 4), (hone_convolution){.groups = 1}, S(2, 4, 4, 4));
    check(S(2, 6, 5, 3), S(3, 3, 3, 2),
          (hone_convolution){.strides = {2, 1}, .before = {1, 1}, .after = {0, 1}}, S(2, 3, 5, 2));
    check(S(2, 5, 5, 2), S(2, 2, 2, 2), (hone_convolution){.dilations = {2, 3}}, S(2, 3, 2, 2));
    check(S(3, 4, 4, 5), S(1, 1, 5, 3), (hone_convolution){.groups = 1},
          S(3, 4, 4, 3)); /* nothing is copied */
    check(S(2, 4, 4, 5), S(1, 1, 5, 3), (hone_convolution){.strides = {2, 2}}, S(2, 2, 2, 3));
    check(S(2, 3, 3, 1), S(3, 3, 1, 2), (hone_convolution){.before = {2, 2}, .after = {2, 2}}, S(2, 5, 5, 2));
}

TEST(agrees_over_three_axes)
{
    check(S(2, 3, 4, 3, 2), S(2, 2, 2, 2, 3), (hone_convolution){.groups = 1}, S(2, 2, 3, 2, 3));
    check(S(1, 4, 3, 4, 2), S(2, 3, 2, 2, 2),
          (hone_convolution){.strides = {2, 1, 2}, .before = {0, 1, 0}, .after = {0, 1, 1}},
          S(1, 2, 3, 2, 2));
}

/* Longer than a tile in positions, channels, filters and numbers under the window. */
TEST(agrees_over_tiles)
{
    check(S(2, 400, 1), S(5, 1, 3), (hone_convolution){.before = {2}, .after = {2}}, S(2, 400, 3));
    check(S(1, 20, 20, 3), S(3, 3, 3, 20), (hone_convolution){.before = {1, 1}, .after = {1, 1}},
          S(1, 20, 20, 20));
    check(S(1, 5, 5, 150), S(3, 3, 150, 5), (hone_convolution){.groups = 1}, S(1, 3, 3, 5));
    check(S(1, 4, 4, 400), S(2, 2, 400, 2), (hone_convolution){.groups = 1}, S(1, 3, 3, 2));
    check(S(3, 40, 30, 2), S(3, 3, 2, 4), (hone_convolution){.strides = {2, 2}}, S(3, 19, 14, 4));
}

/* Rows of positions that are long enough to be multiplied without copies of what lies under the window. */
TEST(agrees_on_long_rows)
{
    check(S(3, 7, 9, 2), S(3, 3, 2, 17), (hone_convolution){.groups = 1}, S(3, 5, 7, 17));
    check(S(2, 6, 8, 3), S(3, 3, 3, 5), (hone_convolution){.before = {1, 1}, .after = {1, 1}}, S(2, 6, 8, 5));
    check(S(2, 5, 7, 16), S(5, 5, 16, 8), (hone_convolution){.before = {2, 2}, .after = {2, 2}},
          S(2, 5, 7, 8));
    check(S(2, 8, 15, 3), S(3, 3, 3, 4),
          (hone_convolution){.strides = {2, 2}, .before = {0, 1}, .after = {1, 0}}, S(2, 4, 7, 4));
    check(S(2, 7, 14, 3), S(1, 1, 3, 6), (hone_convolution){.strides = {2, 2}}, S(2, 4, 7, 6));
    check(S(2, 9, 8, 2), S(3, 2, 2, 3),
          (hone_convolution){.dilations = {3, 1}, .before = {3, 0}, .after = {3, 1}}, S(2, 9, 8, 3));
    check(S(2, 3, 7, 1), S(4, 3, 1, 2), (hone_convolution){.before = {3, 4}, .after = {3, 4}},
          S(2, 6, 13, 2));
    check(S(2, 3, 4, 7, 2), S(2, 3, 2, 2, 3), (hone_convolution){.before = {1, 1, 1}, .after = {0, 1, 0}},
          S(2, 3, 4, 7, 3));
    check(S(2, 90, 4), S(3, 4, 6), (hone_convolution){.before = {1}, .after = {1}}, S(2, 90, 6));
    check(S(1, 3000, 1), S(3, 1, 2), (hone_convolution){.before = {1}, .after = {1}}, S(1, 3000, 2));
    check(S(2, 9, 9, 3), S(2, 2, 3, 100), (hone_convolution){.groups = 1},
          S(2, 8, 8, 100)); /* many filters */
}

TEST(agrees_in_groups)
{
    check(S(2, 5, 5, 6), S(3, 3, 3, 4), (hone_convolution){.groups = 2}, S(2, 3, 3, 4));
    check(S(2, 5, 5, 3), S(3, 3, 1, 3), (hone_convolution){.groups = 3}, S(2, 3, 3, 3)); /* depthwise */
    check(S(2, 5, 4, 3), S(2, 3, 1, 6), (hone_convolution){.groups = 3, .before = {1, 1}, .strides = {2, 1}},
          S(2, 3, 3, 6));
    check(S(1, 6, 70), S(3, 1, 70), (hone_convolution){.groups = 70, .dilations = {2}}, S(1, 2, 70));
    check(S(2, 3, 3, 3, 2), S(2, 2, 2, 1, 4), (hone_convolution){.groups = 2}, S(2, 2, 2, 2, 4));
}

/* ---- the other way ---- */

typedef struct transposed {
    hone_convolution how;
    int64_t sizes[3];
} transposed;

static hone_value backward(hone_graph *g, const hone_value *x, const void *context)
{
    const transposed *told = context;
    return hone_op_convolution_transpose(g, x[0], x[1], &told->how, told->sizes);
}

static void check_transposed(hone_shape x, hone_shape kernel, transposed told, hone_shape result)
{
    check_op(&(op_example){.title = "convolution_transpose",
                           .record = backward,
                           .context = &told,
                           .inputs = {x, kernel, END},
                           .result = result});
}

TEST(agrees_the_other_way)
{
    check_transposed(S(2, 4, 3), S(3, 2, 3), (transposed){{.groups = 1}, {6}}, S(2, 6, 2));
    check_transposed(S(2, 3, 3, 2), S(3, 3, 4, 2),
                     (transposed){{.strides = {2, 2}, .before = {1, 1}}, {6, 6}}, S(2, 6, 6, 4));
    check_transposed(S(1, 2, 2, 2), S(2, 2, 3, 2), (transposed){{.strides = {3, 3}}, {6, 6}}, S(1, 6, 6, 3));
    check_transposed(S(1, 2, 3, 2, 2), S(2, 2, 2, 3, 2), (transposed){{.strides = {2, 2, 2}}, {4, 6, 4}},
                     S(1, 4, 6, 4, 3));
    check_transposed(S(1, 150, 2), S(4, 3, 2),
                     (transposed){{.strides = {2}, .before = {1}, .after = {1}}, {300}}, S(1, 300, 3));
}

/* Gradients have gradients too: convolutions are each other's. Inputs x, kernel, the gradient of the result.
 */
static hone_value twice(hone_graph *g, const hone_value *x, const void *context)
{
    const hone_value loss =
        hone_op_total(g, hone_op_multiply(g, hone_op_convolution(g, x[0], x[1], context), x[2]));
    hone_value gradients[2];
    if (hone_internal_differentiate(g, loss, x, 2, gradients) < 0)
        return HONE_NO_VALUE;
    return hone_op_add(g, hone_op_total(g, hone_op_multiply(g, gradients[0], gradients[0])),
                       hone_op_total(g, hone_op_multiply(g, gradients[1], gradients[1])));
}

TEST(differentiates_twice)
{
    static const hone_convolution how = {.strides = {2, 1}, .before = {1, 0}};
    check_op(&(op_example){.title = "squares of gradients",
                           .record = twice,
                           .context = &how,
                           .inputs = {S(2, 4, 4, 2), S(2, 3, 2, 3), S(2, 2, 2, 3), END},
                           .result = {.rank = 0}});
}

static void refuses(hone_shape x, hone_shape kernel, hone_convolution how, const char *part)
{
    check_op_refused(
        &(op_example){.title = "refused", .record = forward, .context = &how, .inputs = {x, kernel, END}},
        part);
}

TEST(refuses_what_does_not_fit)
{
    refuses(S(2, 4, 3), S(5, 3, 2), (hone_convolution){.groups = 1},
            "a window of 5 does not fit in the 4 positions of axis 1");
    refuses(S(2, 4, 4, 3), S(2, 2, 3, 2), (hone_convolution){.dilations = {1, 4}}, "a window of 5");
    refuses(S(2, 4, 3), S(2, 2, 2), (hone_convolution){.groups = 1}, "3 channels in 1 group do not");
    refuses(S(2, 4, 4), S(2, 2, 3), (hone_convolution){.groups = 2}, "3 filters");
    refuses(S(2, 4, 4, 3), S(2, 3, 2), (hone_convolution){.groups = 1}, "do not match");
    refuses(S(2, 4, 3), S(2, 3, 2), (hone_convolution){.strides = {-1}}, "at least 1");
    refuses(S(2, 4, 3), S(2, 3, 2), (hone_convolution){.before = {-1}}, "at least 0");
}
