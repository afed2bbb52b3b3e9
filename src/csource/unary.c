/* Functions of one operand in C source, from the expressions of kernels/unary.def. */
#include "csource/forms.h"

#include <stdio.h>

static hone_status write(hone_c_words *words, const hone_c_step *step);

static const hone_c_form forms[] = {
#define HONE_UNARY(name, ...) {.kernel = HONE_KERNEL_##name, .write = write},
#include "kernels/unary.def"
};
static const char *const expressions[] = {
#define HONE_UNARY(name, needs, forward, derivative) #forward,
#include "kernels/unary.def"
};

/* static void net_op_elu(float *result, const float *operand, int32_t count, float a) */
static hone_status define(hone_c_words *words, const hone_c_step *step, const char *expression,
                          const char *name)
{
    hone_text text = {.data = NULL};
    hone_internal_text_format(&text, "static void %s_%s(float *result, const float *operand, int32_t count",
                              words->prefix, name);
    for (char parameter = 'a'; parameter <= 'd'; parameter++)
        if (hone_internal_c_formula_uses(expression, parameter))
            hone_internal_text_format(&text, ", float %c", parameter);
    hone_internal_text_append(&text, ")\n{\n    int32_t i;\n    for (i = 0; i < count; i++) {\n"
                                     "        const float x = operand[i];\n        result[i] = (float)(");
    bool known = hone_internal_c_formula(words, expression, &text);
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
    snprintf(name, sizeof name, "op_%s", hone_internal_kernel_name(step->kernel));
    HONE_TRY(define(words, step, expression, name));
    int length = snprintf(call, sizeof call, "%s($0, $1, #n", name);
    for (int i = 0; i < 4; i++)
        if (hone_internal_c_formula_uses(expression, (char)('a' + i)))
            length += snprintf(call + length, sizeof call - (size_t)length, ", %%%d", i);
    snprintf(call + length, sizeof call - (size_t)length, ")");
    hone_internal_c_call(words, step, call);
    return HONE_OK;
}

HONE_C_FAMILY(unary, forms, NULL);
