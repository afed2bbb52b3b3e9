/* Histograms in tiles, told to their kernel. */
#ifndef HONE_KERNELS_HISTOGRAM_H
#define HONE_KERNELS_HISTOGRAM_H

#include <stdint.h>

/* Images of h x w, and a grid of tiles that covers them. */
typedef struct hone_tile_grid {
    int64_t h, w, channels, rows, columns, tile_h, tile_w;
} hone_tile_grid;

#endif
