/* CRC-32C against its check value and against long division. */
#include "base/crc32c.h"
#include "testing/test.h"

TEST(has_the_check_value)
{
    assert_int_equal(hone_internal_crc32c("123456789", 9), 0xe3069283);
    assert_int_equal(hone_internal_crc32c("", 0), 0);
}

/* One bit after the other. */
static uint32_t divide(const unsigned char *bytes, size_t count)
{
    uint32_t remainder = 0xffffffff;
    for (size_t i = 0; i < 8 * count; i++) {
        const uint32_t bit = (remainder ^ (uint32_t)bytes[i / 8] >> i % 8) & 1;
        remainder = remainder >> 1 ^ (bit ? 0x82f63b78 : 0);
    }
    return ~remainder;
}

TEST(equals_long_division_at_any_length_and_place)
{
    unsigned char bytes[80];
    for (int i = 0; i < 80; i++)
        bytes[i] = (unsigned char)(37 * i + 11);
    for (size_t begin = 0; begin < 9; begin++)
        for (size_t count = 0; count < 70; count++)
            assert_int_equal(hone_internal_crc32c(bytes + begin, count), divide(bytes + begin, count));
}
