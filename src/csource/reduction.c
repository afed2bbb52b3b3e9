/* Reductions in C source, from the expressions of kernels/reduction.def. */
#include "csource/forms.h"

#include <stdio.h>

static hone_status write(hone_c_words *words, const hone_c_step *step);

static const hone_c_form forms[] = {
#define HONE_REDUCTION(name, ...) {.kernel = HONE_KERNEL_reduce_##name, .write = write},
#include "kernels/reduction.def"
};
static const struct expressions {
    const char *start, *step, *finish;
} expressions[] = {
#define HONE_REDUCTION(name, start, step, finish) {#start, #step, #finish},
#include "kernels/reduction.def"
};

static bool write_function(hone_c_words *words, const struct expressions *formula, const char *name,
                           hone_text *text)
{
    hone_internal_text_format(text,
                              "static void %s_%s(float *result, const float *operand, int32_t outer, "
                              "int32_t axis,\n    int32_t inner)\n{\n    int32_t o, i, j;\n",
                              words->prefix, name);
    if (hone_internal_c_formula_uses(formula->finish, 'n'))
        hone_internal_text_append(text, "    const float n = (float)axis;\n");
    hone_internal_text_append(text, "    for (o = 0; o < outer; o++, operand += axis * inner)\n"
                                    "        for (i = 0; i < inner; i++) {\n            float r = ");
    bool known = hone_internal_c_formula(words, formula->start, text);
    hone_internal_text_append(text, ";\n            for (j = 0; j < axis; j++) {\n"
                                    "                const float x = operand[i + j * inner];\n"
                                    "                r = ");
    known = hone_internal_c_formula(words, formula->step, text) && known;
    hone_internal_text_append(text, ";\n            }\n            *result++ = ");
    known = hone_internal_c_formula(words, formula->finish, text) && known;
    hone_internal_text_append(text, ";\n        }\n}\n\n");
    return known;
}

static hone_status write(hone_c_words *words, const hone_c_step *step)
{
    char name[64], call[100];
    hone_text text = {.data = NULL};
    snprintf(name, sizeof name, "op_%s", hone_internal_kernel_name(step->kernel));
    if (!write_function(words, &expressions[step->form - forms], name, &text)) {
        hone_internal_text_free(&text);
        return hone_internal_c_fail_step(step);
    }
    HONE_TRY(hone_internal_c_define(words, name, &text));
    snprintf(call, sizeof call, "%s($0, $1, #0, #1, #2)", name);
    hone_internal_c_call(words, step, call);
    return HONE_OK;
}

HONE_C_FAMILY(reduction, forms, NULL);
