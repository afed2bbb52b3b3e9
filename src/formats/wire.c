/* Messages of Protocol Buffers, field by field. */
#include "formats/wire.h"

uint64_t hone_internal_wire_varint(hone_span *from)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && from->left > 0; shift += 7) {
        const unsigned char byte = *from->at++;
        from->left--;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
    from->failed = true;
    return 0;
}

static void take_bytes(hone_span *message, uint64_t count, hone_span *bytes)
{
    const unsigned char *at = count <= message->left ? hone_internal_take(message, (size_t)count) : NULL;
    if (at != NULL)
        *bytes = (hone_span){.at = at, .left = (size_t)count};
    else
        message->failed = true;
}

bool hone_internal_wire_next(hone_span *message, hone_wire_field *found)
{
    if (message->failed || message->left == 0)
        return false;
    const uint64_t key = hone_internal_wire_varint(message);
    *found = (hone_wire_field){.number = key >> 3, .way = (hone_wire_way)(key & 7)};
    switch (message->failed ? -1 : (int)found->way) {
    case HONE_WIRE_VARINT: found->value = hone_internal_wire_varint(message); break;
    case HONE_WIRE_EIGHT:
        take_bytes(message, 8, &found->bytes);
        found->value = message->failed ? 0 : hone_internal_get64(found->bytes.at);
        break;
    case HONE_WIRE_LENGTH: {
        const uint64_t length = hone_internal_wire_varint(message);
        take_bytes(message, length, &found->bytes);
        break;
    }
    case HONE_WIRE_FOUR:
        take_bytes(message, 4, &found->bytes);
        found->value = message->failed ? 0 : hone_internal_get32(found->bytes.at);
        break;
    default: message->failed = true;
    }
    return !message->failed;
}
