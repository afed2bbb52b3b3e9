/* Ids among floats. A float32 tells whole numbers apart up to 2^24; an id beyond is the float that many
 * places of float32 further:
 *
 *   code(id) = id                                        for id <= 2^24
 *              the float with the bits of 2^24 + (id - 2^24)   beyond
 *
 * so that ids of up to 8.9e8 stay what they are and in their order wherever numbers are only moved or
 * compared. Doubles hold ids themselves. */
#ifndef HONE_TENSOR_IDS_H
#define HONE_TENSOR_IDS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define HONE_PLAIN_IDS (INT64_C(1) << 24) /* whole numbers that floats tell apart */
#define HONE_PLAIN_IDS_BITS 0x4b800000u   /* of the float 2^24 */
#define HONE_LAST_FLOAT_BITS 0x7f7fffffu  /* of the largest float */
/* How many ids have codes: 0 .. 889192447. */
#define HONE_MOST_IDS (HONE_PLAIN_IDS + (int64_t)(HONE_LAST_FLOAT_BITS - HONE_PLAIN_IDS_BITS) + 1)

/* What has no code becomes a number that is no code either: itself below 0, infinity beyond the last. */
static inline float hone_internal_id_code(int64_t id)
{
    float code = (float)id;
    if (id <= HONE_PLAIN_IDS)
        return code;
    const int64_t places = id - HONE_PLAIN_IDS;
    const uint32_t bits =
        id < HONE_MOST_IDS ? HONE_PLAIN_IDS_BITS + (uint32_t)places : HONE_LAST_FLOAT_BITS + 1;
    memcpy(&code, &bits, sizeof code);
    return code;
}

/* The code of a number of data, whose fraction is cut off. */
static inline float hone_internal_id_code_number(double number)
{
    if (!(number >= (double)HONE_PLAIN_IDS / 2))
        return (float)number;
    return hone_internal_id_code(number < (double)HONE_MOST_IDS ? (int64_t)number : HONE_MOST_IDS);
}

/* The id of a code, as a double: fractions, numbers below 0, infinity and NaN as they are. */
static inline double hone_internal_id_number(float code)
{
    uint32_t bits;
    memcpy(&bits, &code, sizeof bits);
    if (!(code > (float)HONE_PLAIN_IDS) || bits > HONE_LAST_FLOAT_BITS)
        return (double)code;
    return (double)(HONE_PLAIN_IDS + (int64_t)(bits - HONE_PLAIN_IDS_BITS));
}

#endif
