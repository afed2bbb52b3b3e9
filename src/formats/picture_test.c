/* Which kind of picture a file is, by its first bytes, and how large it may be. */
#include "formats/picture.h"

#include "base/memory.h"
#include "formats/png_write.h"
#include "testing/message.h"

static const struct {
    const char *name;
    const char *bytes;
    size_t length;
    hone_status status;
    const char *words;
} others[] = {
    {"GIF", "GIF89a..", 8, HONE_ERROR_UNSUPPORTED, "a.png: GIF is not supported, only PNG and JPEG"},
    {"BMP", "BM......", 8, HONE_ERROR_UNSUPPORTED, "BMP is not supported"},
    {"WebP", "RIFF....", 8, HONE_ERROR_UNSUPPORTED, "WebP is not supported"},
    {"TIFF", "MM\0*....", 8, HONE_ERROR_UNSUPPORTED, "TIFF is not supported"},
    {"text", "hello", 5, HONE_ERROR_FORMAT, "neither a PNG nor a JPEG file"},
    {"nothing", "", 0, HONE_ERROR_FORMAT, "it is empty"},
    {"the beginning of a PNG", "\x89PNG\r\n\x1a\n", 8, HONE_ERROR_FORMAT, "a.png"},
    {"the beginning of a JPEG", "\xff\xd8\xff\xe0", 4, HONE_ERROR_FORMAT, "a.png"},
};

TEST_EACH(refuses, others)
{
    hone_picture picture = {.channels = 3};
    assert_failed(hone_internal_picture_decode(row->bytes, row->length, "a.png", 1000, &picture), row->status,
                  row->words);
    assert_null(picture.pixels);
}

TEST(a_picture_has_a_largest_size)
{
    assert_int_equal(hone_internal_picture_check("a.png", 10, 100, 1000), HONE_OK);
    assert_failed(hone_internal_picture_check("a.png", 10, 101, 1000), HONE_ERROR_FORMAT,
                  "a picture of 10 x 101; the limit is 1000 pixels");
    assert_int_equal(hone_internal_picture_check("a.png", INT64_MAX, INT64_MAX, 1000), HONE_ERROR_FORMAT);
    assert_int_equal(hone_internal_picture_check("a.png", 0, 5, 1000), HONE_ERROR_FORMAT);
}

TEST(a_png_comes_back_in_the_channels_that_are_asked_for)
{
    static const unsigned char pixels[2 * 3 * 3] = {255, 0, 0, 0, 255, 0, 0, 0, 255,
                                                    1,   2, 3, 4, 5,   6, 7, 8, 9};
    void *file;
    size_t bytes;
    assert_int_equal(hone_internal_png_encode(pixels, 2, 3, 3, &file, &bytes), HONE_OK);
    hone_picture picture = {.channels = 3};
    assert_int_equal(hone_internal_picture_decode(file, bytes, "a.png", 6, &picture), HONE_OK);
    assert_true(picture.height == 2 && picture.width == 3);
    assert_memory_equal(picture.pixels, pixels, sizeof pixels);
    hone_internal_free(picture.pixels);
    picture = (hone_picture){.channels = 1};
    assert_int_equal(hone_internal_picture_decode(file, bytes, "a.png", 6, &picture), HONE_OK);
    const uint8_t *grey = picture.pixels; /* green is the brightest, blue the darkest */
    assert_true(grey[1] > grey[0] && grey[0] > grey[2] && grey[2] > grey[3]);
    hone_internal_free(picture.pixels);
    picture = (hone_picture){.channels = 3};
    assert_int_equal(hone_internal_picture_decode(file, bytes, "a.png", 5, &picture), HONE_ERROR_FORMAT);
    assert_int_equal(hone_internal_picture_decode(file, bytes - 20, "a.png", 6, &picture), HONE_ERROR_FORMAT);
    hone_internal_free(file);
}
