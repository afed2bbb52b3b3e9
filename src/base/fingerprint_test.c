/* Hashes, beside numbers of the programs that made them known. */
#include "base/fingerprint.h"
#include "testing/test.h"

#include <string.h>

static const struct {
    const char *name;              /* the text too */
    uint64_t fingerprint, siphash; /* mod 1000003; of the key 1, 2 */
} vectors[] = {
    {"a", 291400, 332029},
    {"b", 113437, 503990},
    {"hello", 497363, 430577},
    {"1", 361198, 736959},
    {"2", 476982, 228513},
    {"3", 739675, 778487},
    {"", 377723, 383377},
    {"abcd", 267500, 62521},
    {"0123456789abcdef0", 449828, 707069},
    {"0123456789abcdef0123456789abcdef0", 218886, 295511},
    {"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0", 840952, 402951},
    {"x", 598337, 269096},
    {"abcdefghijklmnopqrstuvwxyzabcdefghijklmn", 652510, 300368},
    {"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxy", 527881, 818207},
    {"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghij",
     567574, 60701},
    {"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstu",
     11992, 176541},
    {"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdef",
     550033, 966319},
    {"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopq",
     532210, 35858},
    {"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzab",
     286674, 457282},
    {"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklm",
     740105, 824396},
};

TEST_EACH(hashes_texts, vectors)
{
    const uint64_t key[2] = {1, 2};
    assert_int_equal(hone_internal_fingerprint(row->name, strlen(row->name)) % 1000003, row->fingerprint);
    assert_int_equal(hone_internal_siphash(key, row->name, strlen(row->name)) % 1000003, row->siphash);
}

/* SipHash's paper: bytes 0 to 14 under the key 0 to 15. */
TEST(agrees_with_the_paper)
{
    unsigned char bytes[15];
    for (unsigned char i = 0; i < 15; i++)
        bytes[i] = i;
    const uint64_t key[2] = {0x0706050403020100u, 0x0f0e0d0c0b0a0908u};
    assert_true(hone_internal_siphash(key, bytes, sizeof bytes) == 0xa129ca6149be45e5u);
}

TEST(joins_in_an_order)
{
    assert_true(hone_internal_fingerprint_join(1, 2) != hone_internal_fingerprint_join(2, 1));
}
