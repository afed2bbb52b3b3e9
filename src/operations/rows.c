/* Operations of rows of numbers: sliding products of two, counts of one. */
#include "operations/constant.h"
#include "operations/operations.h"

#include <math.h>
#include <string.h>

enum { MOST_PRODUCTS = 1 << 24 };

/* The size of a row; below 0 with a message. */
static int64_t length_of(const hone_graph *graph, hone_value x, const char *what)
{
    const hone_shape shape = hone_value_shape(graph, x);
    if (x < 0)
        return hone_error_status();
    if (shape.rank != 1)
        return hone_fail(HONE_ERROR_SHAPE, "%s must have one axis, not %d", what, shape.rank);
    if (shape.size[0] == HONE_ANY)
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "%s would be the numbers of all samples; give the input a batch size", what);
    return shape.size[0];
}

/* ---- sliding products: y[k] = sum over j of x1[k + j - before] x2[j], 0 beyond the ends ---- */

#define CORRELATE_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, TEXT, mode, "valid", "where both overlap whole, as many as the longer one has, or at all", \
      HONE_ONE_OF("valid|same|full"))
HONE_OPERATION_ARGS(correlate, CORRELATE_FIELDS)

/* x [n] as [rows, m]: in row k the numbers from k on. */
static hone_value windows(hone_graph *graph, const hone_layer *layer, hone_value x, int64_t rows, int64_t m)
{
    double *places = hone_internal_arena_allocate(&graph->arena, sizeof *places * (size_t)(rows * m + 1));
    if (places == NULL)
        return HONE_NO_VALUE;
    for (int64_t i = 0; i < rows * m; i++)
        places[i] = (double)(i / m + i % m);
    const hone_constant constant = {HONE_SHAPE(rows * m), places, rows * m};
    const hone_value seen = hone_op_gather_rows(graph, hone_op_expand(graph, x, 1),
                                                hone_internal_constant_value(graph, layer, &constant));
    return hone_op_reshape(graph, seen, HONE_SHAPE(rows, m));
}

/* Of a longer and a shorter row. */
static hone_value slid(hone_graph *graph, const hone_layer *layer, const hone_value *x, const int64_t *length,
                       const char *mode)
{
    const int64_t m = length[1];
    int64_t before = 0, after = 0;
    if (strcmp(mode, "same") == 0)
        before = m / 2, after = m - m / 2 - 1;
    else if (strcmp(mode, "full") == 0)
        before = after = m - 1;
    const int64_t rows = length[0] + before + after - m + 1;
    if (m == 0 || hone_internal_size_product(rows, m) > MOST_PRODUCTS) {
        hone_fail(HONE_ERROR_UNSUPPORTED, "%lld numbers along %lld are %s", (long long)m,
                  (long long)length[0], m == 0 ? "none" : "more products than 2^24");
        return HONE_NO_VALUE;
    }
    const hone_value padded = hone_op_pad(graph, x[0], &before, &after, 0),
                     products = hone_op_multiply(graph, windows(graph, layer, padded, rows, m), x[1]);
    return hone_op_sum(graph, products, 1);
}

/* Of a shorter one first the result is that of the other order, from its end. */
static hone_value correlated(hone_graph *graph, const hone_layer *layer, const hone_value *x,
                             const char *mode)
{
    const int64_t length[] = {length_of(graph, x[0], "x1"), length_of(graph, x[1], "x2")};
    if (length[0] < 0 || length[1] < 0)
        return HONE_NO_VALUE;
    if (length[0] >= length[1])
        return slid(graph, layer, x, length, mode);
    const hone_value turned[] = {x[1], x[0]};
    return hone_op_reverse(graph, slid(graph, layer, turned, (int64_t[]){length[1], length[0]}, mode), 0);
}
HONE_OPERATION_CALL_OF_TWO(correlate, correlate_args, correlated(graph, layer, x, args->mode))
HONE_OPERATION(correlate, "Correlate", correlate_args, correlate_fields, correlate_defaults,
               .call = call_correlate, HONE_OPERATION_OPERANDS(hone_internal_two_operands, 2));

