/* Turning matrices into panels and back. */
#include "kernels/panels.h"
#include <string.h>

void hone_internal_panels_pack(int64_t rows, int64_t columns, const float *from, float *to)
{
    int64_t width = hone_panel_width(columns);
    for (int64_t p = 0; p < hone_panel_count(columns); p++) {
        hone_packed_panel panel = hone_panel_at(rows, columns, p);
        for (int64_t i = 0; i < rows; i++)
            memcpy(to + panel.first + i * panel.columns, from + i * columns + p * width,
                   (size_t)panel.columns * sizeof(float));
    }
}

void hone_internal_panels_unpack(int64_t rows, int64_t columns, const float *from, float *to)
{
    int64_t width = hone_panel_width(columns);
    for (int64_t p = 0; p < hone_panel_count(columns); p++) {
        hone_packed_panel panel = hone_panel_at(rows, columns, p);
        for (int64_t i = 0; i < rows; i++)
            memcpy(to + i * columns + p * width, from + panel.first + i * panel.columns,
                   (size_t)panel.columns * sizeof(float));
    }
}
