/* Filters and feature maps as sheets of pictures. */
#include "base/error.h"
#include "base/memory.h"
#include "train/maps.h"
#include <hone/charts.h>
#include <hone/look.h>

#include <stdio.h>

enum { FILTER_SIDE = 40, MAP_SIDE = 84 };

static hone_status write_sheet(const hone_array *pictures, int64_t side, const char *what, const char *layer,
                               const char *path)
{
    char title[160];
    const int64_t height = pictures->shape[1], width = pictures->shape[2],
                  larger = height > width ? height : width;
    snprintf(title, sizeof title, "%s of %.100s", what, layer);
    return hone_sheet_write(path,
                            &(hone_sheet){.title = title,
                                          .pixels = pictures->data,
                                          .count = (size_t)pictures->shape[0],
                                          .height = (size_t)height,
                                          .width = (size_t)width,
                                          .channels = pictures->rank == 4 ? (size_t)pictures->shape[3] : 1,
                                          .scale = larger < side ? (size_t)(side / larger) : 1});
}

hone_status hone_filters_draw(const hone_model *model, const char *layer, const char *path)
{
    const char *name;
    if (model == NULL)
        return hone_internal_fail_null("a model");
    hone_array *pictures = hone_internal_filters(model, layer, &name);
    hone_status status =
        pictures == NULL ? hone_error_status() : write_sheet(pictures, FILTER_SIDE, "Filters", name, path);
    hone_array_free(pictures);
    return status;
}

hone_status hone_maps_draw(hone_model *model, const hone_array *images, const char *layer, const char *path)
{
    const char *name;
    if (model == NULL || images == NULL)
        return hone_internal_fail_null(model == NULL ? "a model" : "images");
    hone_array *pictures = hone_internal_maps(model, images, layer, &name);
    hone_status status =
        pictures == NULL ? hone_error_status() : write_sheet(pictures, MAP_SIDE, "Feature maps", name, path);
    hone_array_free(pictures);
    return status;
}
