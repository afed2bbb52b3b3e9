/* Whole numbers as bytes. */
#include "graph/stored.h"
#include "testing/test.h"

#include <string.h>

/* Two to a byte along an axis, the first in the lower half; an odd one has a byte of its own. */
TEST(four_bits_are_packed_along_an_axis)
{
    const float numbers[] = {-8, 7, 1, -1, 0, 3};
    const int8_t along_columns[] = {0x78, 0x01, 0x0f, 0x03};
    int8_t bytes[8];
    float back[6];
    hone_variable *variable = hone_internal_variable_create("q", HONE_SHAPE(2, 3), NULL);
    variable->stored = HONE_INT8;
    variable->packed = 2;
    assert_int_equal(hone_internal_stored_count(variable), 4);
    hone_internal_stored_pack(variable, numbers, bytes);
    assert_memory_equal(bytes, along_columns, 4);
    hone_internal_stored_unpack(variable, bytes, back);
    assert_memory_equal(back, numbers, sizeof numbers);
    variable->packed = 1; /* {-8, -1}, {7, 0}, {1, 3} */
    assert_int_equal(hone_internal_stored_bytes(variable), 3);
    hone_internal_stored_pack(variable, numbers, bytes);
    assert_int_equal((unsigned char)bytes[0], 0xf8);
    assert_int_equal(bytes[1], 0x07);
    assert_int_equal(bytes[2], 0x31);
    hone_internal_stored_unpack(variable, bytes, back);
    assert_memory_equal(back, numbers, sizeof numbers);
    variable->packed = 0;
    assert_int_equal(hone_internal_stored_bytes(variable), 6);
    hone_internal_stored_pack(variable, numbers, bytes);
    assert_int_equal(bytes[0], -8);
    hone_internal_stored_unpack(variable, bytes, back);
    assert_memory_equal(back, numbers, sizeof numbers);
    hone_internal_variable_free(variable);
}
