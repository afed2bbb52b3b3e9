/* Filters and feature maps in a report, of a model whose first convolution sees pictures. */
#include "base/memory.h"
#include "data/dataset.h"
#include "report/report.h"
#include "train/feed.h"
#include "train/maps.h"

#include <math.h>
#include <stdio.h>

enum { MOST_PICTURES = 64 };

/* [count, height, width] or [count, height, width, channels], all from black to white by the same numbers. */
static hone_status put_pictures(hone_text *page, const hone_array *pictures, const char *what,
                                const char *layer)
{
    const int64_t channels = pictures->rank == 4 ? pictures->shape[3] : 1,
                  size = pictures->shape[1] * pictures->shape[2] * channels,
                  count = pictures->shape[0] < MOST_PICTURES ? pictures->shape[0] : MOST_PICTURES;
    const float *pixels = pictures->data;
    hone_page_picture picture = {.height = pictures->shape[1],
                                 .width = pictures->shape[2],
                                 .channels = channels,
                                 .low = HUGE_VAL,
                                 .high = -HUGE_VAL};
    for (int64_t i = 0; i < count * size; i++) {
        picture.low = fmin(picture.low, (double)pixels[i]);
        picture.high = fmax(picture.high, (double)pixels[i]);
    }
    hone_internal_text_format(page, "<h3>%s of ", what);
    hone_internal_page_say(page, layer);
    hone_internal_text_append(page, "</h3>\n<div class=\"pictures\">\n");
    for (int64_t i = 0; i < count; i++) {
        char words[64];
        picture.pixels = pixels + i * size;
        snprintf(words, sizeof words, "%s %lld", what, (long long)i);
        hone_internal_text_append(page, "<figure>");
        HONE_TRY(hone_internal_page_picture(page, &picture, words));
        hone_internal_text_append(page, "</figure>\n");
    }
    hone_internal_text_append(page, "</div>\n");
    return HONE_OK;
}

static hone_status put_maps(hone_text *page, hone_model *model, const hone_dataset *data)
{
    const char *name;
    const int input = hone_internal_feed_input(model, data, 0);
    hone_array image = *hone_dataset_input(data, input);
    image.type = HONE_FLOAT32;
    image.shape[0] = 1;
    float *pixels = image.data = hone_internal_allocate((size_t)hone_array_count(&image) * sizeof(float));
    if (pixels == NULL)
        return HONE_ERROR_MEMORY;
    hone_status status = hone_internal_dataset_gather(data, HONE_COMPONENT_INPUT, input, NULL, 0, 1, pixels);
    hone_array *maps = status < 0 ? NULL : hone_internal_maps(model, &image, NULL, &name);
    status = maps == NULL ? hone_error_status() : put_pictures(page, maps, "Feature maps", name);
    hone_array_free(maps);
    hone_internal_free(pixels);
    return status;
}

hone_status hone_internal_report_maps(hone_text *page, hone_model *model, const hone_dataset *data)
{
    const char *name;
    if (!hone_internal_has_filters(model))
        return HONE_OK;
    hone_array *filters = hone_internal_filters(model, NULL, &name);
    if (filters == NULL)
        return hone_error_status();
    hone_internal_page_section(page, "Convolutions");
    hone_status status = put_pictures(page, filters, "Filters", name);
    hone_array_free(filters);
    if (status >= 0 && data != NULL && hone_model_input_count(model) == 1)
        status = put_maps(page, model, data);
    return status;
}
