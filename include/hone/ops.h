/* The operations that layers, losses and metrics record. Each has the shape of its result, its gradient and
 * its kernel. Axes may be negative, counted from the end. Every function returns HONE_NO_VALUE on failure,
 * with a message. */
#ifndef HONE_OPS_H
#define HONE_OPS_H

#include <hone/graph.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A constant number (rank 0), or a tensor filled with one. */
hone_value hone_graph_constant(hone_graph *graph, double number);
hone_value hone_graph_filled(hone_graph *graph, hone_shape shape, double number);

/* Element-wise functions of one operand by name: "relu", "tanh", "log", "clip", ... An unknown name is an
 * error that shows the nearest one. Their parameters go into a, b, c, d in order, 0 when there are fewer:
 * "affine" is a x + b, "clip" keeps to a and b, "power_scalar" is x to the power a. */
typedef struct hone_parameters {
    double a, b, c, d;
} hone_parameters;
hone_value hone_op_unary(hone_graph *graph, const char *name, hone_value x, hone_parameters parameters);

hone_value hone_op_negative(hone_graph *graph, hone_value x);
hone_value hone_op_absolute(hone_graph *graph, hone_value x);
hone_value hone_op_square(hone_graph *graph, hone_value x);
hone_value hone_op_sqrt(hone_graph *graph, hone_value x);
hone_value hone_op_rsqrt(hone_graph *graph, hone_value x);
hone_value hone_op_exp(hone_graph *graph, hone_value x);
hone_value hone_op_log(hone_graph *graph, hone_value x);
hone_value hone_op_sigmoid(hone_graph *graph, hone_value x);
hone_value hone_op_softplus(hone_graph *graph, hone_value x);
hone_value hone_op_affine(hone_graph *graph, hone_value x, double factor,
                          double offset); /* factor * x + offset */
hone_value hone_op_clip(hone_graph *graph, hone_value x, double lowest, double highest);

/* A custom operation: a function in plain C from the rows of up to four operands to a row of the
 * result, with its gradient. A row is along the last axis; all operands have the same axes before it
 * (hone_op_broadcast gives a weight those of the inputs, and sums its gradient). Rows are independent: they
 * are computed on several threads, in any order. `context` is handed on, and must live as long as the graph:
 * the arguments of a layer, or NULL. */
enum { HONE_ROW_INPUTS = 4 };
typedef struct hone_row_function {
    const char *name; /* for messages */
    /* y[y_count] from x[i][x_counts[i]] */
    void (*forward)(const void *context, const double *const *x, const int64_t *x_counts, double *y,
                    int64_t y_count);
    /* dx[i][k] = sum over j of dy[j] times the derivative of y[j] by x[i][k]; they are 0 at first. NULL: an
     * operation that cannot be differentiated. */
    void (*backward)(const void *context, const double *const *x, const int64_t *x_counts, const double *y,
                     const double *dy, int64_t y_count, double *const *dx);
} hone_row_function;
/* The result has the operands' axes and `width` numbers in the last one. The function is borrowed for as
 * long. */
hone_value hone_op_rows(hone_graph *graph, const hone_row_function *function, const hone_value *inputs,
                        int count, int64_t width, const void *context);

/* Element-wise functions of two operands, broadcast against each other by NumPy's rules; by name:
 * "add", "maximum", "power", "greater", ... */
hone_value hone_op_binary(hone_graph *graph, const char *name, hone_value x, hone_value y);
hone_value hone_op_add(hone_graph *graph, hone_value x, hone_value y);
hone_value hone_op_subtract(hone_graph *graph, hone_value x, hone_value y);
hone_value hone_op_multiply(hone_graph *graph, hone_value x, hone_value y);
hone_value hone_op_divide(hone_graph *graph, hone_value x, hone_value y);
hone_value hone_op_maximum(hone_graph *graph, hone_value x, hone_value y);
hone_value hone_op_minimum(hone_graph *graph, hone_value x, hone_value y);
/* condition != 0 ? x : y, all broadcast to one shape. No gradient through the condition. */
hone_value hone_op_select(hone_graph *graph, hone_value condition, hone_value x, hone_value y);

/* Products: [..., m, k] x [..., k, n] (either operand transposed in its last two axes on request); a second
 * operand of rank 2 is used for all leading axes. */
