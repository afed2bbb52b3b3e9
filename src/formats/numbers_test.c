/* Numbers of a file as they become those of memory. */
#include "formats/array_files.h"
#include "formats/bytes.h"
#include "formats/npy.h"
#include "testing/files.h"
#include "testing/test.h"

#include <math.h>
#include <string.h>

TEST(bytes_of_each_number_are_reversed)
{
    unsigned char two[4] = {1, 2, 3, 4}, eight[8] = {1, 2, 3, 4, 5, 6, 7, 8}, one[2] = {1, 2};
    hone_internal_swap_bytes(two, 2, 2);
    assert_memory_equal(two, ((unsigned char[]){2, 1, 4, 3}), 4);
    hone_internal_swap_bytes(eight, 1, 8);
    assert_memory_equal(eight, ((unsigned char[]){8, 7, 6, 5, 4, 3, 2, 1}), 8);
    hone_internal_swap_bytes(one, 2, 1);
    assert_memory_equal(one, ((unsigned char[]){1, 2}), 2);
}

AROUND_ALL(testing_folder_make, testing_folder_remove);

TEST(the_lowest_byte_comes_first_in_files)
{
    uint32_t numbers[2] = {0x01020304, 0xfffefdfc};
    hone_internal_little_endian(numbers, 2, sizeof *numbers);
    assert_memory_equal(numbers, ((unsigned char[]){4, 3, 2, 1, 0xfc, 0xfd, 0xfe, 0xff}), 8);
    hone_internal_little_endian(numbers, 2, sizeof *numbers);
    assert_true(numbers[0] == 0x01020304 && numbers[1] == 0xfffefdfc);
    unsigned char bytes[3];
    hone_internal_put(bytes, 0x01020304, sizeof bytes);
    assert_memory_equal(bytes, ((unsigned char[]){4, 3, 2}), 3);
}

/* More numbers than are turned at once. */
TEST(numbers_are_written_lowest_byte_first)
{
    enum { COUNT = 5000 };
    static uint16_t numbers[COUNT];
    static unsigned char bytes[2 * COUNT];
    const char *path = testing_path("numbers");
    for (size_t i = 0; i < COUNT; i++)
        numbers[i] = (uint16_t)i;
    hone_file_writer writer;
    hone_file_reader reader;
    assert_int_equal(hone_internal_file_begin(&writer, path), HONE_OK);
    assert_int_equal(hone_internal_write_numbers(&writer, numbers, COUNT, sizeof *numbers), HONE_OK);
    assert_int_equal(hone_internal_file_finish(&writer), HONE_OK);
    hone_internal_file_abandon(&writer);
    assert_int_equal(hone_internal_file_open(&reader, path), HONE_OK);
    assert_int_equal(reader.bytes, sizeof bytes);
    assert_int_equal(hone_internal_file_take(&reader, bytes, sizeof bytes), HONE_OK);
    hone_internal_file_close(&reader);
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(hone_internal_get16(bytes + 2 * i), i);
}

TEST(halves_take_two_bytes_in_a_file)
{
    assert_int_equal(hone_internal_layout_size(&(hone_numbers_layout){.type = HONE_FLOAT32, .half = true}),
                     2);
    assert_int_equal(hone_internal_layout_size(&(hone_numbers_layout){.type = HONE_FLOAT32}), 4);
    assert_int_equal(hone_internal_layout_size(&(hone_numbers_layout){.type = HONE_FLOAT64}), 8);
}

TEST(halves_are_widened_in_place)
{
    static const uint16_t halves[] = {0x3c00, 0xc000, 0x0001, 0x8000, 0x7bff, 0x7c00, 0x0400};
    static const float expected[] = {1, -2, 0x1p-24f, -0.0f, 65504, INFINITY, 0x1p-14f};
    enum { COUNT = sizeof halves / sizeof *halves };
    float block[COUNT];
    memcpy((char *)block + 2 * COUNT, halves, sizeof halves);
    hone_internal_layout_finish(&(hone_numbers_layout){.type = HONE_FLOAT32, .half = true}, block, COUNT);
    assert_memory_equal(block, expected, sizeof expected);
}

TEST(halves_of_the_other_byte_order_are_swapped_first)
{
    float block[2];
    memcpy((char *)block + 4, (unsigned char[]){0x3c, 0x00, 0xc0, 0x00}, 4);
    hone_internal_layout_finish(
        &(hone_numbers_layout){.type = HONE_FLOAT32, .half = true, .swapped = HONE_LITTLE_ENDIAN_HOST}, block,
        2);
    assert_true(block[0] == 1 && block[1] == -2);
}

TEST(a_half_that_is_no_number_stays_none)
{
    float block[1];
    memcpy((char *)block + 2, (uint16_t[]){0x7e01}, 2);
    hone_internal_layout_finish(&(hone_numbers_layout){.type = HONE_FLOAT32, .half = true}, block, 1);
    assert_true(isnan(block[0]));
}

TEST(truth_is_any_byte_but_zero)
{
    uint8_t bytes[4] = {0, 1, 2, 255};
    hone_internal_layout_finish(&(hone_numbers_layout){.type = HONE_BOOL}, bytes, 4);
    assert_memory_equal(bytes, ((uint8_t[]){0, 1, 1, 1}), 4);
}

TEST(other_numbers_stay)
{
    int32_t numbers[2] = {1, -2};
    hone_internal_layout_finish(&(hone_numbers_layout){.type = HONE_INT32}, numbers, 2);
    assert_true(numbers[0] == 1 && numbers[1] == -2);
    hone_internal_layout_finish(&(hone_numbers_layout){.type = HONE_INT32, .swapped = true}, numbers, 2);
    assert_true(numbers[0] == 1 << 24 && numbers[1] == (int32_t)0xfeffffff);
}
