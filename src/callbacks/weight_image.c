/* Weights as pictures in an event log. */
#include "callbacks/weight_image.h"

#include "base/memory.h"
#include "formats/png_write.h"
#include "graph/graph.h"
#include <math.h>

enum { MOST_IMAGES = 3, MOST_SIDE = 4096 };

/* Where pixel (row, column) of picture `image` stands: row * strides[0] + column * strides[1] + image. */
typedef struct layout {
    int64_t height, width, images, row_stride, column_stride;
} layout;

static bool find_layout(hone_shape shape, layout *found)
{
    int64_t sizes[3];
    int rank = 0;
    for (int axis = 0; axis < shape.rank; axis++)
        if (shape.size[axis] != 1 && rank++ < 3)
            sizes[rank - 1] = shape.size[axis];
    if (rank == 0)
        *found = (layout){1, 1, 1, 1, 1};
    else if (rank == 1)
        *found = (layout){sizes[0], 1, 1, 1, 1};
    else if (rank == 2)
        *found = sizes[0] > sizes[1] ? (layout){sizes[1], sizes[0], 1, 1, sizes[1]}
                                     : (layout){sizes[0], sizes[1], 1, sizes[1], 1};
    else if (rank == 3)
        *found = (layout){sizes[0], sizes[1], sizes[2] < MOST_IMAGES ? sizes[2] : MOST_IMAGES,
                          sizes[1] * sizes[2], sizes[2]};
    return rank <= 3 && found->height <= MOST_SIDE && found->width <= MOST_SIDE;
}

static hone_status draw(const layout *from, const float *data, double low, double high,
                        hone_event_image *image)
{
    size_t pixels = (size_t)(from->height * from->width);
    unsigned char *grey = hone_internal_allocate(pixels);
    double scale = high > low ? 255 / (high - low) : 0;
    if (grey == NULL)
        return HONE_ERROR_MEMORY;
    for (int64_t row = 0; row < from->height; row++)
        for (int64_t column = 0; column < from->width; column++) {
            double level =
                ((double)data[row * from->row_stride + column * from->column_stride] - low) * scale + 0.5;
            grey[row * from->width + column] = (unsigned char)(level > 0 ? fmin(level, 255) : 0);
        }
    hone_status status = hone_internal_png_encode(grey, (size_t)from->height, (size_t)from->width, 1,
                                                  &image->data, &image->bytes);
    hone_internal_free(grey);
    return status;
}

hone_status hone_internal_weight_image_log(hone_event_log *log, const char *tag, hone_shape shape,
                                           const float *data, int64_t step)
{
    layout from = {0};
    hone_event_image images[MOST_IMAGES] = {{NULL, 0}};
    int64_t count = hone_internal_shape_count(shape);
    double low = HUGE_VAL, high = -HUGE_VAL;
    hone_status status = HONE_OK;
    if (count < 1 || !find_layout(shape, &from))
        return HONE_OK;
    for (int64_t i = 0; i < count; i++) {
        if (!isfinite(data[i]))
            continue;
        low = fmin(low, (double)data[i]);
        high = fmax(high, (double)data[i]);
    }
    for (int64_t i = 0; i < from.images && status >= 0; i++)
        status = draw(&from, data + i, low, high, &images[i]);
    if (status >= 0)
        status = hone_internal_event_log_images(log, tag, from.width, from.height, images,
                                                (size_t)from.images, step);
    for (int64_t i = 0; i < from.images; i++)
        hone_internal_free(images[i].data);
    return status;
}