hone_value hone_op_matmul(hone_graph *graph, hone_value a, hone_value b, bool transpose_a, bool transpose_b);
/* "bij,bjk->bik": the sum over the letters that the result lacks of the products of the operands; "..."
 * stands for any axes. */
hone_value hone_op_einsum(hone_graph *graph, const char *equation, const hone_value *inputs, int count);
hone_value hone_op_bias_add(hone_graph *graph, hone_value x, hone_value bias); /* bias [last axis of x] */

/* Convolutions over one to three spatial axes: x [n, space..., c] by a kernel [size..., c / groups, f] gives
 * [n, space..., f]: y[o, f] = sum over the window k and the channels of the filter's group of x[o stride -
 * before + k dilation, c] kernel[k, c, f]; `before` and `after` zeros stand around x. Arrays have a number
 * for each spatial axis. */
typedef struct hone_convolution {
    int64_t strides[3], dilations[3]; /* 0: 1 */
    int64_t before[3], after[3];
    int64_t groups; /* 0: 1 */
} hone_convolution;
hone_value hone_op_convolution(hone_graph *graph, hone_value x, hone_value kernel,
                               const hone_convolution *how);
/* The transposed convolution: the gradient of that convolution with respect to its x, for the gradient `x` of
 * its result. The result has the spatial `sizes` that `how` turns into those of x; kernel [size..., channels
 * of the result / groups, channels of x]. */
hone_value hone_op_convolution_transpose(hone_graph *graph, hone_value x, hone_value kernel,
                                         const hone_convolution *how, const int64_t *sizes);
/* The largest number, or the mean of those in x, of each window and channel of x [n, space..., c]. */
typedef struct hone_pool {
    int64_t sizes[3], strides[3]; /* strides 0: the size */
    int64_t before[3], after[3];  /* positions around x that windows may reach */
} hone_pool;
hone_value hone_op_pool_maximum(hone_graph *graph, hone_value x, const hone_pool *how);
hone_value hone_op_pool_average(hone_graph *graph, hone_value x, const hone_pool *how);

/* x with another size along one axis, as jax.image.resize makes it: "nearest", "bilinear", "bicubic",
 * "lanczos3", "lanczos5"; `antialias` widens the filter when the size shrinks. */
hone_value hone_op_resize(hone_graph *graph, hone_value x, int axis, int64_t size, const char *interpolation,
                          bool antialias);

/* Reductions over a list of axes (count 0: all axes): "sum", "mean", "sum_squares", "product", "maximum",
 * "minimum". */
hone_value hone_op_reduce(hone_graph *graph, const char *name, hone_value x, const int *axes, int count,
                          bool keep);
hone_value hone_op_sum(hone_graph *graph, hone_value x, int axis); /* over one axis, which is dropped */
hone_value hone_op_mean(hone_graph *graph, hone_value x, int axis);
hone_value hone_op_total(hone_graph *graph, hone_value x); /* over all axes */
hone_value hone_op_argmax(hone_graph *graph, hone_value x, int axis);
hone_value hone_op_argmin(hone_graph *graph, hone_value x, int axis);
hone_value hone_op_cumulative_sum(hone_graph *graph, hone_value x, int axis);
hone_value hone_op_sort_descending(hone_graph *graph, hone_value x); /* along the last axis; no gradient */

/* Where the numbers of the last axis stand when they are sorted (NaN as the greatest, equal ones in their
 * order); no gradient. Numbers at places of the last axis, those below 0 from its end: [..., width] and [...,
 * count] give
 * [..., count]. */
hone_value hone_op_sort_order(hone_graph *graph, hone_value x, bool descending);
hone_value hone_op_gather_along(hone_graph *graph, hone_value x, hone_value places);

/* Shapes. In `reshape` one size may be HONE_ANY, which is inferred. */
hone_value hone_op_reshape(hone_graph *graph, hone_value x, hone_shape shape);
hone_value hone_op_expand(hone_graph *graph, hone_value x, int axis);  /* a new axis of size 1 */
hone_value hone_op_squeeze(hone_graph *graph, hone_value x, int axis); /* drops an axis of size 1 */
hone_value hone_op_transpose(hone_graph *graph, hone_value x,
                             const int *order); /* axis i of the result is axis order[i] of x */
