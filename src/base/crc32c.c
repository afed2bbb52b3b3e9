/* CRC-32C, by the reflected polynomial 0x82f63b78. */
#include "base/crc32c.h"
#include <string.h>

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))

/* The processor's own instruction, eight bytes at a time. */
__attribute__((target("sse4.2"))) static uint32_t by_instruction(uint32_t remainder,
                                                                 const unsigned char *byte, size_t bytes)
{
    uint64_t word, wide = remainder;
    for (; bytes >= sizeof word; byte += sizeof word, bytes -= sizeof word) {
        memcpy(&word, byte, sizeof word);
        wide = __builtin_ia32_crc32di(wide, word);
    }
    remainder = (uint32_t)wide;
    for (; bytes > 0; bytes--)
        remainder = __builtin_ia32_crc32qi(remainder, *byte++);
    return remainder;
}

static int has_instruction(void)
{
    return __builtin_cpu_supports("sse4.2");
}

#else

static uint32_t by_instruction(uint32_t remainder, const unsigned char *byte, size_t bytes)
{
    (void)byte, (void)bytes;
    return remainder;
}

static int has_instruction(void)
{
    return 0;
}

#endif

/* Four bits at a time: entry[i] is i times x^28. */
static uint32_t by_table(uint32_t remainder, const unsigned char *byte, size_t bytes)
{
    static const uint32_t entry[16] = {0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3,
                                       0x61c69362, 0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
                                       0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75};
    for (size_t i = 0; i < bytes; i++) {
        remainder ^= byte[i];
        remainder = remainder >> 4 ^ entry[remainder & 15];
        remainder = remainder >> 4 ^ entry[remainder & 15];
    }
    return remainder;
}

uint32_t hone_internal_crc32c(const void *data, size_t bytes)
{
    return ~(has_instruction() ? by_instruction : by_table)(0xffffffff, data, bytes);
}

uint32_t hone_internal_crc32c_masked(const void *data, size_t bytes)
{
    const uint32_t remainder = hone_internal_crc32c(data, bytes);
    return (remainder >> 15 | remainder << 17) + 0xa282ead8u;
}
