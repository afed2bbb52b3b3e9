/* The C functions of histograms. */
#include "csource/functions/histogram.c"
#include "kernels/histogram.h"
#include "testing/check_c_function.h"

enum { H = 7, W = 6, CHANNELS = 2, COUNT = H * W * CHANNELS };

static void fill(float *x)
{
    c_function_fill(x, COUNT, -10, 265);
    for (int i = 0; i < COUNT; i += 3)
        x[i] = rintf(x[i]);
}

static const struct {
    const char *name;
    hone_tile_grid grid;
    float clip;
} grids[] = {
    {"one tile", {H, W, CHANNELS, 1, 1, H, W}, 4},
    {"tiles that fit", {6, 6, CHANNELS, 3, 2, 2, 3}, 2},
    {"tiles beyond the ends", {H, W, CHANNELS, 3, 4, 3, 2}, 1},
    {"no limit", {H, W, CHANNELS, 2, 2, 4, 3}, 0},
};

TEST_EACH(tiles_are_spread_and_mixed, grids)
{
    float x[COUNT], y[COUNT], curves[12 * 256];
    const hone_tile_grid *g = &row->grid;
    const int32_t list[] = {(int32_t)g->h,       (int32_t)g->w,      (int32_t)g->channels, (int32_t)g->rows,
                            (int32_t)g->columns, (int32_t)g->tile_h, (int32_t)g->tile_w};
    const hone_kernel_args args = {.data = {NULL, x}, .family = g, .scalar = {(double)row->clip}};
    fill(x);
    op_equalize_tiles(y, x, curves, list, 1, row->clip * (float)(g->tile_h * g->tile_w) / 256);
    check_c_function(HONE_KERNEL_equalize_tiles, &args, CHANNELS, y, g->h * g->w * CHANNELS);
}
