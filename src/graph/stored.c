/* Whole numbers of quantised weights as bytes of files. */
#include "graph/stored.h"
#include "graph/graph.h"

#include <string.h>

hone_shape hone_internal_stored_shape(const hone_variable *variable)
{
    hone_shape shape = variable->shape;
    if (variable->packed > 0)
        shape.size[variable->packed - 1] = (shape.size[variable->packed - 1] + 1) / 2;
    return shape;
}

uint64_t hone_internal_stored_count(const hone_variable *variable)
{
    return (uint64_t)hone_internal_shape_count(hone_internal_stored_shape(variable));
}

uint64_t hone_internal_stored_bytes(const hone_variable *variable)
{
    return hone_internal_stored_count(variable) * (variable->stored == HONE_INT8 ? 1 : sizeof(float));
}

/* Sizes before the packed axis, along it and behind it. */
typedef struct packing {
    int64_t outer, size, inner;
} packing;

static packing packing_of(const hone_variable *variable)
{
    packing of = {1, 1, 1};
    for (int axis = 0; axis < variable->shape.rank; axis++)
        *(axis + 1 < variable->packed    ? &of.outer
          : axis + 1 == variable->packed ? &of.size
                                         : &of.inner) *= variable->shape.size[axis];
    return of;
}

/* Where number i along the axis lies: its byte, and whether it has the upper four bits. */
static int64_t byte_of(const packing *of, int64_t o, int64_t i, int64_t k)
{
    return (o * ((of->size + 1) / 2) + i / 2) * of->inner + k;
}

void hone_internal_stored_pack(const hone_variable *variable, const float *numbers, int8_t *bytes)
{
    if (variable->packed == 0) {
        for (int64_t i = 0; i < hone_internal_variable_count(variable); i++)
            bytes[i] = (int8_t)numbers[i];
        return;
    }
    const packing of = packing_of(variable);
    memset(bytes, 0, (size_t)hone_internal_stored_count(variable));
    for (int64_t o = 0; o < of.outer; o++)
        for (int64_t i = 0; i < of.size; i++)
            for (int64_t k = 0; k < of.inner; k++) {
                const unsigned half = (unsigned)(int)numbers[(o * of.size + i) * of.inner + k] & 15U;
                int8_t *byte = &bytes[byte_of(&of, o, i, k)];
                *byte = (int8_t)((unsigned char)*byte | half << (i % 2 * 4));
            }
}

void hone_internal_stored_unpack(const hone_variable *variable, const int8_t *bytes, float *numbers)
{
    if (variable->packed == 0) {
        for (int64_t i = 0; i < hone_internal_variable_count(variable); i++)
            numbers[i] = (float)bytes[i];
        return;
    }
    const packing of = packing_of(variable);
    for (int64_t o = 0; o < of.outer; o++)
        for (int64_t i = 0; i < of.size; i++)
            for (int64_t k = 0; k < of.inner; k++) {
                const unsigned half = (unsigned char)bytes[byte_of(&of, o, i, k)] >> (i % 2 * 4) & 15U;
                numbers[(o * of.size + i) * of.inner + k] = (float)((int)(half ^ 8U) - 8);
            }
}