hone_value hone_op_broadcast(hone_graph *graph, hone_value x, hone_shape shape);
hone_value hone_op_slice(hone_graph *graph, hone_value x, int axis, int64_t begin, int64_t end);
hone_value hone_op_pad(hone_graph *graph, hone_value x, const int64_t *before, const int64_t *after,
                       double number);
hone_value hone_op_reverse(hone_graph *graph, hone_value x, int axis);
hone_value hone_op_concatenate(hone_graph *graph, const hone_value *x, int count, int axis);
hone_value hone_op_gather_rows(hone_graph *graph, hone_value table, hone_value ids); /* [ids..., width] */
hone_value hone_op_one_hot(hone_graph *graph, hone_value ids, int64_t depth);        /* [ids..., depth] */
hone_value hone_op_stop_gradient(hone_graph *graph, hone_value x);
/* The nearest bfloat16 to each number, half to even; the gradient passes unchanged. A value that is rounded
 * already is returned unchanged. */
hone_value hone_op_round_bfloat16(hone_graph *graph, hone_value x);
hone_value hone_op_round_float16(hone_graph *graph,
                                 hone_value x); /* the same to float16; infinity beyond 65504 */

hone_value hone_op_softmax(hone_graph *graph, hone_value x, int axis);
hone_value hone_op_log_softmax(hone_graph *graph, hone_value x, int axis);

/* Attention: q [n, t, h, d], k [n, s, g, d], v [n, s, g, e] give y [n, t, h, e]. For each sample and head
 * softmax(scale q k^T + bias) v over the keys that a query may read; h is a multiple of g, and heads h / g at
 * a time share k and v. `bias` and `mask` (0: must not be read) are broadcast to [n, h, t, s] and may be
 * HONE_NO_VALUE. A query that may read no key gives the mean of v, or 0. */
typedef struct hone_attend {
    double scale;         /* 0: 1 / sqrt(d) */
    bool causal;          /* query i reads keys j <= i */
    int64_t window;       /* > 0: and only those with |i - j| < window */
    bool nothing_is_zero; /* a query that may read no key gives 0 */
} hone_attend;
hone_value hone_op_attention(hone_graph *graph, hone_value q, hone_value k, hone_value v, hone_value bias,
                             hone_value mask, const hone_attend *how);

/* Random numbers of the layer being recorded; `purpose` distinguishes its draws ("mask"). Seeded by the
 * model.
 */
hone_value hone_op_random_uniform(hone_graph *graph, hone_shape shape, double lowest, double highest,
                                  const char *purpose);
hone_value hone_op_random_normal(hone_graph *graph, hone_shape shape, double mean, double deviation,
                                 const char *purpose);
hone_value hone_op_random_keep(hone_graph *graph, hone_shape shape, double rate,
                               const char *purpose); /* 0 with probability `rate`, otherwise 1 */
hone_value hone_op_dropout(hone_graph *graph, hone_value x, double rate);

/* Batch normalisation over all axes but `axis` with the batch statistics, which also update the moving ones:
 * m = momentum * m + (1 - momentum) * batch. gamma and beta may be HONE_NO_VALUE. */
hone_value hone_op_batch_normalization(hone_graph *graph, hone_value x, int axis, hone_value gamma,
                                       hone_value beta, hone_variable *moving_mean,
                                       hone_variable *moving_variance, double momentum, double epsilon);
/* (x - mean) * gamma / sqrt(variance + epsilon) + beta with given statistics [size of axis]. */
hone_value hone_op_normalize(hone_graph *graph, hone_value x, int axis, hone_value mean, hone_value variance,
                             hone_value gamma, hone_value beta, double epsilon);
/* Zero mean (unless `centre` is false) and unit variance within the last `axes` axes of each sample; no scale
 * or offset. */
hone_value hone_op_row_normalization(hone_graph *graph, hone_value x, int axes, double epsilon, bool centre);

/* Cross-entropy of class probabilities [..., C] with class ids [...]: p / sum(p), clipped to [1e-7, 1 -
 * 1e-7]. Where p comes straight from a softmax the gradient skips the clip: it is p - onehot in the softmax's
 * input. */
hone_value hone_op_sparse_crossentropy(hone_graph *graph, hone_value probabilities, hone_value ids);

/* variable = x (in this run, after all reads that were recorded before). Returns a status. */
hone_status hone_op_assign(hone_graph *graph, hone_variable *variable, hone_value x);

#ifdef __cplusplus
}
#endif
#endif
