/* Messages of Protocol Buffers: each way in which a field lies, and bytes that are none. */
#include "formats/wire.h"
#include "testing/test.h"

#include <string.h>

/* A literal's bytes without the 0 behind them. */
#define SPAN(text) ((hone_span){.at = (const unsigned char *)(text), .left = sizeof(text) - 1})

TEST(gives_each_kind_of_field)
{
    hone_wire_field found;
    hone_span message = SPAN("\x08\xac\x02"
                             "\x11\x01\x02\x03\x04\x05\x06\x07\x08"
                             "\x1a\x02hi"
                             "\xa5\x01\x01\x02\x03\x04"
                             "\x22\x00");
    assert_true(hone_internal_wire_next(&message, &found));
    assert_true(found.number == 1 && found.way == HONE_WIRE_VARINT && found.value == 300);
    assert_true(hone_internal_wire_next(&message, &found));
    assert_true(found.number == 2 && found.way == HONE_WIRE_EIGHT && found.bytes.left == 8);
    assert_true(found.value == 0x0807060504030201);
    assert_true(hone_internal_wire_next(&message, &found));
    assert_true(found.number == 3 && found.way == HONE_WIRE_LENGTH && found.value == 0);
    assert_true(found.bytes.left == 2 && memcmp(found.bytes.at, "hi", 2) == 0);
    assert_true(hone_internal_wire_next(&message, &found));
    assert_true(found.number == 20 && found.way == HONE_WIRE_FOUR && found.value == 0x04030201);
    assert_true(hone_internal_wire_next(&message, &found));
    assert_true(found.number == 4 && found.way == HONE_WIRE_LENGTH && found.bytes.left == 0);
    assert_false(hone_internal_wire_next(&message, &found));
    assert_false(message.failed);
}

TEST(numbers_have_up_to_ten_bytes)
{
    hone_span all = SPAN("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
    assert_true(hone_internal_wire_varint(&all) == UINT64_MAX);
    assert_true(!all.failed && all.left == 0);
    hone_span more = SPAN("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
    assert_true(hone_internal_wire_varint(&more) == 0);
    assert_true(more.failed);
}

static const struct {
    const char *name;
    hone_span bytes;
} broken[] = {
    {"a key without an end", {.at = (const unsigned char *)"\x88", .left = 1}},
    {"a number without an end", {.at = (const unsigned char *)"\x08\x80", .left = 2}},
    {"no number", {.at = (const unsigned char *)"\x08", .left = 1}},
    {"seven of eight bytes", {.at = (const unsigned char *)"\x09\1\2\3\4\5\6\7", .left = 8}},
    {"three of four bytes", {.at = (const unsigned char *)"\x0d\1\2\3", .left = 4}},
    {"longer than what is left", {.at = (const unsigned char *)"\x0a\x03hi", .left = 4}},
    {"no length", {.at = (const unsigned char *)"\x0a", .left = 1}},
    {"a huge length",
     {.at = (const unsigned char *)"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\1", .left = 11}},
    {"a group", {.at = (const unsigned char *)"\x0b", .left = 1}},
    {"no way", {.at = (const unsigned char *)"\x0f", .left = 1}},
};

TEST_EACH(tells_what_is_no_field, broken)
{
    hone_wire_field found;
    hone_span message = row->bytes;
    assert_false(hone_internal_wire_next(&message, &found));
    assert_true(message.failed);
    assert_false(hone_internal_wire_next(&message, &found));
}
