/* Pictures as PNG files in memory. */
#include "formats/png_write.h"
#include "base/memory.h"
#include "formats/picture.h"
#include "testing/test.h"

#include <string.h>

static const unsigned char pixels[2 * 3 * 3] = {0, 1, 2, 255, 254, 253, 7, 7, 7,
                                                0, 0, 0, 128, 64,  32,  9, 8, 7};

TEST(what_is_written_is_read)
{
    for (int channels = 1; channels <= 3; channels += 2) {
        void *data;
        size_t bytes;
        hone_picture picture = {.channels = channels};
        assert_int_equal(hone_internal_png_encode(pixels, 2, 3, (size_t)channels, &data, &bytes), HONE_OK);
        assert_memory_equal(data, "\x89PNG\r\n\x1a\n", 8);
        if (hone_internal_picture_decode(data, bytes, "picture", 1000, &picture) < 0)
            fail_msg("%s", hone_error_message());
        assert_true(picture.height == 2 && picture.width == 3);
        assert_memory_equal(picture.pixels, pixels, (size_t)(6 * channels));
        hone_internal_free(picture.pixels);
        hone_internal_free(data);
    }
}

TEST(the_same_picture_gives_the_same_bytes)
{
    void *first, *second;
    size_t a, b;
    assert_int_equal(hone_internal_png_encode(pixels, 2, 3, 3, &first, &a), HONE_OK);
    assert_int_equal(hone_internal_png_encode(pixels, 2, 3, 3, &second, &b), HONE_OK);
    assert_int_equal(a, b);
    assert_memory_equal(first, second, a);
    hone_internal_free(first);
    hone_internal_free(second);
}

TEST(refuses_what_is_no_picture)
{
    static const size_t sizes[][3] = {{0, 3, 1}, {2, 0, 1},       {2, 3, 2},
                                      {2, 3, 4}, {1 << 16, 1, 1}, {1, 1 << 16, 1}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        void *data = (void *)(uintptr_t)pixels;
        size_t bytes;
        assert_int_equal(
            hone_internal_png_encode(pixels, sizes[i][0], sizes[i][1], sizes[i][2], &data, &bytes),
            HONE_ERROR_ARGUMENT);
        assert_null(data);
    }
}

TEST(survives_a_failing_allocation)
{
    void *data;
    size_t bytes;
    int64_t before = hone_internal_blocks_in_use();
    hone_internal_fail_allocations_after(0);
    assert_int_equal(hone_internal_png_encode(pixels, 2, 3, 3, &data, &bytes), HONE_ERROR_MEMORY);
    hone_internal_fail_allocations_after(-1);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}
