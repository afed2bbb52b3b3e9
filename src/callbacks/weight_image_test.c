/* Weights as pictures in an event log: how many of which size, and their pixels. */
#include "base/memory.h"
#include "callbacks/weight_image.h"
#include "base/file.h"
#include "formats/picture.h"
#include "testing/files.h"
#include "testing/message.h"

#include <math.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

enum { MOST = 4 };

/* The pictures that a log got of these numbers, whose pixels are to be freed. */
static int log_pictures(hone_shape shape, const float *data, hone_picture *pictures)
{
    static const char start[] = "\x89PNG\r\n\x1a\n";
    int count = 0;
    hone_event_log *log = hone_internal_event_log_open(testing_path("log"));
    assert_non_null(log);
    assert_int_equal(hone_internal_weight_image_log(log, "w", shape, data, 3), HONE_OK);
    assert_int_equal(hone_internal_event_log_close(log), HONE_OK);
    DIR *folder = opendir(testing_path("log"));
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        void *bytes;
        size_t length;
        char path[800];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%.255s", testing_path("log"), entry->d_name);
        assert_int_equal(hone_internal_file_read(path, 1 << 24, &bytes, &length), HONE_OK);
        for (size_t at = 0; at + 8 < length; at++)
            if (memcmp((char *)bytes + at, start, 8) == 0) {
                assert_true(count < MOST);
                pictures[count].channels = 1;
                assert_int_equal(hone_internal_picture_png((char *)bytes + at, length - at, "w", 1 << 24,
                                                           &pictures[count]),
                                 HONE_OK);
                count++;
            }
        hone_internal_free(bytes);
    }
    closedir(folder);
    testing_folder_empty(testing_folder);
    return count;
}

#define SHAPE(...) \
    { \
        .rank = sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), .size = { __VA_ARGS__ } \
    }
static const struct {
    const char *name;
    hone_shape shape;
    int count;
    int64_t height, width;
} shapes[] = {
    {"one number", {.rank = 0}, 1, 1, 1},
    {"a row is a column", SHAPE(5), 1, 5, 1},
    {"a lying matrix", SHAPE(2, 5), 1, 2, 5},
    {"a standing one is laid down", SHAPE(5, 2), 1, 2, 5},
    {"axes of one do not count", SHAPE(1, 5, 1, 2), 1, 2, 5},
    {"two pictures", SHAPE(3, 4, 2), 2, 3, 4},
    {"three of many", SHAPE(3, 4, 7), 3, 3, 4},
    {"a grid of tiles with lines between", SHAPE(3, 2, 2, 4), 1, 2 * 4 - 1, 4 * 3 - 1},
    {"at most 16 tiles along a side", SHAPE(2, 2, 2, 20), 1, 2 * 3 - 1, 16 * 3 - 1},
    {"more axes have none", SHAPE(2, 2, 2, 2, 2), 0, 0, 0},
    {"too long a row", SHAPE(5000), 0, 0, 0},
    {"nothing", SHAPE(0, 3), 0, 0, 0},
};

TEST_EACH(a_shape_has_pictures, shapes)
{
    static float data[5000];
    hone_picture pictures[MOST];
    assert_int_equal(log_pictures(row->shape, data, pictures), row->count);
    for (int i = 0; i < row->count; i++) {
        assert_int_equal(pictures[i].height, row->height);
        assert_int_equal(pictures[i].width, row->width);
        hone_internal_free(pictures[i].pixels);
    }
}

/* From the least number, black, to the greatest; what is not finite has no say in the range. */
TEST(grey_goes_from_the_least_to_the_greatest)
{
    static const float standing[6] = {-1, 1, 0, -0.5f, INFINITY, NAN}; /* [3, 2], laid down: [2, 3] */
    static const uint8_t expected[6] = {0, 128, 255, 255, 64, 0};
    hone_picture picture[MOST];
    assert_int_equal(log_pictures(HONE_SHAPE(3, 2), standing, picture), 1);
    assert_memory_equal(picture[0].pixels, expected, sizeof expected);
    hone_internal_free(picture[0].pixels);
}

TEST(equal_numbers_are_black)
{
    static const float same[2] = {7, 7};
    hone_picture picture[MOST];
    assert_int_equal(log_pictures(HONE_SHAPE(2), same, picture), 1);
    assert_true(picture[0].pixels[0] == 0 && picture[0].pixels[1] == 0);
    hone_internal_free(picture[0].pixels);
}

/* [h, w, inputs, filters] = [2, 2, 2, 2] of the numbers 0 to 15: input 1 and filter 1 have the odd ones from
 * 3 on. */
TEST(a_tile_is_one_input_and_filter)
{
    float numbers[16];
    hone_picture picture[MOST];
    for (int i = 0; i < 16; i++)
        numbers[i] = (float)i * 17;
    assert_int_equal(log_pictures(HONE_SHAPE(2, 2, 2, 2), numbers, picture), 1);
    const uint8_t *tile = picture[0].pixels + 3 * 5 + 3; /* of a picture of 5 x 5 */
    assert_int_equal(tile[0], 3 * 17);
    assert_int_equal(tile[1], 7 * 17);
    assert_int_equal(tile[5], 11 * 17);
    assert_int_equal(tile[6], 15 * 17);
    assert_int_equal(picture[0].pixels[2], 0); /* the line */
    hone_internal_free(picture[0].pixels);
}
