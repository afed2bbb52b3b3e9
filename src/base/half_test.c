/* Numbers of two bytes: every one of them goes to a float and back; rounding is to nearest, ties to even. */
#include "base/half.h"
#include "testing/test.h"

#include <math.h>

TEST(every_half_comes_back)
{
    for (uint32_t bits = 0; bits <= UINT16_MAX; bits++) {
        float number = hone_internal_half_to_float((uint16_t)bits);
        uint16_t back = hone_internal_float_to_half(number);
        if (isnan(number))
            assert_true((back & 0x7c00) == 0x7c00 && (back & 0x3ff) != 0);
        else
            assert_int_equal(back, bits);
    }
}

TEST(every_bfloat_comes_back)
{
    for (uint32_t bits = 0; bits <= UINT16_MAX; bits++) {
        float number = hone_internal_bfloat_to_float((uint16_t)bits);
        uint16_t back = hone_internal_float_to_bfloat(number);
        if (isnan(number))
            assert_true(isnan(hone_internal_bfloat_to_float(back)));
        else
            assert_int_equal(back, bits);
    }
}

TEST(rounds_to_the_nearest_even)
{
    static const struct {
        float number;
        unsigned half;
    } cases[] = {{1, 0x3c00},          {-2, 0xc000},         {65504, 0x7bff},        {65519, 0x7bff},
                 {65520, 0x7c00},      {1e10f, 0x7c00},      {0x1p-14f, 0x0400},     {0x1p-24f, 0x0001},
                 {0x1p-25f, 0x0000},   {0x1.8p-25f, 0x0001}, {0x1p-26f, 0x0000},     {0x1.002p0f, 0x3c00},
                 {0x1.006p0f, 0x3c02}, {0x1.003p0f, 0x3c01}, {0x1.ff8p-15f, 0x03ff}, {0x1.ffcp-15f, 0x0400}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(hone_internal_float_to_half(cases[i].number), cases[i].half);
    assert_int_equal(hone_internal_float_to_bfloat(0x1.01p0f), 0x3f80); /* a tie, to even */
    assert_int_equal(hone_internal_float_to_bfloat(0x1.03p0f), 0x3f82);
    assert_int_equal(hone_internal_float_to_bfloat(INFINITY), 0x7f80);
    assert_int_equal(hone_internal_float_to_bfloat(3.4e38f), 0x7f80); /* rounds beyond the largest */
}
