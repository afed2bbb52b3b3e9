/* Pictures as PNG files in memory. */
#ifndef HONE_FORMATS_PNG_WRITE_H
#define HONE_FORMATS_PNG_WRITE_H

#include "base/error.h"

/* pixels [height, width, channels], 0 to 255; channels 1 (grey) or 3 (red, green, blue). The file is to be
 * freed with hone_internal_free; the same picture gives the same bytes. */
hone_status hone_internal_png_encode(const unsigned char *pixels, size_t height, size_t width,
                                     size_t channels, void **data, size_t *bytes);

#endif
