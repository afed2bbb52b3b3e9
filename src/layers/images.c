/* What layers over images share. */
#include "layers/images.h"

/* int(float(a * b) / c) of Python, at least 1 and at most `most`. */
static int64_t side(int64_t a, int64_t b, int64_t c, int64_t most)
{
    const double exact = (double)a * (double)b / (double)c;
    const int64_t rounded = exact < (double)most ? (int64_t)exact : most;
    return rounded < 1 ? 1 : rounded;
}

hone_image_box hone_internal_image_largest(int64_t h, int64_t w, int64_t height, int64_t width)
{
    hone_image_box box = {.height = side(w, height, width, h), .width = side(h, width, height, w)};
    box.top = (h - box.height) / 2;
    box.left = (w - box.width) / 2;
    return box;
}

hone_value hone_internal_image_crop(hone_graph *graph, hone_value x, hone_image_box box)
{
    x = hone_op_slice(graph, x, 1, box.top, box.top + box.height);
    return hone_op_slice(graph, x, 2, box.left, box.left + box.width);
}

hone_value hone_internal_image_resize(hone_graph *graph, hone_value x, int64_t height, int64_t width,
                                      const char *interpolation, bool antialias)
{
    x = hone_op_resize(graph, x, 1, height, interpolation, antialias);
    return hone_op_resize(graph, x, 2, width, interpolation, antialias);
}
