/* Datatype and dataspace messages of HDF5: which become numbers or texts, which are not read, which are
 * damaged. */
#include "formats/hdf5_file.h"
#include "testing/test.h"

#include <string.h>

/* Version 1 of a message: class, three bytes of bits, size, properties. */
#define TYPE(class, bits0, bits1, size, ...) \
    { \
        0x10 | (class), bits0, bits1, 0, size, 0, 0, 0, __VA_ARGS__ \
    }
#define WHOLE(bits) 0, 0, bits, 0
#define FLOAT32 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0

enum { INTEGER, FLOAT, TIME, TEXT, OPAQUE = 5, COMPOUND, ENUMERATION = 8, VARIABLE };

static const struct {
    const char *name;
    unsigned char message[24];
    hone_hdf5_form form;
    hone_dtype numbers;
    bool big_endian;
} types[] = {
    {"uint8", TYPE(INTEGER, 0, 0, 1, WHOLE(8)), HONE_HDF5_NUMBERS, HONE_UINT8, false},
    {"int8", TYPE(INTEGER, 8, 0, 1, WHOLE(8)), HONE_HDF5_NUMBERS, HONE_INT8, false},
    {"int64, big-endian", TYPE(INTEGER, 9, 0, 8, WHOLE(64)), HONE_HDF5_NUMBERS, HONE_INT64, true},
    {"7 bits of a byte", TYPE(INTEGER, 0, 0, 1, WHOLE(7)), HONE_HDF5_OTHER, 0, false},
    {"bits behind an offset", TYPE(INTEGER, 0, 0, 1, 1, 0, 8, 0), HONE_HDF5_OTHER, 0, false},
    {"integers of 3 bytes", TYPE(INTEGER, 0, 0, 3, WHOLE(24)), HONE_HDF5_OTHER, 0, false},
    {"float32", TYPE(FLOAT, 0x20, 31, 4, FLOAT32), HONE_HDF5_NUMBERS, HONE_FLOAT32, false},
    {"float32, big-endian", TYPE(FLOAT, 0x21, 31, 4, FLOAT32), HONE_HDF5_NUMBERS, HONE_FLOAT32, true},
    {"float64", TYPE(FLOAT, 0x20, 63, 8, 0, 0, 64, 0, 52, 11, 0, 52, 0xff, 3, 0, 0), HONE_HDF5_NUMBERS,
     HONE_FLOAT64, false},
    {"float16", TYPE(FLOAT, 0x20, 15, 2, 0, 0, 16, 0, 10, 5, 0, 10, 15, 0, 0, 0), HONE_HDF5_FLOAT16,
     HONE_FLOAT32, false},
    {"a float with another bias", TYPE(FLOAT, 0x20, 31, 4, 0, 0, 32, 0, 23, 8, 0, 23, 126, 0, 0, 0),
     HONE_HDF5_OTHER, 0, false},
    {"a float whose first bit is stored", TYPE(FLOAT, 0x00, 31, 4, FLOAT32), HONE_HDF5_OTHER, 0, false},
    {"a float of the VAX", TYPE(FLOAT, 0x60, 31, 4, FLOAT32), HONE_HDF5_OTHER, 0, false},
    {"text of 5 bytes", TYPE(TEXT, 0, 0, 5, 0), HONE_HDF5_TEXT, 0, false},
    {"text of variable length", TYPE(VARIABLE, 1, 0, 16, 0), HONE_HDF5_VARIABLE_TEXT, 0, false},
    {"lists of variable length", TYPE(VARIABLE, 0, 0, 16, 0), HONE_HDF5_OTHER, 0, false},
    {"bfloat16 as opaque bytes", TYPE(OPAQUE, 0, 0, 2, 0), HONE_HDF5_BFLOAT16, HONE_FLOAT32, false},
    {"other opaque bytes", TYPE(OPAQUE, 0, 0, 4, 0), HONE_HDF5_OTHER, 0, false},
    {"truth values", TYPE(ENUMERATION, 2, 0, 1, 0x10, 0, 0, 0, 1, 0, 0, 0), HONE_HDF5_BOOLEANS, HONE_BOOL,
     false},
    {"an enumeration of three", TYPE(ENUMERATION, 3, 0, 1, 0x10, 0, 0, 0, 1, 0, 0, 0), HONE_HDF5_OTHER, 0,
     false},
    {"a compound", TYPE(COMPOUND, 0, 0, 8, 0), HONE_HDF5_OTHER, 0, false},
    {"a time", TYPE(TIME, 0, 0, 4, 0), HONE_HDF5_OTHER, 0, false},
};

