/* Tests of SHA-256: the examples of FIPS 180-4, every length around a block's end, and any cut into pieces.
 */
#include "base/sha256.h"
#include "testing/test.h"

#include <string.h>

static void assert_hash(const char *text, const char *expected)
{
    hone_sha256 hash;
    char result[HONE_SHA256_TEXT];
    hone_internal_sha256_begin(&hash);
    hone_internal_sha256_take(&hash, text, strlen(text));
    hone_internal_sha256_finish(&hash, result);
    assert_string_equal(result, expected);
}

TEST(gives_the_standards_examples)
{
    assert_hash("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_hash("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    assert_hash(
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrs"
        "mnopqrstnopqrstu",
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
}

TEST(sums_a_million_letters)
{
    hone_sha256 hash;
    char result[HONE_SHA256_TEXT], piece[997];
    memset(piece, 'a', sizeof piece);
    hone_internal_sha256_begin(&hash);
    for (size_t left = 1000000; left > 0;) {
        size_t count = left < sizeof piece ? left : sizeof piece;
        hone_internal_sha256_take(&hash, piece, count);
        left -= count;
    }
    hone_internal_sha256_finish(&hash, result);
    assert_string_equal(result, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(any_cut_gives_the_same)
{
    unsigned char data[200];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (unsigned char)(i * 7);
    for (size_t length = 0; length <= sizeof data; length++) {
        hone_sha256 whole, cut;
        char expected[HONE_SHA256_TEXT], received[HONE_SHA256_TEXT];
        hone_internal_sha256_begin(&whole);
        hone_internal_sha256_take(&whole, data, length);
        hone_internal_sha256_finish(&whole, expected);
        hone_internal_sha256_begin(&cut);
        hone_internal_sha256_take(&cut, data, length / 3);
        hone_internal_sha256_take(&cut, data + length / 3, length - length / 3);
        hone_internal_sha256_finish(&cut, received);
        assert_string_equal(received, expected);
    }
}
