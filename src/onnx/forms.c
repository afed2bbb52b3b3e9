/* The families in ONNX, from the lines of kernels/families.def. */
#include "onnx/forms.h"

#include <string.h>

static const hone_onnx_family *const families[] = {
#define HONE_FORM(family, kind) HONE_FORM_##kind(family)
#define HONE_FORM_csource(family)
#define HONE_FORM_onnx(family) &hone_internal_onnx_##family##_family,
#include "kernels/kernels.def"
};
enum { FAMILIES = sizeof families / sizeof *families };

hone_onnx_emitter *hone_internal_onnx_emitter(const char *op)
{
    for (int f = 0; f < FAMILIES; f++)
        for (const hone_onnx_emitted *row = families[f]->emitted; row != NULL && row->op != NULL; row++)
            if (strcmp(row->op, op) == 0)
                return row->emit;
    hone_fail(HONE_ERROR_UNSUPPORTED, "the operation \"%s\" cannot be written as ONNX yet", op);
    return NULL;
}

hone_onnx_importer *hone_internal_onnx_importer(const char *op)
{
    for (int f = 0; f < FAMILIES; f++)
        for (const hone_onnx_imported *row = families[f]->imported; row != NULL && row->op != NULL; row++)
            if (strcmp(row->op, op) == 0)
                return row->import;
    hone_fail(HONE_ERROR_UNSUPPORTED, "the operator %.64s has no layer in Hone yet", op);
    return NULL;
}