TEST_EACH(a_type_is_read_exactly_or_not_at_all, types)
{
    hone_hdf5_type type;
    assert_true(
        hone_internal_hdf5_parse_type((hone_span){.at = row->message, .left = sizeof row->message}, &type));
    assert_int_equal(type.form, row->form);
    if (row->form != HONE_HDF5_OTHER && row->form != HONE_HDF5_TEXT && row->form != HONE_HDF5_VARIABLE_TEXT)
        assert_int_equal(type.numbers, row->numbers);
    assert_int_equal(type.big_endian, row->big_endian);
}

TEST_EACH(a_type_cut_short_is_damaged, types)
{
    hone_hdf5_type type;
    for (size_t length = 0; length < 8; length++)
        assert_false(hone_internal_hdf5_parse_type((hone_span){.at = row->message, .left = length}, &type));
}

TEST(properties_cut_short_are_damaged)
{
    static const unsigned char whole[] = TYPE(INTEGER, 0, 0, 1, WHOLE(8)),
                               number[] = TYPE(FLOAT, 0x20, 31, 4, FLOAT32),
                               truth[] = TYPE(ENUMERATION, 2, 0, 1, 0x10, 0, 0, 0, 1, 0, 0, 0);
    hone_hdf5_type type;
    for (size_t length = 8; length < 12; length++)
        assert_false(hone_internal_hdf5_parse_type((hone_span){.at = whole, .left = length}, &type));
    for (size_t length = 8; length < 20; length++)
        assert_false(hone_internal_hdf5_parse_type((hone_span){.at = number, .left = length}, &type));
    for (size_t length = 8; length < 16; length++)
        assert_false(hone_internal_hdf5_parse_type((hone_span){.at = truth, .left = length}, &type));
}

TEST(elements_without_bytes_are_damaged)
{
    static const unsigned char nothing[] = TYPE(TEXT, 0, 0, 0, 0);
    hone_hdf5_type type;
    assert_false(hone_internal_hdf5_parse_type((hone_span){.at = nothing, .left = sizeof nothing}, &type));
}

TEST(text_padded_with_spaces_is_told_from_text_ended_by_0)
{
    static const unsigned char ended[] = TYPE(TEXT, 0, 0, 5, 0), padded[] = TYPE(TEXT, 2, 0, 5, 0);
    hone_hdf5_type type;
    assert_true(hone_internal_hdf5_parse_type((hone_span){.at = ended, .left = sizeof ended}, &type));
    assert_false(type.padded);
    assert_int_equal(type.size, 5);
    assert_true(hone_internal_hdf5_parse_type((hone_span){.at = padded, .left = sizeof padded}, &type));
    assert_true(type.padded);
}

#define SIZE(size) size, 0, 0, 0, 0, 0, 0, 0

static const struct {
    const char *name;
    unsigned char message[24];
    size_t length;
    bool good, none;
    int rank;
    uint64_t last; /* size */
} spaces[] = {
    {"a scalar of version 1", {1, 0, 0, 0, 0, 0, 0, 0}, 8, true, false, 0, 0},
    {"a matrix of version 1", {1, 2, 0, 0, 0, 0, 0, 0, SIZE(3), SIZE(4)}, 24, true, false, 2, 4},
    {"a vector of version 2", {2, 1, 0, 1, SIZE(7)}, 12, true, false, 1, 7},
    {"nothing of version 2", {2, 0, 0, 2}, 4, true, true, 0, 0},
    {"a version that is not known", {3, 0, 0, 0, 0, 0, 0, 0}, 8, false, false, 0, 0},
    {"more axes than there are", {2, 33, 0, 1}, 24, false, false, 0, 0},
    {"sizes cut short", {1, 2, 0, 0, 0, 0, 0, 0, SIZE(3), SIZE(4)}, 23, false, false, 0, 0},
    {"a head cut short", {1, 0, 0}, 3, false, false, 0, 0},
};

TEST_EACH(a_space_has_its_sizes_or_is_damaged, spaces)
{
    hone_hdf5_space space;
    bool good = hone_internal_hdf5_parse_space((hone_span){.at = row->message, .left = row->length}, &space);
    assert_int_equal(good, row->good);
    if (!good)
        return;
    assert_int_equal(space.none, row->none);
    assert_int_equal(space.rank, row->rank);
    if (row->rank > 0)
        assert_int_equal(space.sizes[row->rank - 1], row->last);
}
