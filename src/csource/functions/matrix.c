/* Linear algebra on matrices that follow each other, row by row; sums are made in double. What has no
   solution is infinite or NAN. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>

static void fn_exchange(float *x, float *y)
{
    const float kept = *x;
    *x = *y;
    *y = kept;
}

/* elimination of a [m, n], columns of L and U in its place; order [m]: which row of x each row was; k: the
   smaller of m and n; exchanged [k], or NULL: the row that each step exchanged with its own; returns the sign
   of the order */
static float fn_eliminate(float *a, float *order, float *exchanged, int32_t m, int32_t n)
{
    float sign = 1;
    int32_t step, i, j;
    for (i = 0; i < m; i++)
        order[i] = (float)i;
    for (step = 0; step < m && step < n; step++) {
        int32_t pivot = step;
        for (i = step + 1; i < m; i++)
            if (fabsf(a[i * n + step]) > fabsf(a[pivot * n + step]))
                pivot = i;
        for (j = 0; pivot != step && j < n; j++)
            fn_exchange(&a[step * n + j], &a[pivot * n + j]);
        fn_exchange(&order[step], &order[pivot]);
        sign = pivot == step ? sign : -sign;
        if (exchanged != NULL)
            exchanged[step] = (float)pivot;
        for (i = step + 1; i < m && (a[step * n + step] < 0 || a[step * n + step] > 0); i++) {
            const float factor = a[i * n + step] /= a[step * n + step];
            for (j = step + 1; j < n; j++)
                a[i * n + j] -= factor * a[step * n + j];
        }
    }
    return sign;
}

/* v = U^-1 L^-1 P r of one column, by the factors of fn_eliminate */
static void fn_substitute(float *v, const float *factors, const float *order, const float *r, int32_t n)
{
    int32_t i, j;
    for (i = 0; i < n; i++) {
        double rest = (double)r[(int32_t)order[i]];
        for (j = 0; j < i; j++)
            rest -= (double)factors[i * n + j] * (double)v[j];
        v[i] = (float)rest;
    }
    for (i = n - 1; i >= 0; i--) {
        double rest = (double)v[i];
        for (j = i + 1; j < n; j++)
            rest -= (double)factors[i * n + j] * (double)v[j];
        v[i] = (float)(rest / (double)factors[i * n + i]);
    }
}

/* y [n, k], a y = b, a [n, n]; b NULL: the identity. What the first solution leaves, r = b - a y, is solved
   too, so that little is lost to rounded factors. room: n n + 3 n */
static void op_solve(float *y, const float *a, const float *b, float *room, int32_t count, int32_t n,
                     int32_t k)
{
    float *order = room + n * n, *r = order + n, *v = r + n;
    int32_t item, c, i, j, pass;
    for (item = 0; item < count; item++, a += n * n, y += n * k) {
        for (i = 0; i < n * n; i++)
            room[i] = a[i];
        fn_eliminate(room, order, NULL, n, n);
        for (c = 0; c < k; c++)
            for (pass = 0; pass < 3; pass++) {
                for (i = 0; i < n; i++) {
                    double rest = b != NULL ? (double)b[item * n * k + i * k + c] : i == c ? 1.0 : 0.0;
                    for (j = 0; pass > 0 && j < n; j++)
                        rest -= (double)a[i * n + j] * (double)y[j * k + c];
                    r[i] = (float)rest;
                }
                fn_substitute(v, room, order, r, n);
                for (i = 0; i < n && (pass == 0 || isfinite(y[i * k + c])); i++)
                    y[i * k + c] = pass > 0 ? y[i * k + c] + v[i] : v[i];
            }
    }
}

/* the same, where a counts as 0 above its diagonal (lower is 1) or below it */
static void op_solve_triangular(float *y, const float *a, const float *b, int32_t count, int32_t n, int32_t k,
                                float lower)
{
    int32_t item, c, step, j;
    for (item = 0; item < count; item++, a += n * n, b += n * k, y += n * k)
        for (c = 0; c < k; c++)
            for (step = 0; step < n; step++) {
                const int32_t i = lower > 0 ? step : n - 1 - step, end = lower > 0 ? i : n;
                double rest = (double)b[i * k + c];
                for (j = lower > 0 ? 0 : i + 1; j < end; j++)
                    rest -= (double)a[i * n + j] * (double)y[j * k + c];
                y[i * k + c] = (float)(rest / (double)a[i * n + i]);
            }
}

