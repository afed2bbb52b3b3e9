/* Functions of two operands in C source, from the expressions of kernels/binary.def: a function over operands
 * that lie as the result does, loops in place where one is broadcast. */
#include "csource/int8.h"

#include <stdio.h>

static hone_status write(hone_c_words *words, const hone_c_step *step);

static const hone_c_form forms[] = {
#define HONE_BINARY(name, ...) {.kernel = HONE_KERNEL_##name, .write = write},
#include "kernels/binary.def"
};
static const char *const expressions[] = {
#define HONE_BINARY(name, ...) #__VA_ARGS__,
#include "kernels/binary.def"
};

/* Both operands lie as the result does. */
bool hone_internal_c_is_flat(const hone_strides *strides)
{
    if (strides == NULL)
        return true;
    const hone_strides walk = hone_internal_c_collapse(strides);
    return walk.offset == 0 && walk.rank <= 1 && walk.a[0] == walk.b[0] && walk.a[0] == (walk.rank == 1);
}

static hone_status write_broadcast(hone_c_words *words, const hone_c_step *step, const char *expression)
{
    const hone_strides walk = hone_internal_c_collapse(step->args.family);
    const int indent = walk.rank > 0 ? 4 * walk.rank : 4;
    hone_internal_c_begin_loops(words, &walk, step->slots[0], step->slots[1], step->slots[2], true);
    hone_internal_text_append(&words->body, "const float x = ");
    hone_internal_c_element(words, "a", walk.offset, &walk, walk.a);
    hone_internal_text_append(&words->body, ", y = ");
    hone_internal_c_element(words, "b", 0, &walk, walk.b);
    hone_internal_text_format(&words->body, ";\n        %*s*to++ = (float)(", indent, "");
    const bool known = hone_internal_c_formula(words, expression, &words->body);
    hone_internal_text_format(&words->body, ");\n        %*s}\n    }\n", indent - 4, "");
    return known ? HONE_OK : hone_internal_c_fail_step(step);
}

static hone_status define(hone_c_words *words, const hone_c_step *step, const char *expression,
                          const char *name)
{
    hone_text text = {.data = NULL};
    hone_internal_text_format(
        &text,
        "static void %s_%s(float *result, const float *first, const float *second, "
        "int32_t count)\n{\n    int32_t i;\n    for (i = 0; i < count; i++) {\n"
        "        const float x = first[i], y = second[i];\n        result[i] = (float)(",
        words->prefix, name);
    const bool known = hone_internal_c_formula(words, expression, &text);
    hone_internal_text_append(&text, ");\n    }\n}\n\n");
    if (known)
        return hone_internal_c_define(words, name, &text);
    hone_internal_text_free(&text);
    return hone_internal_c_fail_step(step);
}

static hone_status write(hone_c_words *words, const hone_c_step *step)
{
    const char *expression = expressions[step->form - forms];
    char name[64], call[100];
    if (!hone_internal_c_is_flat(step->args.family))
        return write_broadcast(words, step, expression);
    snprintf(name, sizeof name, "op_%s", hone_internal_kernel_name(step->kernel));
    HONE_TRY(define(words, step, expression, name));
    snprintf(call, sizeof call, "%s($0, $1, $2, #n)", name);
    hone_internal_c_call(words, step, call);
    return HONE_OK;
}

HONE_C_FAMILY(binary, forms, NULL);
