/* Functions of the host's over rows. */
#include "testing/check_op.h"

#include <hone/hone.h>
#include <math.h>

/* y[k] = x[k] * s[0] + context, of two operands. */
static void scale(const void *context, const double *const *x, const int64_t *x_counts, double *y,
                  int64_t y_count)
{
    (void)x_counts;
    for (int64_t k = 0; k < y_count; k++)
        y[k] = sin(x[0][k]) * x[1][0] + *(const double *)context;
}

static void scale_back(const void *context, const double *const *x, const int64_t *x_counts, const double *y,
                       const double *dy, int64_t y_count, double *const *dx)
{
    (void)context;
    (void)x_counts;
    (void)y;
    for (int64_t k = 0; k < y_count; k++) {
        dx[0][k] = dy[k] * cos(x[0][k]) * x[1][0];
        dx[1][0] += dy[k] * sin(x[0][k]);
    }
}

/* The root of the sum of squares of all numbers of all operands: a row to one number. */
static void norm(const void *context, const double *const *x, const int64_t *x_counts, double *y,
                 int64_t y_count)
{
    (void)context;
    (void)y_count;
    double sum = 0;
    for (int i = 0; i < 4; i++)
        for (int64_t k = 0; k < x_counts[i]; k++)
            sum += x[i][k] * x[i][k];
    y[0] = sqrt(sum);
}

static void norm_back(const void *context, const double *const *x, const int64_t *x_counts, const double *y,
                      const double *dy, int64_t y_count, double *const *dx)
{
    (void)context;
    (void)y_count;
    for (int i = 0; i < 4; i++)
        for (int64_t k = 0; k < x_counts[i]; k++)
            dx[i][k] = dy[0] * x[i][k] / y[0];
}

static const double offset = 0.25;
static const hone_row_function scaled = {"scaled", scale, scale_back}, root = {"root", norm, norm_back},
                               fixed = {"fixed", scale, NULL}, nameless = {NULL, scale, NULL};

RECORD(scaling, hone_op_rows(g, &scaled, x, 2, 3, &offset))
RECORD(rooting, hone_op_rows(g, &root, x, 4, 1, NULL))
RECORD(repeated,
       hone_op_rows(g, &scaled, (hone_value[]){x[0], hone_op_broadcast(g, x[1], S(5, 1))}, 2, 3, &offset))
RECORD(fixing, hone_op_rows(g, &fixed, x, 2, 3, &offset))
RECORD(unnamed, hone_op_rows(g, &nameless, x, 2, 3, &offset))
RECORD(narrow, hone_op_rows(g, &scaled, x, 2, 0, &offset))
RECORD(many, hone_op_rows(g, &scaled, x, 5, 1, &offset))

TEST(functions_over_rows)
{
    const op_example examples[] = {
        {.title = "two operands", .record = scaling, .inputs = {S(5, 3), S(5, 1), END}, .result = S(5, 3)},
        {.title = "more axes, many rows",
         .record = scaling,
         .inputs = {S(40, 30, 3), S(40, 30, 1), END},
         .result = S(40, 30, 3)},
        {.title = "four operands to a number",
         .record = rooting,
         .inputs = {S(6, 2), S(6, 1), S(6, 4), S(6, 3), END},
         .result = S(6, 1)},
        {.title = "a weight for all rows",
         .record = repeated,
         .inputs = {S(5, 3), S(1), END},
         .result = S(5, 3)},
    };
    check_ops(examples, sizeof examples / sizeof *examples);
}

TEST(what_does_not_fit_is_refused)
{
    check_op_refused(&(op_example){.title = "rows", .record = scaling, .inputs = {S(5, 3), S(4, 1), END}},
                     "scaled: operand 1 has shape (4, 1); expected the axes of (5, 3) but for the last");
    check_op_refused(&(op_example){.title = "rank", .record = scaling, .inputs = {S(5, 3), S(5), END}},
                     "operand 1");
    check_op_refused(&(op_example){.title = "name", .record = unnamed, .inputs = {S(5, 3), S(5, 1), END}},
                     "needs a name");
    check_op_refused(&(op_example){.title = "width", .record = narrow, .inputs = {S(5, 3), S(5, 1), END}},
                     "at least 1, not 0");
    check_op_refused(&(op_example){.title = "five", .record = many, .inputs = {S(5, 3), S(5, 1), END}},
                     "1 to 4 operands, not 5");
}

TEST(without_backward_there_is_no_gradient)
{
    check_op(&(op_example){.title = "fixed",
                           .record = fixing,
                           .inputs = {S(5, 3), S(5, 1), END},
                           .result = S(5, 3),
                           .no_gradient = true});
}
