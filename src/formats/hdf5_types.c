/* The datatype and dataspace messages of HDF5 files. */
#include "formats/hdf5_file.h"

#include <string.h>

enum {
    CLASS_INTEGER = 0,
    CLASS_FLOAT = 1,
    CLASS_TEXT = 3,
    CLASS_OPAQUE = 5,
    CLASS_ENUMERATION = 8,
    CLASS_VARIABLE = 9
};

/* Whole numbers fill their bytes: no offset, as many bits as there are. */
static bool parse_integer(hone_span span, unsigned bits, hone_hdf5_type *type)
{
    static const hone_dtype kinds[2][4] = {{HONE_UINT8, HONE_UINT16, HONE_UINT32, HONE_UINT64},
                                           {HONE_INT8, HONE_INT16, HONE_INT32, HONE_INT64}};
    unsigned offset = hone_internal_take16(&span), precision = hone_internal_take16(&span);
    type->big_endian = bits & 1;
    if (offset != 0 || precision != 8 * type->size)
        return !span.failed;
    for (unsigned i = 0; i < 4; i++) {
        if (type->size != (size_t)1 << i)
            continue;
        type->form = HONE_HDF5_NUMBERS;
        type->numbers = kinds[bits >> 3 & 1][i];
    }
    return !span.failed;
}

/* The three IEEE formats, and no other way to lay bits out. */
static bool parse_float(hone_span span, unsigned bits, hone_hdf5_type *type)
{
    static const struct {
        size_t size;
        unsigned sign, exponent_at, exponent_bits, mantissa_bits, bias;
        hone_hdf5_form form;
        hone_dtype numbers;
    } formats[] = {
        {2, 15, 10, 5, 10, 15, HONE_HDF5_FLOAT16, HONE_FLOAT32},
        {4, 31, 23, 8, 23, 127, HONE_HDF5_NUMBERS, HONE_FLOAT32},
        {8, 63, 52, 11, 52, 1023, HONE_HDF5_NUMBERS, HONE_FLOAT64},
    };
    unsigned offset = hone_internal_take16(&span), precision = hone_internal_take16(&span);
    unsigned exponent_at = hone_internal_take8(&span), exponent_bits = hone_internal_take8(&span);
    unsigned mantissa_at = hone_internal_take8(&span), mantissa_bits = hone_internal_take8(&span);
    uint32_t bias = hone_internal_take32(&span);
    unsigned normalised = bits >> 4 & 3, sign = bits >> 8 & 0xff;
    type->big_endian = bits & 1;
    bool usual =
        offset == 0 && precision == 8 * type->size && mantissa_at == 0 && normalised == 2 && !(bits & 0x40);
    for (size_t i = 0; usual && i < sizeof formats / sizeof *formats; i++) {
        if (formats[i].size != type->size || formats[i].sign != sign ||
            formats[i].exponent_at != exponent_at || formats[i].exponent_bits != exponent_bits ||
            formats[i].mantissa_bits != mantissa_bits || formats[i].bias != bias) {
            continue;
        }
        type->form = formats[i].form;
        type->numbers = formats[i].numbers;
    }
    return !span.failed;
}

/* An enumeration of two over bytes is what h5py makes of truth values. */
static bool parse_enumeration(hone_span span, unsigned bits, hone_hdf5_type *type)
{
    unsigned base_class = hone_internal_take8(&span) & 0xf;
    hone_internal_take(&span, 3);
    uint32_t base_size = hone_internal_take32(&span);
    if ((bits & 0xffff) == 2 && type->size == 1 && base_class == CLASS_INTEGER && base_size == 1) {
        type->form = HONE_HDF5_BOOLEANS;
        type->numbers = HONE_BOOL;
    }
    return !span.failed;
}

bool hone_internal_hdf5_parse_type(hone_span span, hone_hdf5_type *type)
{
    unsigned class = hone_internal_take8(&span) & 0xf;
    unsigned bits = hone_internal_take8(&span);
    bits |= hone_internal_take16(&span) << 8;
    *type = (hone_hdf5_type){.form = HONE_HDF5_OTHER, .size = hone_internal_take32(&span)};
    if (span.failed || type->size == 0)
        return false;
    if (class == CLASS_INTEGER)
        return parse_integer(span, bits, type);
    if (class == CLASS_FLOAT)
        return parse_float(span, bits, type);
    if (class == CLASS_ENUMERATION)
        return parse_enumeration(span, bits, type);
    if (class == CLASS_TEXT) {
        type->form = HONE_HDF5_TEXT;
        type->padded = (bits & 0xf) == 2;
    } else if (class == CLASS_OPAQUE && type->size == 2) {
        type->form = HONE_HDF5_BFLOAT16;
        type->numbers = HONE_FLOAT32;
    } else if (class == CLASS_VARIABLE && (bits & 0xf) == 1 && type->size == 16) {
        type->form = HONE_HDF5_VARIABLE_TEXT;
    }
    return true;
}

bool hone_internal_hdf5_parse_space(hone_span span, hone_hdf5_space *space)
{
    unsigned version = hone_internal_take8(&span);
    *space = (hone_hdf5_space){.rank = (int)hone_internal_take8(&span)};
    hone_internal_take8(&span); /* whether largest sizes follow */
    unsigned kind = hone_internal_take8(&span);
    if (version == 1)
        hone_internal_take32(&span);
    else if (version == 2)
        space->none = kind == 2;
    else
        return false;
    if (space->rank > HONE_HDF5_MAX_RANK)
        return false;
    for (int i = 0; i < space->rank; i++)
        space->sizes[i] = hone_internal_take64(&span);
    return !span.failed;
}