/* sign, log |det| and det of x [n, n]; room: n n + n */
static void op_determinant(float *y, const float *x, float *room, int32_t count, int32_t n)
{
    int32_t item, i;
    for (item = 0; item < count; item++, x += n * n, y += 3) {
        double number, sum = 0, sign;
        for (i = 0; i < n * n; i++)
            room[i] = x[i];
        number = sign = (double)fn_eliminate(room, room + n * n, NULL, n, n);
        for (i = 0; i < n; i++) {
            const double pivot = (double)room[i * n + i];
            number *= pivot;
            sum += log(fabs(pivot));
            sign *= pivot > 0 ? 1.0 : pivot < 0 ? -1.0 : pivot;
        }
        y[0] = (float)sign;
        y[1] = (float)sum;
        y[2] = (float)number;
    }
}

/* y y^T = (x + x^T) / 2, y 0 above its diagonal; NAN where there is none */
static void op_cholesky(float *y, const float *x, int32_t count, int32_t n)
{
    int32_t item, i, j, k;
    for (item = 0; item < count; item++, x += n * n, y += n * n) {
        int positive = 1;
        for (j = 0; j < n; j++)
            for (i = 0; i < n; i++) {
                double rest = ((double)x[i * n + j] + (double)x[j * n + i]) / 2;
                for (k = 0; k < j && i >= j; k++)
                    rest -= (double)y[i * n + k] * (double)y[j * n + k];
                positive = positive && (i != j || rest > 0);
                y[i * n + j] = (float)(i < j ? 0 : i == j ? sqrt(rest) : rest / (double)y[j * n + j]);
            }
        for (i = 0; !positive && i < n * n; i++)
            y[i] = NAN;
    }
}

/* x [m, n] = P L U: L below the diagonal and U; rows exchanged at each step; rows of x in their new order */
static void op_triangular_factors(float *y, float *exchanged, float *order, const float *x, int32_t count,
                                  int32_t m, int32_t n)
{
    int32_t item, i;
    for (item = 0; item < count; item++) {
        for (i = 0; i < m * n; i++)
            y[i] = x[i];
        fn_eliminate(y, order, exchanged, m, n);
        x += m * n;
        y += m * n;
        exchanged += m < n ? m : n;
        order += m;
    }
}

/* a [m, n] from row k and column `first` on: a -= v (scale v^T a) */
static void fn_reflect(float *a, int32_t m, int32_t n, int32_t k, int32_t first, const float *v, double scale)
{
    int32_t i, j;
    for (j = first; j < n; j++) {
        double along = 0;
        for (i = k; i < m; i++)
            along += (double)v[i] * (double)a[i * n + j];
        for (i = k; i < m; i++)
            a[i * n + j] = (float)((double)a[i * n + j] - (double)v[i] * along * scale);
    }
}

/* v = x + sign(x_k) |x| e_k of column k of a, from row k on; returns 2 / v.v, 0 where nothing is to be turned
 */
static double fn_reflection(const float *a, int32_t m, int32_t n, int32_t k, float *v)
{
    double below = 0, length;
    int32_t i;
    for (i = k; i < m; i++)
        v[i] = a[i * n + k];
    for (i = k + 1; i < m; i++)
        below += (double)v[i] * (double)v[i];
    if (!(below > 0))
        return below;
    length = sqrt(below + (double)v[k] * (double)v[k]);
    v[k] = (float)((double)v[k] + (v[k] < 0 ? -length : length));
    return 2 / (below + (double)v[k] * (double)v[k]);
}

/* x [m, n] = q r, q [m, w], r [w, n]; room: m n + m: below R the reflections, from the last of which q is
 * made */
static void op_orthogonal_factors(float *q, float *r, const float *x, float *room, int32_t count, int32_t m,
                                  int32_t n, int32_t w)
{
    float *v = room + m * n;
    int32_t item, i, k;
    for (item = 0; item < count; item++, x += m * n, q += m * w, r += w * n) {
        for (i = 0; i < m * n; i++)
            room[i] = x[i];
        for (i = 0; i < w * n; i++)
            r[i] = 0;
        for (k = 0; k < m && k < n; k++) {
            const double scale = fn_reflection(room, m, n, k, v);
            fn_reflect(room, m, n, k, k, v, scale);
            for (i = k; i < n; i++)
                r[k * n + i] = room[k * n + i];
            for (i = k; i < m; i++)
                room[i * n + k] = scale > 0 ? v[i] : 0;
        }
        for (i = 0; i < m * w; i++)
            q[i] = i / w == i % w ? 1 : 0;
        for (k = (m < n ? m : n) - 1; k >= 0; k--) {
            double length = 0;
            for (i = k; i < m; i++) {
                v[i] = room[i * n + k];
                length += (double)v[i] * (double)v[i];
            }
            if (length > 0)
                fn_reflect(q, m, w, k, k, v, 2 / length);
        }
    }
}
