/* Walks along time for one sample: h, and the carried c of an LSTM, are (steps + 1, units), the state before
 * the first step in front; z has room for the gates of all steps, x is the product of the inputs, bias
 * included; r is (units, gates units). h0, c0 and mask may be NULL: zeros, and all steps count. */
#include <stddef.h>
#include <stdint.h>

/* z[j] = x[j] + sum of h[i] r[i, j] for columns from `first` on; without x the sum alone */
static void op_state_product(float *z, const float *x, const float *h, const float *r, int32_t units,
                             int32_t width, int32_t first, int32_t count)
{
    int32_t i, j;
    for (j = first; j < first + count; j++) {
        float sum = 0;
        for (i = 0; i < units; i++)
            sum += h[i] * r[i * width + j];
        z[j] = x != NULL ? x[j] + sum : sum;
    }
}

static void op_state_start(float *h, const float *h0, int32_t units)
{
    int32_t i;
    for (i = 0; i < units; i++)
        h[i] = h0 != NULL ? h0[i] : 0;
}

static void op_simple_rnn(float *h, float *z, const float *x, const float *r, const float *h0,
                          const float *mask, int32_t steps, int32_t units, float (*activation)(float))
{
    int32_t t, i;
    op_state_start(h, h0, units);
    for (t = 0; t < steps; t++, h += units, z += units, x += units) {
        op_state_product(z, x, h, r, units, units, 0, units);
        for (i = 0; i < units; i++)
            h[units + i] = mask != NULL && mask[t] == 0 ? h[i] : activation(z[i]);
    }
}

/* gates i, f, c, o */
static void op_lstm(float *h, float *c, float *z, const float *x, const float *r, const float *h0,
                    const float *c0, const float *mask, int32_t steps, int32_t units,
                    float (*activation)(float), float (*gate)(float))
{
    const int32_t width = 4 * units;
    int32_t t, i;
    op_state_start(h, h0, units);
    op_state_start(c, c0, units);
    for (t = 0; t < steps; t++, h += units, c += units, z += width, x += width) {
        const int32_t stays = mask != NULL && mask[t] == 0;
        op_state_product(z, x, h, r, units, width, 0, width);
        for (i = 0; i < units; i++) {
            const float carried = gate(z[units + i]) * c[i] + gate(z[i]) * activation(z[2 * units + i]);
            c[units + i] = stays ? c[i] : carried;
            h[units + i] = stays ? h[i] : gate(z[3 * units + i]) * activation(carried);
        }
    }
}

/* gates z, r, h; second: h r + bias of the candidate, (steps, units) */
static void op_gru(float *h, float *second, float *z, const float *x, const float *r, const float *bias,
                   const float *h0, const float *mask, int32_t steps, int32_t units,
                   float (*activation)(float), float (*gate)(float))
{
    const int32_t width = 3 * units;
    int32_t t, i;
    op_state_start(h, h0, units);
    for (t = 0; t < steps; t++, h += units, second += units, z += width, x += width) {
        op_state_product(z, x, h, r, units, width, 0, 2 * units);
        op_state_product(z, NULL, h, r, units, width, 2 * units, units);
        for (i = 0; i < units; i++) {
            const float of_update = bias != NULL ? bias[i] : 0, of_reset = bias != NULL ? bias[units + i] : 0,
                        of_state = bias != NULL ? bias[2 * units + i] : 0;
            const float update = gate(z[i] + of_update), reset = gate(z[units + i] + of_reset);
            second[i] = z[2 * units + i] + of_state;
            h[units + i] =
                mask != NULL && mask[t] == 0
                    ? h[i]
                    : update * h[i] + (1 - update) * activation(x[2 * units + i] + reset * second[i]);
        }
    }
}

/* the same with the reset in front of the product; second: r h */
static void op_gru_reset_before(float *h, float *second, float *z, const float *x, const float *r,
                                const float *h0, const float *mask, int32_t steps, int32_t units,
                                float (*activation)(float), float (*gate)(float))
{
    const int32_t width = 3 * units;
    int32_t t, i;
    op_state_start(h, h0, units);
    for (t = 0; t < steps; t++, h += units, second += units, z += width, x += width) {
        op_state_product(z, x, h, r, units, width, 0, 2 * units);
        for (i = 0; i < units; i++)
            second[i] = gate(z[units + i]) * h[i];
        op_state_product(z, x, second, r, units, width, 2 * units, units);
        for (i = 0; i < units; i++) {
            const float update = gate(z[i]);
            h[units + i] = mask != NULL && mask[t] == 0
                               ? h[i]
                               : update * h[i] + (1 - update) * activation(z[2 * units + i]);
        }
    }
}
