/* Sheets of pictures: each pixel a block of its grey or colour. */
#define _GNU_SOURCE /* mkdtemp */
#include "testing/pictures.h"

AROUND_ALL(make_numbers, testing_folder_remove);

static float grey[12 * 4 * 5];

TEST(draws_a_sheet_of_pictures)
{
    static const char *const labels[] = {
        "a", NULL, "a much longer label than fits", "d", "e", "f", "g", "h", "i", "j", "k", "l"};
    for (int i = 0; i < 12 * 4 * 5; i++)
        grey[i] = i < 20 ? 1.0f : 0.0f;
    grey[25] = NAN;
    grey[26] = INFINITY;
    hone_sheet sheet = {.title = "Images",
                        .pixels = grey,
                        .count = 12,
                        .height = 4,
                        .width = 5,
                        .channels = 1,
                        .columns = 6,
                        .scale = 10,
                        .labels = labels};
    const char *path = testing_path("sheet.png");
    assert_int_equal(hone_sheet_write(path, &sheet), HONE_OK);
    picture drawn = open_picture(path);
    assert_int_equal(count_pixels(&drawn, 0x000000),
                     20 * 20 * (11 * 20 - 2));                 /* blocks of 20 x 20; all but the first */
    assert_int_equal(count_pixels(&drawn, 0x808080), 20 * 20); /* NaN and infinity */
    close_picture(&drawn, path);

    void *data[2];
    size_t bytes[2];
    for (int i = 0; i < 2; i++) {
        path = testing_path("sheet.svg");
        assert_int_equal(hone_sheet_write(path, &sheet), HONE_OK);
        assert_int_equal(hone_internal_file_read(path, 1 << 24, &data[i], &bytes[i]), HONE_OK);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(bytes[0], bytes[1]);
    assert_memory_equal(data[0], data[1], bytes[0]);
    hone_internal_free(data[0]);
    hone_internal_free(data[1]);
}

TEST(draws_a_sheet_in_colours)
{
    static const float pixels[] = {0, 0.5f, 1, 1, 0, 0.5f};
    const char *path = testing_path("colours.png");
    hone_sheet sheet = {.pixels = pixels, .count = 1, .height = 1, .width = 2, .channels = 3, .high = 1};
    assert_int_equal(hone_sheet_write(path, &sheet), HONE_OK);
    picture drawn = open_picture(path);
    assert_int_equal(count_pixels(&drawn, 0x0080ff), 56 * 56);
    assert_int_equal(count_pixels(&drawn, 0xff0080), 56 * 56);
    close_picture(&drawn, path);
}
