/* Rows by number. */
#include <math.h>
#include <stdint.h>

/* y[r, :] = table[id, :] with id = ids[r]; NAN where there is no such row */
static void op_gather_rows(float *y, const float *table, const float *ids, int32_t rows, int32_t width,
                           int32_t count)
{
    int32_t r, i;
    for (r = 0; r < rows; r++) {
        const int32_t id = ids[r] >= 0 && ids[r] < (float)count ? (int32_t)ids[r] : -1;
        for (i = 0; i < width; i++)
            *y++ = id < 0 ? NAN : table[id * width + i];
    }
}

/* y[r, :] = scale[id] table[id, :] with id = ids[r]; NAN where there is no such row */
static void op_gather_rows_int8(float *y, const int8_t *table, const float *scale, const float *ids,
                                int32_t rows, int32_t width, int32_t count)
{
    int32_t r, i;
    for (r = 0; r < rows; r++) {
        const int32_t id = ids[r] >= 0 && ids[r] < (float)count ? (int32_t)ids[r] : -1;
        for (i = 0; i < width; i++)
            *y++ = id < 0 ? NAN : (float)table[id * width + i] * scale[id];
    }
}

/* 1 in the column of the id, else 0 */
static void op_one_hot(float *y, const float *ids, int32_t rows, int32_t depth)
{
    int32_t r, i;
    for (r = 0; r < rows; r++, y += depth) {
        for (i = 0; i < depth; i++)
            y[i] = 0;
        if (ids[r] >= 0 && ids[r] < (float)depth)
            y[(int32_t)ids[r]] = 1;
    }
}

/* y[r, j] = x[r, places[r, j]], places below 0 from the end; NAN where there is no such place */
static void op_gather_along(float *y, const float *x, const float *places, int32_t rows, int32_t count,
                            int32_t width)
{
    int32_t r, j;
    for (r = 0; r < rows; r++, x += width)
        for (j = 0; j < count; j++) {
            const float place = *places < 0 ? *places + (float)width : *places;
            *y++ = place >= 0 && place < (float)width ? x[(int32_t)place] : NAN;
            places++;
        }
}
