/* The walk along time in float: the loops of the reference, which run on whichever products and functions the
 * table has. */
#include "kernels/generic/loops.h"

/* Rows of a tile lie a whole sequence apart, and no processor foresees the way from one step to the next:
 * what the next step takes of a short row is fetched meanwhile, `count` numbers. */
static inline void fetch(const float *next, int64_t count)
{
    enum { LINE = 64 / sizeof(float), LONGEST = 512 };
    for (int64_t i = 0; count <= LONGEST && i < count; i += LINE)
        __builtin_prefetch(next + i, 0, 2);
}

/* ---- the usual functions, tanh and sigmoid, of one row: the formulas of recurrence.inc in one loop ---- */

/* Divisions are slow: several quotients share one, 1 / (b d) = (1 / b) (1 / d). What is below the line is at
 * least 1 and so small that four of them have a product. */
typedef struct fraction {
    float above, below;
} fraction;

static inline fraction sigmoid_fraction(float x)
{
    const float e = exp_float_below(-__builtin_fabsf(x));
    return (fraction){x >= 0 ? 1 : e, 1 + e};
}

static inline fraction tanh_fraction(float x)
{
    const float magnitude = __builtin_fabsf(x), limited = magnitude > 10.0f ? 10.0f : magnitude;
    const float e = expm1_float(2 * limited);
    return (fraction){__builtin_copysignf(e, x), e + 2};
}

static void usual_lstm(int64_t u, float *z, const float *x, const float *product, const float *bias,
                       const float *c_before, float *c, float *h)
{
    fetch(x + 4 * u, 4 * u);
    fetch(z + 4 * u, 4 * u);
    if (bias != NULL)
        INDEPENDENT
    for (int64_t i = 0; i < 4 * u; i++)
        z[i] = x[i] + product[i] + bias[i];
    else INDEPENDENT for (int64_t i = 0; i < 4 * u; i++) z[i] = x[i] + product[i];
    INDEPENDENT
    for (int64_t i = 0; i < u; i++) {
        const fraction i_part = sigmoid_fraction(z[i]), f_part = sigmoid_fraction(z[u + i]),
                       a_part = tanh_fraction(z[2 * u + i]), o_part = sigmoid_fraction(z[3 * u + i]);
        const float two = i_part.below * f_part.below, others = a_part.below * o_part.below,
                    inverse = 1 / (two * others), of_two = inverse * others, of_others = inverse * two;
        const float i_gate = i_part.above * f_part.below * of_two,
                    f_gate = f_part.above * i_part.below * of_two;
        const float candidate = a_part.above * o_part.below * of_others,
                    o_gate = o_part.above * a_part.below * of_others;
        const float carried = f_gate * c_before[i] + i_gate * candidate;
        z[i] = i_gate;
        z[u + i] = f_gate;
        z[2 * u + i] = candidate;
        z[3 * u + i] = o_gate;
        c[i] = carried;
        h[i] = o_gate * tanh_float(carried);
    }
}

static void usual_gru(int64_t u, float *z, const float *x, const float *product, const float *bias,
                      const float *h_before, float *second, float *h)
{
    const float *r = bias;
    fetch(x + 3 * u, 3 * u);
    fetch(z + 3 * u, 3 * u);
    fetch(second + u, u);
    INDEPENDENT
    for (int64_t i = 0; i < u; i++) {
        const float b_z = r == NULL ? 0 : r[i], b_r = r == NULL ? 0 : r[u + i],
                    b_h = r == NULL ? 0 : r[2 * u + i];
        const fraction z_part = sigmoid_fraction(x[i] + product[i] + b_z),
                       r_part = sigmoid_fraction(x[u + i] + product[u + i] + b_r);
        const float inverse = 1 / (z_part.below * r_part.below);
        const float z_gate = z_part.above * r_part.below * inverse,
                    r_gate = r_part.above * z_part.below * inverse;
        const float before = product[2 * u + i] + b_h;
        const float candidate = tanh_float(x[2 * u + i] + r_gate * before);
        z[i] = z_gate;
        z[u + i] = r_gate;
        z[2 * u + i] = candidate;
        second[i] = before;
        h[i] = z_gate * h_before[i] + (1 - z_gate) * candidate;
    }
}

/* dz goes to its place and to the product's operand. */
static void usual_lstm_back(int64_t u, float *dz, float *operand, float *dh, float *dc, const float *gates,
                            const float *c_before, const float *c)
{
    fetch(gates - 4 * u, 4 * u);
    fetch(c_before - u, u);
    fetch(dz - 4 * u, 4 * u);
    INDEPENDENT
    for (int64_t i = 0; i < u; i++) {
        const float i_gate = gates[i], f_gate = gates[u + i], candidate = gates[2 * u + i],
                    o_gate = gates[3 * u + i], output = tanh_float(c[i]);
        const float carried = dc[i] + dh[i] * o_gate * (1 - output * output);
        const float di = carried * candidate * (i_gate * (1 - i_gate)),
                    df = carried * c_before[i] * (f_gate * (1 - f_gate)),
                    da = carried * i_gate * (1 - candidate * candidate),
                    dout = dh[i] * output * (o_gate * (1 - o_gate));
        dz[i] = operand[i] = di;
        dz[u + i] = operand[u + i] = df;
        dz[2 * u + i] = operand[2 * u + i] = da;
        dz[3 * u + i] = operand[3 * u + i] = dout;
        dc[i] = carried * f_gate;
        dh[i] = 0;
    }
}

static void usual_gru_back(int64_t u, float *dx, float *dproduct, float *operand, float *dh,
                           const float *gates, const float *h_before, const float *second)
{
    fetch(gates - 3 * u, 3 * u);
    fetch(second - u, u);
    fetch(h_before - u, u);
    fetch(dx - 3 * u, 3 * u);
    fetch(dproduct - 3 * u, 3 * u);
    INDEPENDENT
    for (int64_t i = 0; i < u; i++) {
        const float z_gate = gates[i], r_gate = gates[u + i], candidate = gates[2 * u + i], slope = dh[i];
        const float da = slope * (1 - z_gate) * (1 - candidate * candidate),
                    dz = slope * (h_before[i] - candidate) * (z_gate * (1 - z_gate)),
                    dr = da * second[i] * (r_gate * (1 - r_gate)), through = da * r_gate;
        dx[i] = dproduct[i] = operand[i] = dz;
        dx[u + i] = dproduct[u + i] = operand[u + i] = dr;
        dx[2 * u + i] = da;
        dproduct[2 * u + i] = operand[2 * u + i] = through;
        dh[i] = slope * z_gate;
    }
}

typedef float real;
#define WIDE float
#define USUAL_LOOPS
#include "kernels/ref/recurrence.inc"

OVERLAY(recurrence)
{
    table->kernel[HONE_KERNEL_recurrence] = kernel_recurrence;
    table->kernel[HONE_KERNEL_recurrence_gradient] = kernel_recurrence_gradient;
}
