/* What families of operations are in ONNX: of each line HONE_FORM(NAME, onnx) of kernels/families.def a
 * hone_onnx_family in onnx/NAME.c, which writes the operations that graphs record and reads operators as
 * layers. A layer needs nothing to be written: it is what it records. */
#ifndef HONE_ONNX_FORMS_H
#define HONE_ONNX_FORMS_H

#include "kernels/kernels.h"
#include "onnx/export.h"
#include "onnx/import.h"

/* Writes what a node computes: names its outputs. */
typedef hone_status hone_onnx_emitter(hone_onnx_export *export, const hone_node *node);
/* Makes an operator of a file layers: gives its first output a tensor. */
typedef hone_status hone_onnx_importer(hone_onnx_import *import, const hone_onnx_node *node);

typedef struct hone_onnx_emitted {
    const char *op; /* a hone_op's name */
    hone_onnx_emitter *emit;
} hone_onnx_emitted;
typedef struct hone_onnx_imported {
    const char *op; /* an operator of ONNX */
    hone_onnx_importer *import;
} hone_onnx_imported;

/* Both lists end with NULL; either may be NULL. */
typedef struct hone_onnx_family {
    const hone_onnx_emitted *emitted;
    const hone_onnx_imported *imported;
} hone_onnx_family;
#define HONE_ONNX_FAMILY(name, emitted, imported) \
    const hone_onnx_family hone_internal_onnx_##name##_family = {emitted, imported}

#define HONE_FORM(family, kind) HONE_FORM_##kind(family)
#define HONE_FORM_csource(family)
#define HONE_FORM_onnx(family) extern const hone_onnx_family hone_internal_onnx_##family##_family;
#include "kernels/kernels.def"
#undef HONE_FORM_csource
#undef HONE_FORM_onnx

hone_onnx_emitter *hone_internal_onnx_emitter(const char *op);   /* NULL with an error: none is known */
hone_onnx_importer *hone_internal_onnx_importer(const char *op); /* NULL with an error: none is known */

#endif
