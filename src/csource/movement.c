/* Movement in C source: loops in place, rows copied, filling. */
#include "csource/int8.h"
#include "kernels/movement.h"

#include <inttypes.h>

hone_status hone_internal_c_write_walk(hone_c_words *words, const hone_c_step *step)
{
    const hone_strides walk = hone_internal_c_collapse(step->args.family);
    hone_internal_c_begin_loops(words, &walk, step->slots[0], step->slots[1], -1, false);
    hone_internal_text_append(&words->body, "*to++ = ");
    hone_internal_c_element(words, "a", walk.offset, &walk, walk.a);
    hone_internal_text_append(&words->body, ";\n    }\n");
    return HONE_OK;
}

static const char fill[] = "op_fill($0, #n, %0)", fill_bytes[] = "op_fill_q8($0, #n, #3)";

static bool is_bytes(const hone_c_words *words, const hone_c_step *step)
{
    return words->program->slots[step->slots[0]].type == HONE_C_BYTES;
}

/* The outside first, then x into the inside. */
hone_status hone_internal_c_write_pad(hone_c_words *words, const hone_c_step *step)
{
    const hone_strides *pad = step->args.family;
    hone_strides walk = {.rank = pad->rank};
    int64_t stride = 1, begin = 0, from = 1;
    for (int axis = pad->rank - 1; axis >= 0; axis--) {
        walk.dims[axis] = pad->a[axis];
        walk.a[axis] = stride;
        walk.b[axis] = from;
        begin += pad->b[axis] * stride;
        stride *= pad->dims[axis];
        from *= pad->a[axis];
    }
    hone_internal_c_call(words, step, is_bytes(words, step) ? fill_bytes : fill);
    walk = hone_internal_c_collapse(&walk);
    hone_internal_c_begin_loops(words, &walk, step->slots[0], step->slots[1], -1, false);
    hone_internal_c_element(words, "to", begin, &walk, walk.a);
    hone_internal_text_append(&words->body, " = ");
    hone_internal_c_element(words, "a", 0, &walk, walk.b);
    hone_internal_text_append(&words->body, ";\n    }\n");
    return HONE_OK;
}

/* Rows of each operand into rows of the result. */
hone_status hone_internal_c_write_concatenate(hone_c_words *words, const hone_c_step *step)
{
    const hone_concatenation *joined = step->args.family;
    int64_t begin = 0;
    const char *copy = is_bytes(words, step) ? "op_copy_rows_q8" : "op_copy_rows";
    hone_internal_c_use(words, copy);
    for (int i = 0; i < joined->count; begin += joined->width[i], i++) {
        hone_internal_c_begin_call(words);
        hone_internal_text_format(&words->body, "%s(", copy);
        hone_internal_c_operand(words, step->slots[0]);
        if (begin > 0)
            hone_internal_text_format(&words->body, " + %" PRId64, begin);
        hone_internal_text_format(&words->body, ", %" PRId64 ", ", joined->total);
        hone_internal_c_operand(words, step->slots[1 + i]);
        hone_internal_text_format(&words->body, ", %" PRId64 ", %" PRId64 ");\n", joined->width[i],
                                  joined->rows);
    }
    return HONE_OK;
}

static const hone_c_form forms[] = {
    {.kernel = HONE_KERNEL_strided_copy, .write = hone_internal_c_write_walk},
    {.kernel = HONE_KERNEL_pad, .write = hone_internal_c_write_pad},
    {.kernel = HONE_KERNEL_concatenate, .write = hone_internal_c_write_concatenate},
    {.kernel = HONE_KERNEL_fill, .call = fill},
};
HONE_C_FAMILY(movement, forms, NULL);
