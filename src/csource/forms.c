/* The families in C source, from the lines of kernels/families.def. */
#include "csource/forms.h"

static const hone_c_family *const families[] = {
#define HONE_FORM(family, kind) HONE_FORM_##kind(family)
#define HONE_FORM_csource(family) &hone_internal_c_##family##_family,
#define HONE_FORM_onnx(family)
#include "kernels/kernels.def"
};
enum { FAMILIES = sizeof families / sizeof *families };

const hone_c_form *hone_internal_c_form_of(hone_kernel_index kernel)
{
    for (int f = 0; f < FAMILIES; f++)
        for (int i = 0; i < families[f]->count; i++)
            if (families[f]->forms[i].kernel == kernel)
                return &families[f]->forms[i];
    return NULL;
}

hone_status hone_internal_c_rewrite(hone_c_program *program)
{
    hone_internal_c_count_readers(program);
    for (int f = 0; f < FAMILIES; f++)
        if (families[f]->rewrite != NULL)
            HONE_TRY(families[f]->rewrite(program));
    return HONE_OK;
}
