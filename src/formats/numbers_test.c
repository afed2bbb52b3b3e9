/* Numbers of a file as they become those of memory. */
#include "formats/array_files.h"
#include "formats/npy.h"
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

TEST(swapped_halves_are_swapped_first)
{
    float block[2];
    memcpy((char *)block + 4, (unsigned char[]){0x3c, 0x00, 0xc0, 0x00}, 4);
    hone_internal_layout_finish(&(hone_numbers_layout){.type = HONE_FLOAT32, .half = true, .swapped = true},
                                block, 2);
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
