/* Loops over a result in order, with strides of the operands. */
#include "csource/words.h"

#include <inttypes.h>

hone_strides hone_internal_c_collapse(const hone_strides *strides)
{
    hone_strides less = {.offset = strides->offset};
    for (int axis = 0; axis < strides->rank; axis++) {
        if (strides->dims[axis] == 1)
            continue;
        int last = less.rank - 1;
        int64_t size = strides->dims[axis], a = strides->a[axis], b = strides->b[axis];
        if (last >= 0 && less.a[last] == a * size && less.b[last] == b * size) {
            less.dims[last] *= size;
            less.a[last] = a;
            less.b[last] = b;
            continue;
        }
        less.dims[less.rank] = size;
        less.a[less.rank] = a;
        less.b[less.rank++] = b;
    }
    return less;
}

static void begin_block(hone_c_words *words, int result, int x, int y)
{
    hone_text *body = &words->body;
    const char *type = words->program->slots[result].type == HONE_C_BYTES ? "int8_t" : "float";
    hone_internal_text_format(body, "    {\n        %s *to = ", type);
    hone_internal_c_operand(words, result);
    hone_internal_text_format(body, ";\n        const %s *const a = ", type);
    hone_internal_c_operand(words, x);
    if (y >= 0) {
        hone_internal_text_append(body, ", *const b = ");
        hone_internal_c_operand(words, y);
    }
    hone_internal_text_append(body, ";\n");
}

void hone_internal_c_begin_loops(hone_c_words *words, const hone_strides *walk, int result, int x, int y,
                                 bool statements)
{
    hone_text *body = &words->body;
    begin_block(words, result, x, y);
    if (walk->rank > 0)
        hone_internal_text_append(body, "        int32_t i0");
    for (int axis = 1; axis < walk->rank; axis++)
        hone_internal_text_format(body, ", i%d", axis);
    if (walk->rank > 0)
        hone_internal_text_append(body, ";\n");
    for (int axis = 0; axis < walk->rank; axis++)
        hone_internal_text_format(body, "        %*sfor (i%d = 0; i%d < %" PRId64 "; i%d++)%s\n", 4 * axis,
                                  "", axis, axis, walk->dims[axis], axis,
                                  axis + 1 == walk->rank && statements ? " {" : "");
    hone_internal_text_format(body, "        %*s%s", 4 * walk->rank, "",
                              walk->rank == 0 && statements ? "{\n            " : "");
    words->calls += 2;
}

void hone_internal_c_element(hone_c_words *words, const char *name, int64_t offset, const hone_strides *walk,
                             const int64_t *strides)
{
    hone_text *body = &words->body;
    bool begun = false;
    hone_internal_text_format(body, "%s[", name);
    for (int axis = 0; axis < walk->rank; axis++) {
        if (strides[axis] == 0)
            continue;
        const char *sign = strides[axis] < 0 ? (begun ? " - " : "-") : begun ? " + " : "";
        hone_internal_text_format(body, "%si%d", sign, axis);
        if (strides[axis] != 1 && strides[axis] != -1)
            hone_internal_text_format(body, " * %" PRId64,
                                      strides[axis] < 0 ? -strides[axis] : strides[axis]);
        begun = true;
    }
    if (!begun || offset != 0)
        hone_internal_text_format(body, "%s%" PRId64, begun ? " + " : "", offset);
    hone_internal_text_append(body, "]");
}
