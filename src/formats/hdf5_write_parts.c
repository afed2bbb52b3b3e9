/* What HDF5 files are written of: bytes, heads of messages, types of numbers and text. */
#include "formats/hdf5_write.h"
#include "formats/bytes.h"

#include <string.h>

/* ---- bytes ---- */

void hone_internal_hdf5_put(hone_hdf5_bytes *to, const void *bytes, size_t count)
{
    if (to->data != NULL && count > 0)
        memcpy(to->data + to->at, bytes, count);
    to->at += count;
}

void hone_internal_hdf5_put_number(hone_hdf5_bytes *to, uint64_t number, int bytes)
{
    unsigned char little[8];
    hone_internal_put(little, number, (size_t)bytes);
    hone_internal_hdf5_put(to, little, (size_t)bytes);
}

void hone_internal_hdf5_put_zeros(hone_hdf5_bytes *to, uint64_t count)
{
    if (to->data != NULL)
        memset(to->data + to->at, 0, (size_t)count);
    to->at += count;
}

uint64_t hone_internal_hdf5_padded(uint64_t bytes)
{
    return (bytes + 7) / 8 * 8;
}

void hone_internal_hdf5_pad(hone_hdf5_bytes *to)
{
    hone_internal_hdf5_put_zeros(to, hone_internal_hdf5_padded(to->at) - to->at);
}

void hone_internal_hdf5_put_padded(hone_hdf5_bytes *to, const char *text, size_t length)
{
    hone_internal_hdf5_put(to, text, length);
    hone_internal_hdf5_put_zeros(to, hone_internal_hdf5_padded(length + 1) - length);
}

/* An object header of messages that have this many bytes together, with their own heads. */
void hone_internal_hdf5_put_header(hone_hdf5_bytes *to, unsigned messages, uint64_t bytes)
{
    hone_internal_hdf5_put_number(to, 1, 2); /* version */
    hone_internal_hdf5_put_number(to, messages, 2);
    hone_internal_hdf5_put_number(to, 1, 4); /* links to it */
    hone_internal_hdf5_put_number(to, bytes, 4);
    hone_internal_hdf5_put_zeros(to, 4);
}

void hone_internal_hdf5_put_message(hone_hdf5_bytes *to, unsigned type, uint64_t bytes)
{
    hone_internal_hdf5_put_number(to, type, 2);
    hone_internal_hdf5_put_number(to, bytes, 2);
    hone_internal_hdf5_put_zeros(to, 4);
}

/* ---- types ---- */

/* Floating point: where the sign, the exponent and the mantissa lie, and the bias. */
static void put_float(hone_hdf5_bytes *to, unsigned size, unsigned exponent, unsigned bias)
{
    const unsigned bits = 8 * size, mantissa = bits - 1 - exponent;
    hone_internal_hdf5_put_number(to, 0x11, 1);
    hone_internal_hdf5_put_number(to, 0x20 | (bits - 1) << 8, 3); /* a mantissa without its first 1 */
    hone_internal_hdf5_put_number(to, size, 4);
    hone_internal_hdf5_put_number(to, 0, 2);
    hone_internal_hdf5_put_number(to, bits, 2);
    hone_internal_hdf5_put_number(to, mantissa, 1);
    hone_internal_hdf5_put_number(to, exponent, 1);
    hone_internal_hdf5_put_number(to, 0, 1);
    hone_internal_hdf5_put_number(to, mantissa, 1);
    hone_internal_hdf5_put_number(to, bias, 4);
}

static void put_integer_type(hone_hdf5_bytes *to, unsigned size, bool is_signed)
{
    hone_internal_hdf5_put_number(to, 0x10, 1);
    hone_internal_hdf5_put_number(to, is_signed ? 8 : 0, 3);
    hone_internal_hdf5_put_number(to, size, 4);
    hone_internal_hdf5_put_number(to, 0, 2);
    hone_internal_hdf5_put_number(to, 8 * size, 2);
}

/* h5py's truth values: an enumeration of one byte, FALSE and TRUE. */
static void put_boolean(hone_hdf5_bytes *to)
{
    hone_internal_hdf5_put_number(to, 0x18, 1);
    hone_internal_hdf5_put_number(to, 2, 3);
    hone_internal_hdf5_put_number(to, 1, 4);
    put_integer_type(to, 1, true);
    hone_internal_hdf5_put_padded(to, "FALSE", 5);
    hone_internal_hdf5_put_padded(to, "TRUE", 4);
    hone_internal_hdf5_put_number(to, 0x0100, 2);
}

/* Text of any length in UTF-8. */
void hone_internal_hdf5_put_text_type(hone_hdf5_bytes *to)
{
    hone_internal_hdf5_put_number(to, 0x19, 1);
    hone_internal_hdf5_put_number(to, 0x0101, 3);
    hone_internal_hdf5_put_number(to, 16, 4);
    put_integer_type(to, 1, false);
}

/* False for what no file can hold. */
bool hone_internal_hdf5_put_type(hone_hdf5_bytes *to, hone_dtype type)
{
    const unsigned size = (unsigned)hone_dtype_size(type);
    switch (type) {
    case HONE_FLOAT32: put_float(to, 4, 8, 127); return true;
    case HONE_FLOAT64: put_float(to, 8, 11, 1023); return true;
    case HONE_BOOL: put_boolean(to); return true;
    case HONE_INT8:
    case HONE_INT16:
    case HONE_INT32:
    case HONE_INT64: put_integer_type(to, size, true); return true;
    case HONE_UINT8:
    case HONE_UINT16:
    case HONE_UINT32:
    case HONE_UINT64: put_integer_type(to, size, false); return true;
    default: return false;
    }
}
