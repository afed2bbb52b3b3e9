/* Along one axis of [outer, axis, inner]. */
#include <stdint.h>

/* the place of the first maximum; NAN before all */
static void op_argmax(float *y, const float *x, int32_t outer, int32_t axis, int32_t inner)
{
    int32_t o, i, j;
    for (o = 0; o < outer; o++)
        for (i = 0; i < inner; i++) {
            const float *line = x + o * axis * inner + i;
            int32_t best = 0;
            for (j = 0; j < axis; j++) {
                if (line[j * inner] != line[j * inner]) {
                    best = j;
                    break;
                }
                if (line[j * inner] > line[best * inner])
                    best = j;
            }
            *y++ = (float)best;
        }
}

/* the place of the first minimum; NAN before all */
static void op_argmin(float *y, const float *x, int32_t outer, int32_t axis, int32_t inner)
{
    int32_t o, i, j;
    for (o = 0; o < outer; o++)
        for (i = 0; i < inner; i++) {
            const float *line = x + o * axis * inner + i;
            int32_t best = 0;
            for (j = 0; j < axis; j++) {
                if (line[j * inner] != line[j * inner]) {
                    best = j;
                    break;
                }
                if (line[j * inner] < line[best * inner])
                    best = j;
            }
            *y++ = (float)best;
        }
}

/* running sums, from the end when from_end is 1 */
static void op_cumulative_sum(float *y, const float *x, int32_t outer, int32_t axis, int32_t inner,
                              float from_end)
{
    int32_t o, i, j;
    for (o = 0; o < outer; o++)
        for (i = 0; i < inner; i++) {
            const int32_t first = o * axis * inner + i;
            float sum = 0;
            for (j = 0; j < axis; j++) {
                const int32_t place = first + (from_end > 0 ? axis - 1 - j : j) * inner;
                sum += x[place];
                y[place] = sum;
            }
        }
}

/* rows sorted, the largest first, NAN before all */
static void op_sort_descending(float *y, const float *x, int32_t rows, int32_t width)
{
    int32_t r, i, j;
    for (r = 0; r < rows; r++, x += width, y += width)
        for (i = 0; i < width; i++) {
            const float number = x[i];
            for (j = i; j > 0 && (number > y[j - 1] || (number != number && y[j - 1] == y[j - 1])); j--)
                y[j] = y[j - 1];
            y[j] = number;
        }
}

/* the places of each row's numbers as they are sorted, NAN as the greatest, the greatest first when
 * descending is 1 */
static void op_sort_order(float *y, const float *x, int32_t rows, int32_t width, float descending)
{
    int32_t r, i, j;
    for (r = 0; r < rows; r++, x += width, y += width)
        for (i = 0; i < width; i++) {
            for (j = i; j > 0; j--) {
                const float a = x[i], b = x[(int32_t)y[j - 1]];
                const int above = a > b || (a != a && b == b), below = a < b || (b != b && a == a);
                if (descending > 0 ? !above : !below)
                    break;
                y[j] = y[j - 1];
            }
            y[j] = (float)i;
        }
}
