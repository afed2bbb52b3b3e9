/* Histograms: the values of images spread evenly. */
#include <math.h>
#include <stdint.h>

static int32_t fn_bin(float scaled, int32_t bins)
{
    return !(scaled > 0) ? 0 : scaled >= (float)(bins - 1) ? bins - 1 : (int32_t)scaled;
}

/* a place behind the end of n, reflected */
static int32_t fn_reflected(int32_t i, int32_t n)
{
    return i % (2 * n) < n ? i % (2 * n) : 2 * n - 1 - i % (2 * n);
}

/* counts of levels as running counts, those above the limit cut and spread, from 0 to 255 */
static void fn_level_curve(float *curve, float limit, float area)
{
    float excess = 0, sum = 0, least, rest;
    int32_t i;
    for (i = 0; limit > 0 && i < 256; i++)
        if (curve[i] > limit) {
            excess += curve[i] - limit;
            curve[i] = limit;
        }
    for (i = 0; i < 256; i++) {
        sum += curve[i] + excess / 256;
        curve[i] = sum;
    }
    least = curve[0];
    rest = area - least;
    for (i = 0; i < 256; i++) {
        const float scaled = (curve[i] - least) * 255 / (rest < 0 || rest > 0 ? rest : 1);
        curve[i] = scaled > 255 ? 255 : scaled < 0 ? 0 : scaled;
    }
}

/* `grid`: height, width, channels of the image, rows and columns of tiles, height and width of a tile */
static void fn_count_tiles(float *curves, const float *x, const int32_t *grid, float limit)
{
    int32_t v, u, i;
    for (i = 0; i < grid[3] * grid[4] * 256; i++)
        curves[i] = 0;
    for (v = 0; v < grid[3] * grid[5]; v++)
        for (u = 0; u < grid[4] * grid[6]; u++) {
            const float *pixel =
                x + (fn_reflected(v, grid[0]) * grid[1] + fn_reflected(u, grid[1])) * grid[2];
            curves[(v / grid[5] * grid[4] + u / grid[6]) * 256 + fn_bin(*pixel, 256)] += 1;
        }
    for (i = 0; i < grid[3] * grid[4]; i++)
        fn_level_curve(curves + i * 256, limit, (float)(grid[5] * grid[6]));
}

/* the tiles whose middles are before and behind a place, and the latter's weight */
static float fn_tiles_around(int32_t place, int32_t tile, int32_t count, int32_t *before, int32_t *behind)
{
    const float at = ((float)place - (float)tile / 2) / (float)tile + 1, below = floorf(at);
    const int32_t first = (int32_t)below - 1;
    *before = first < 0 ? 0 : first > count - 1 ? count - 1 : first;
    *behind = first + 1 < 0 ? 0 : first + 1 > count - 1 ? count - 1 : first + 1;
    return at - below;
}

/* the level of a pixel on the curves of the four tiles around */
static float fn_among_tiles(const float *curves, const int32_t *grid, int32_t level, int32_t v, int32_t u)
{
    int32_t top, bottom, left, right;
    const float down = fn_tiles_around(v, grid[5], grid[3], &top, &bottom);
    const float along = fn_tiles_around(u, grid[6], grid[4], &left, &right);
    const float *above = curves + top * grid[4] * 256 + level,
                *under = curves + bottom * grid[4] * 256 + level;
    const float upper = above[left * 256] * (1 - along) + above[right * 256] * along;
    const float lower = under[left * 256] * (1 - along) + under[right * 256] * along;
    return upper * (1 - down) + lower * down;
}

/* the values of each tile spread evenly, within a limit, mixed between tiles */
static void op_equalize_tiles(float *y, const float *x, float *curves, const int32_t *grid, int32_t samples,
                              float limit)
{
    int32_t s, c, i;
    for (s = 0; s < samples; s++, x += grid[0] * grid[1] * grid[2], y += grid[0] * grid[1] * grid[2])
        for (c = 0; c < grid[2]; c++) {
            fn_count_tiles(curves, x + c, grid, limit);
            for (i = 0; i < grid[0] * grid[1]; i++)
                y[i * grid[2] + c] =
                    fn_among_tiles(curves, grid, fn_bin(x[i * grid[2] + c], 256), i / grid[1], i % grid[1]);
        }
}
