/* Frequencies along the last axis. */
#include <stdint.h>

/* the smallest factor of n above 1 */
static int32_t fn_radix(int32_t n)
{
    int32_t p;
    for (p = 2; p <= n / p; p++)
        if (n % p == 0)
            return p;
    return n;
}

/* One stage of a transform of n places, whose `left` (p times m) are not combined yet, into which n / left =
   s are: y[q, p j + r] = e(j r s) sum over t < p of x[q, j + m t] e(t r n / p), s complex numbers side by
   side; powers: e(k) = cosine and sine of -2 pi k / n */
static void fn_fourier_stage(float *y, const float *x, const float *powers, int32_t n, int32_t left,
                             int32_t p, float sign)
{
    const int32_t m = left / p, s = n / left;
    int32_t j, r, q, t;
    for (j = 0; j < m; j++)
        for (r = 0; r < p; r++)
            for (q = 0; q < s; q++) {
                float *to = y + 2 * (q + s * (p * j + r)), real = 0, imaginary = 0;
                int32_t e = j * r * s;
                for (t = 0; t < p; t++) {
                    const float *from = x + 2 * (q + s * (j + m * t));
                    const float c = powers[2 * e], d = sign * powers[2 * e + 1];
                    real += c * from[0] - d * from[1];
                    imaginary += c * from[1] + d * from[0];
                    e += r * (n / p);
                    e -= e >= n ? n : 0;
                }
                to[0] = real;
                to[1] = imaginary;
            }
}

/* y = sum of x e^(-2 pi i k t / n), of e^(+...) where `back` is not 0; complex numbers as two arrays; room: 4
 * n */
static void op_fourier(float *real, float *imaginary, const float *x_real, const float *x_imaginary,
                       const float *powers, float *room, int32_t rows, int32_t n, float back)
{
    int32_t row, i;
    for (row = 0; row < rows; row++) {
        float *from = room, *to = room + 2 * n;
        int32_t left = n;
        for (i = 0; i < n; i++) {
            from[2 * i] = x_real[row * n + i];
            from[2 * i + 1] = x_imaginary[row * n + i];
        }
        while (left > 1) {
            const int32_t p = fn_radix(left);
            float *kept = from;
            fn_fourier_stage(to, from, powers, n, left, p, back > 0 ? -1.0f : 1.0f);
            from = to;
            to = kept;
            left /= p;
        }
        for (i = 0; i < n; i++) {
            real[row * n + i] = from[2 * i];
            imaginary[row * n + i] = from[2 * i + 1];
        }
    }
}
