/* Matrices in panels: a layout in which the columns that one tile of a product takes lie together.
 *
 * A matrix W[rows, columns] is cut into panels of `width` columns; the last one is as narrow as what is left.
 * A panel lies row after row, and the panels follow each other: element (i, j) of panel p = j / width, which
 * is w columns wide, stands at p * width * rows + i * w + j % width. There are no gaps, so that whatever
 * treats all elements alike (the steps of optimizers) need not know. A product reads a panel from front to
 * back, and in every product of a weight, and in its update, a panel belongs to the same thread. */
#ifndef HONE_KERNELS_PANELS_H
#define HONE_KERNELS_PANELS_H

#include <stdbool.h>
#include <stdint.h>

enum { HONE_PANEL_WIDE = 48, HONE_PANEL_NARROW = 32 };

/* Columns of a panel: a whole block of registers, or a little less when that leaves no narrow last panel. */
static inline int64_t hone_panel_width(int64_t columns)
{
    bool narrow = columns % HONE_PANEL_WIDE != 0 && columns % HONE_PANEL_NARROW == 0;
    int64_t width = narrow ? HONE_PANEL_NARROW : HONE_PANEL_WIDE;
    return columns < width ? columns : width;
}

/* Where a panel of a matrix begins, in elements, and how many columns it has. */
typedef struct hone_packed_panel {
    int64_t first, columns;
} hone_packed_panel;
static inline hone_packed_panel hone_panel_at(int64_t rows, int64_t columns, int64_t index)
{
    int64_t width = hone_panel_width(columns), left = columns - index * width;
    return (hone_packed_panel){index * width * rows, left < width ? left : width};
}

static inline int64_t hone_panel_count(int64_t columns)
{
    int64_t width = hone_panel_width(columns);
    return columns == 0 ? 0 : (columns + width - 1) / width;
}

/* From rows to panels, and back. `from` and `to` are different memory of rows * columns floats. */
void hone_internal_panels_pack(int64_t rows, int64_t columns, const float *from, float *to);
void hone_internal_panels_unpack(int64_t rows, int64_t columns, const float *from, float *to);

#endif
