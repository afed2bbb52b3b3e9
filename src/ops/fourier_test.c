/* Frequencies along the last axis: gradients, what is refused. */
#include "ops/fourier.h"
#include "testing/check_op.h"

static hone_value transformed(hone_graph *g, const hone_value *x, const void *context)
{
    hone_value results[2];
    if (!hone_internal_op_fourier(g, x, *(const bool *)context, results))
        return HONE_NO_VALUE;
    return hone_op_concatenate(g, results, 2, -1);
}
/* The imaginary part alone is used. */
static hone_value imaginary(hone_graph *g, const hone_value *x, const void *context)
{
    hone_value results[2];
    (void)context;
    return hone_internal_op_fourier(g, (hone_value[]){x[0], x[0]}, false, results) ? results[1]
                                                                                   : HONE_NO_VALUE;
}

TEST(has_gradients)
{
    static const bool forth = false, back = true;
    const op_example examples[] = {
        {"six places", transformed, &forth, .inputs = {S(2, 6), S(2, 6), END}, .result = S(2, 12)},
        {"back", transformed, &back, .inputs = {S(2, 3, 8), S(2, 3, 8), END}, .result = S(2, 3, 16)},
        {"a prime", transformed, &forth, .inputs = {S(7), S(7), END}, .result = S(14)},
        {"one place", transformed, &forth, .inputs = {S(3, 1), S(3, 1), END}, .result = S(3, 2)},
        {"one part", imaginary, .inputs = {S(2, 9), END}, .result = S(2, 9)},
    };
    check_ops(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_shapes_that_do_not_fit)
{
    static const bool forth = false;
    check_op_refused(&(op_example){"two shapes", transformed, &forth, .inputs = {S(2, 6), S(2, 5), END}},
                     "do not match");
    check_op_refused(&(op_example){"too long", transformed, &forth, .inputs = {S(1048577), S(1048577), END}},
                     "must have from 1 to 1048576 places");
}
