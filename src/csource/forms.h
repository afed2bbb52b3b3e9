/* What families of kernels are in C source: of each line HONE_FORM(NAME, csource) of kernels/families.def a
 * hone_c_family in csource/NAME.c. The functions that calls name are C99 of its own,
 * csource/functions/NAME.c: compiled and tested as such, and kept as text in the library by the build. */
#ifndef HONE_CSOURCE_FORMS_H
#define HONE_CSOURCE_FORMS_H

#include "csource/words.h"

enum { HONE_C_NUMBERS = 12 }; /* of a call, at most */

/* How a step is said, and, when no kernel does it, computed. */
struct hone_c_form {
    hone_kernel_index kernel; /* HONE_KERNEL_COUNT: of steps that the family's `rewrite` makes */
    /* The call, "op_softmax($0, $1, #0, #1, #2)": $i operand i (or NULL), &i the scales of operand i, #i
     * number i, #n the items, %i scalar i; NULL: `write` says it, or, without one, the family rewrites what
     * it can say. */
    const char *call, *call_int8; /* call_int8: when operand `bytes` is of int8 */
    hone_status (*write)(hone_c_words *words, const hone_c_step *step);
    /* The numbers; NULL: the sizes. */
    void (*numbers)(const hone_c_step *step, int64_t numbers[HONE_C_NUMBERS]);
    int bytes; /* the operand that may be of int8: size[2] rows with a scale each; 0: none */
    /* y[.., j] = bias[j] + sum of x w[j, ..]: operands y, x, w in size[2] rows, bias or -1. */
    bool has_bias;
    bool reads_ids;                                    /* operand 1 holds numbers of rows, below size[1] */
    hone_kernel *run;                                  /* as the source will; NULL: the kernel */
    int64_t (*multiply_adds)(const hone_c_step *step); /* NULL: none */
};

typedef struct hone_c_family {
    const hone_c_form *forms;
    int count;
    hone_status (*rewrite)(hone_c_program *program); /* after those of the families before it; or NULL */
} hone_c_family;

#define HONE_C_FAMILY(name, forms, rewrite) \
    const hone_c_family hone_internal_c_##name##_family = {forms, (int)(sizeof(forms) / sizeof *(forms)), \
                                                           rewrite}

#define HONE_FORM(family, kind) HONE_FORM_##kind(family)
#define HONE_FORM_csource(family) extern const hone_c_family hone_internal_c_##family##_family;
#define HONE_FORM_onnx(family)
#include "kernels/kernels.def"
#undef HONE_FORM_csource
#undef HONE_FORM_onnx

const hone_c_form *hone_internal_c_form_of(hone_kernel_index kernel); /* NULL: none */
hone_status hone_internal_c_rewrite(hone_c_program *program);         /* by each family in turn */

#endif
