/* Which kind of picture a file is, by its first bytes. */
#include "formats/picture.h"
#include <stdbool.h>
#include <string.h>

hone_status hone_internal_picture_check(const char *label, int64_t height, int64_t width, int64_t most_pixels)
{
    if (height > 0 && width > 0 && height <= most_pixels / width)
        return HONE_OK;
    return hone_fail(HONE_ERROR_FORMAT,
                     "%s: a picture of %lld x %lld; the limit is %lld pixels "
                     "(most_pixels)",
                     label, (long long)height, (long long)width, (long long)most_pixels);
}

static bool begins(const unsigned char *data, size_t bytes, const char *start, size_t length)
{
    return bytes >= length && memcmp(data, start, length) == 0;
}

hone_status hone_internal_picture_decode(const void *data, size_t bytes, const char *label,
                                         int64_t most_pixels, hone_picture *picture)
{
    static const struct {
        const char *start;
        size_t length;
        const char *name;
    } others[] = {{"GIF8", 4, "GIF"},
                  {"BM", 2, "BMP"},
                  {"RIFF", 4, "WebP"},
                  {"II*\0", 4, "TIFF"},
                  {"MM\0*", 4, "TIFF"}};
    picture->pixels = NULL;
    if (begins(data, bytes, "\x89PNG\r\n\x1a\n", 8))
        return hone_internal_picture_png(data, bytes, label, most_pixels, picture);
    if (begins(data, bytes, "\xff\xd8\xff", 3))
        return hone_internal_picture_jpeg(data, bytes, label, most_pixels, picture);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (begins(data, bytes, others[i].start, others[i].length))
            return hone_fail(HONE_ERROR_UNSUPPORTED,
                             "%s: %s is not supported, only PNG and JPEG; "
                             "mogrify -format png (ImageMagick) converts it",
                             label, others[i].name);
    return hone_fail(HONE_ERROR_FORMAT, "%s: neither a PNG nor a JPEG file%s", label,
                     bytes == 0 ? ": it is empty" : "");
}