/* ---- how many numbers lie in each of equal bins ---- */

#define HISTOGRAM_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, bins, 10, "how many", HONE_BETWEEN(1, 1 << 16)) \
    F(A, NUMBERS, range, HONE_NO_NUMBERS, \
      "where the first begins and the last ends (None: the least and the greatest number)", .items = 2)
HONE_OPERATION_ARGS(histogram, HISTOGRAM_FIELDS)

/* Bounds [1] each; half a bin to both sides of equal ones. */
static void find_bounds(hone_graph *graph, hone_value x, hone_numbers given, hone_value *bounds)
{
    static const char *const functions[] = {"minimum", "maximum"};
    for (int i = 0; i < 2; i++) {
        bounds[i] = given.count == 2 ? hone_graph_constant(graph, given.items[i])
                                     : hone_op_reduce(graph, functions[i], x, NULL, 0, false);
        bounds[i] = hone_op_reshape(graph, bounds[i], HONE_SHAPE(1));
    }
    const hone_value same = hone_op_binary(graph, "equal", bounds[0], bounds[1]);
    bounds[0] = hone_op_add(graph, bounds[0], hone_op_affine(graph, same, -0.5, 0));
    bounds[1] = hone_op_add(graph, bounds[1], hone_op_affine(graph, same, 0.5, 0));
}

/* Edge i of n bins: low (1 - i / n) + high i / n, [n + 1]. */
static hone_value edges_of(hone_graph *graph, const hone_layer *layer, const hone_value *bounds, int64_t bins)
{
    double *parts = hone_internal_arena_allocate(&graph->arena, sizeof *parts * (size_t)(bins + 1));
    if (parts == NULL)
        return HONE_NO_VALUE;
    for (int64_t i = 0; i <= bins; i++)
        parts[i] = (double)i / (double)bins;
    const hone_constant constant = {HONE_SHAPE(bins + 1), parts, bins + 1};
    const hone_value part = hone_internal_constant_value(graph, layer, &constant);
    return hone_op_add(graph, hone_op_multiply(graph, bounds[0], hone_op_affine(graph, part, -1, 1)),
                       hone_op_multiply(graph, bounds[1], part));
}

/* In bin i are edge i <= x < edge i + 1, in the last one its end, too. */
static int call_histogram(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                          hone_value *outputs)
{
    const histogram_args *args = hone_layer_args(layer);
    const int64_t length = length_of(graph, inputs[0], "x"), bins = args->bins;
    hone_value bounds[2];
    (void)count;
    if (length < 0)
        return (int)length;
    if (length == 0 || hone_internal_size_product(length, bins) > MOST_PRODUCTS)
        return hone_fail(HONE_ERROR_UNSUPPORTED, "%lld numbers in %lld bins are too %s", (long long)length,
                         (long long)bins, length == 0 ? "few" : "many");
    find_bounds(graph, inputs[0], hone_internal_numbers_of(&args->range), bounds);
    const hone_value edges = edges_of(graph, layer, bounds, bins),
                     from = hone_op_binary(graph, "greater_equal", inputs[0],
                                           hone_op_expand(graph, edges, 1)), /* [bins + 1, length] */
        at_end = hone_op_binary(graph, "equal", inputs[0], bounds[1]),
                     beyond = hone_op_multiply(graph, hone_op_slice(graph, from, 0, bins, bins + 1),
                                               hone_op_affine(graph, at_end, -1, 1)),
                     after[] = {hone_op_slice(graph, from, 0, 1, bins), beyond},
                     next = bins == 1 ? beyond : hone_op_concatenate(graph, after, 2, 0);
    outputs[0] = hone_op_sum(graph, hone_op_subtract(graph, hone_op_slice(graph, from, 0, 0, bins), next), 1);
    outputs[1] = edges;
    return 2;
}
static int two_outputs(const hone_layer *layer)
{
    (void)layer;
    return 2;
}
HONE_OPERATION(histogram, "Histogram", histogram_args, histogram_fields, histogram_defaults,
               .call = call_histogram, .outputs_max = two_outputs);
