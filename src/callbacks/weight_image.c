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

/* ---- kernels [h, w, inputs, filters]: a grid, a row for each input, a column for each filter, black lines
 * between ---- */

enum { MOST_TILES = 16 }; /* along a side of the grid */

typedef struct grid {
    int64_t h, w, inputs, filters;   /* of the kernel */
    int64_t place, pixel_row, pixel; /* strides: from a filter to the next, of rows and of pixels */
    int64_t input;                   /* from an input to the next */
    int64_t rows, columns;           /* of the grid */
    int64_t height, width;           /* of the picture */
} grid;

/* The size of the picture; false: too large a one. */
static bool fit_grid(grid *found)
{
    found->rows = found->inputs < MOST_TILES ? found->inputs : MOST_TILES;
    found->columns = found->filters < MOST_TILES ? found->filters : MOST_TILES;
    if (found->h > MOST_SIDE / MOST_TILES - 1 || found->w > MOST_SIDE / MOST_TILES - 1)
        return false;
    found->height = found->rows * (found->h + 1) - 1;
    found->width = found->columns * (found->w + 1) - 1;
    return true;
}

static bool find_grid(hone_shape shape, grid *found)
{
    int64_t sizes[4];
    int rank = 0;
    for (int axis = 0; axis < shape.rank; axis++)
        if (shape.size[axis] != 1 && rank++ < 4)
            sizes[rank - 1] = shape.size[axis];
    if (rank != 4)
        return false;
    *found = (grid){.h = sizes[0], .w = sizes[1], .inputs = sizes[2], .filters = sizes[3], .place = 1};
    found->input = sizes[3];
    found->pixel = sizes[2] * sizes[3];
    found->pixel_row = sizes[1] * found->pixel;
    return fit_grid(found);
}

static void paint_tile(const grid *of, const float *data, double low, double scale, int64_t tile,
                       unsigned char *grey)
{
    const int64_t input = tile / of->columns, filter = tile % of->columns;
    unsigned char *corner = grey + input * (of->h + 1) * of->width + filter * (of->w + 1);
    for (int64_t row = 0; row < of->h; row++)
        for (int64_t column = 0; column < of->w; column++) {
            const float number =
                data[row * of->pixel_row + column * of->pixel + input * of->input + filter * of->place];
            const double level = ((double)number - low) * scale + 0.5;
            corner[row * of->width + column] = (unsigned char)(level > 0 ? fmin(level, 255) : 0);
        }
}

static hone_status draw_grid(const grid *of, const float *data, double low, double high,
                             hone_event_image *image)
{
    unsigned char *grey = hone_internal_allocate_zeroed((size_t)of->height, (size_t)of->width);
    if (grey == NULL)
        return HONE_ERROR_MEMORY;
    for (int64_t tile = 0; tile < of->rows * of->columns; tile++)
        paint_tile(of, data, low, high > low ? 255 / (high - low) : 0, tile, grey);
    hone_status status =
        hone_internal_png_encode(grey, (size_t)of->height, (size_t)of->width, 1, &image->data, &image->bytes);
    hone_internal_free(grey);
    return status;
}

static void find_range(const float *data, int64_t count, double *low, double *high)
{
    *low = HUGE_VAL;
    *high = -HUGE_VAL;
    for (int64_t i = 0; i < count; i++) {
        if (!isfinite(data[i]))
            continue;
        *low = fmin(*low, (double)data[i]);
        *high = fmax(*high, (double)data[i]);
    }
}

hone_status hone_internal_weight_image_log(hone_event_log *log, const char *tag, hone_shape shape,
                                           const float *data, int64_t step)
{
    layout from = {0};
    grid kernels;
    hone_event_image images[MOST_IMAGES] = {{NULL, 0}};
    const int64_t count = hone_internal_shape_count(shape);
    const bool tiled = find_grid(shape, &kernels);
    double low, high;
    hone_status status = HONE_OK;
    if (count < 1 || (!tiled && !find_layout(shape, &from)))
        return HONE_OK;
    find_range(data, count, &low, &high);
    if (tiled) {
        from = (layout){.height = kernels.height, .width = kernels.width, .images = 1};
        status = draw_grid(&kernels, data, low, high, &images[0]);
    }
    for (int64_t i = 0; !tiled && i < from.images && status >= 0; i++)
        status = draw(&from, data + i, low, high, &images[i]);
    if (status >= 0)
        status = hone_internal_event_log_images(log, tag, from.width, from.height, images,
                                                (size_t)from.images, step);
    for (int64_t i = 0; i < from.images; i++)
        hone_internal_free(images[i].data);
    return status;
}

hone_status hone_internal_maps_image_log(hone_event_log *log, const char *tag, hone_shape shape,
                                         const float *data, int64_t step)
{
    const int64_t plane = shape.size[2] * shape.size[3];
    grid maps = {.h = shape.size[2],
                 .w = shape.size[3],
                 .inputs = shape.size[0],
                 .filters = shape.size[1],
                 .place = plane,
                 .input = shape.size[1] * plane,
                 .pixel = 1,
                 .pixel_row = shape.size[3]};
    hone_event_image image = {NULL, 0};
    double low, high;
    if (plane < 1 || !fit_grid(&maps))
        return HONE_OK;
    find_range(data, hone_internal_shape_count(shape), &low, &high);
    hone_status status = draw_grid(&maps, data, low, high, &image);
    if (status >= 0)
        status = hone_internal_event_log_images(log, tag, maps.width, maps.height, &image, 1, step);
    hone_internal_free(image.data);
    return status;
}
