/* Numbers of a file as they become those of memory, and back: byte order, float16, truth values. */
#include "formats/array_files.h"
#include "formats/bytes.h"
#include "formats/npy.h"
#include <string.h>

void hone_internal_swap_bytes(void *data, size_t count, size_t size)
{
    unsigned char *number = data;
    for (size_t i = 0; i < count; i++, number += size)
        for (size_t low = 0, high = size - 1; low < high; low++, high--) {
            unsigned char byte = number[low];
            number[low] = number[high];
            number[high] = byte;
        }
}

void hone_internal_little_endian(void *numbers, size_t count, size_t size)
{
    if (!HONE_LITTLE_ENDIAN_HOST && size > 1)
        hone_internal_swap_bytes(numbers, count, size);
}

hone_status hone_internal_write_numbers(hone_file_writer *writer, const void *numbers, size_t count,
                                        size_t size)
{
    enum { PIECE = 4096 }; /* bytes, whole numbers of every size */
    unsigned char piece[PIECE];
    if (HONE_LITTLE_ENDIAN_HOST || size <= 1)
        return hone_internal_file_write(writer, numbers, count * size);
    for (size_t done = 0, some; done < count; done += some) {
        some = count - done < PIECE / size ? count - done : PIECE / size;
        memcpy(piece, (const char *)numbers + done * size, some * size);
        hone_internal_little_endian(piece, some, size);
        HONE_TRY(hone_internal_file_write(writer, piece, some * size));
    }
    return HONE_OK;
}

/* IEEE 754 binary16 (1 sign, 5 exponent, 10 fraction bits) to binary32; exact. */
static float half_to_float(uint16_t half)
{
    uint32_t sign = (uint32_t)(half >> 15) << 31;
    uint32_t exponent = (half >> 10) & 31u, fraction = half & 1023u, bits;
    if (exponent == 31) {
        bits = sign | 0x7f800000u | fraction << 13; /* infinity, or not a number */
    } else if (exponent > 0) {
        bits = sign | (exponent + 112) << 23 | fraction << 13;
    } else { /* zero and the numbers below 2^-14: fraction * 2^-24 */
        float small = (float)fraction * 0x1p-24f;
        memcpy(&bits, &small, sizeof bits);
        bits |= sign;
    }
    float result;
    memcpy(&result, &bits, sizeof result);
    return result;
}

/* `count` halves stand in the second half of the block; growing them in order from its start never overtakes
 * what is still to be read: number i goes to bytes 4i .. 4i+3, and number i+1 is at 2*count + 2(i+1) >= 4i+4.
 */
static void widen_halves(void *data, size_t count)
{
    char *block = data;
    for (size_t i = 0; i < count; i++) {
        uint16_t half;
        memcpy(&half, block + 2 * (count + i), sizeof half);
        float number = half_to_float(half);
        memcpy(block + 4 * i, &number, sizeof number);
    }
}

static void clean_booleans(uint8_t *data, size_t count)
{
    for (size_t i = 0; i < count; i++)
        data[i] = data[i] != 0;
}

size_t hone_internal_layout_size(const hone_numbers_layout *layout)
{
    return layout->half ? 2 : layout->type == HONE_TEXT ? layout->text : hone_dtype_size(layout->type);
}

void hone_internal_layout_finish(const hone_numbers_layout *layout, void *block, size_t count)
{
    size_t size = hone_internal_layout_size(layout), room = hone_dtype_size(layout->type);
    if (layout->swapped && size > 1)
        hone_internal_swap_bytes((char *)block + (room - size) * count, count, size);
    if (layout->half)
        widen_halves(block, count);
    if (layout->type == HONE_BOOL)
        clean_booleans(block, count);
}
