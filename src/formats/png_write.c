/* Pictures as PNG files in memory, by libpng. */
#include "formats/png_write.h"

#include "base/memory.h"
#include <png.h>

enum { MOST_PIXELS = 1 << 15 }; /* a side */

hone_status hone_internal_png_encode(const unsigned char *pixels, size_t height, size_t width,
                                     size_t channels, void **data, size_t *bytes)
{
    png_image image = {.version = PNG_IMAGE_VERSION, .opaque = NULL};
    png_alloc_size_t needed = 0;
    *data = NULL;
    if (height < 1 || width < 1 || height > MOST_PIXELS || width > MOST_PIXELS ||
        (channels != 1 && channels != 3))
        return hone_fail(HONE_ERROR_ARGUMENT, "no picture: %zu rows of %zu pixels with %zu channels", height,
                         width, channels);
    image.width = (png_uint_32)width;
    image.height = (png_uint_32)height;
    image.format = channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
    bool good = png_image_write_to_memory(&image, NULL, &needed, 0, pixels, 0, NULL) != 0;
    if (good && (*data = hone_internal_allocate(needed)) == NULL)
        return HONE_ERROR_MEMORY;
    good = good && png_image_write_to_memory(&image, *data, &needed, 0, pixels, 0, NULL) != 0;
    *bytes = needed;
    if (good)
        return HONE_OK;
    hone_internal_free(*data);
    *data = NULL;
    return hone_fail(HONE_ERROR_FORMAT, "the picture cannot be encoded: %s", image.message);
}
