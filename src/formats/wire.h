/* Messages of Protocol Buffers, field by field, without their descriptions: a field is a key, 8 number + way,
 * and what it holds. Every length is checked against what is left. */
#ifndef HONE_FORMATS_WIRE_H
#define HONE_FORMATS_WIRE_H

#include "formats/bytes.h"

/* How a field lies in its message. */
typedef enum hone_wire_way {
    HONE_WIRE_VARINT = 0,
    HONE_WIRE_EIGHT = 1, /* bytes */
    HONE_WIRE_LENGTH = 2,
    HONE_WIRE_FOUR = 5
} hone_wire_way;

typedef struct hone_wire_field {
    uint64_t number; /* in the message, from 1 */
    hone_wire_way way;
    uint64_t value;  /* of a varint, of four or eight bytes as they are; else 0 */
    hone_span bytes; /* of all but a varint: its own */
} hone_wire_field;

/* Seven bits a byte, the lowest first; 0 where the bytes are none, and the span has failed then. */
uint64_t hone_internal_wire_varint(hone_span *from);
/* The next field; false at the end, and where the bytes are none: the message has failed then. */
bool hone_internal_wire_next(hone_span *message, hone_wire_field *found);

#endif
