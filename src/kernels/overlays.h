/* Overlays: each puts better kernels of one family into a table that starts as a copy of ref. Declares the
 * function of each line of families.def: hone_internal_FAMILY_overlay_KIND, and for plain loops
 * hone_internal_FAMILY_loops_LEVEL. */
#ifndef HONE_KERNELS_OVERLAYS_H
#define HONE_KERNELS_OVERLAYS_H

#include "kernels/kernels.h"

typedef void hone_kernel_overlay(hone_kernels *table);

/* The tables over ref, from the plainest to the best: each has the overlays of its own level and of those
 * before. */
typedef enum hone_kernel_level {
    HONE_GENERIC,
    HONE_AVX2,
    HONE_AVX512,
    HONE_NEON,
    HONE_SVE, /* with vectors of 256 bits */
    HONE_ONEDNN,
    HONE_AMX_BFLOAT16, /* products of bfloat16 on AMX */
    HONE_AMX,          /* large products of floats too */
    HONE_LEVELS
} hone_kernel_level;

/* The functions of one line of families.def: HONE_OVERLAY_ROW(level, function), each within the HONE_IF_ of
 * what it needs. */
#define HONE_OVERLAY_ROWS(family, kind) HONE_OVERLAY_##kind(family)
#define HONE_OVERLAY_loops(family) \
    HONE_OVERLAY_ROW(HONE_GENERIC, hone_internal_##family##_loops_generic) \
    HONE_IF_X86(HONE_OVERLAY_ROW(HONE_AVX2, hone_internal_##family##_loops_avx2)) \
    HONE_IF_X86(HONE_OVERLAY_ROW(HONE_AVX512, hone_internal_##family##_loops_avx512)) \
    HONE_IF_ARM(HONE_OVERLAY_ROW(HONE_NEON, hone_internal_##family##_loops_neon))
#define HONE_OVERLAY_generic(family) HONE_OVERLAY_ROW(HONE_GENERIC, hone_internal_##family##_overlay_generic)
#define HONE_OVERLAY_avx2(family) \
    HONE_IF_X86(HONE_OVERLAY_ROW(HONE_AVX2, hone_internal_##family##_overlay_avx2))
#define HONE_OVERLAY_avx512(family) \
    HONE_IF_X86(HONE_OVERLAY_ROW(HONE_AVX512, hone_internal_##family##_overlay_avx512))
#define HONE_OVERLAY_neon(family) \
    HONE_IF_ARM(HONE_OVERLAY_ROW(HONE_NEON, hone_internal_##family##_overlay_neon))
#define HONE_OVERLAY_sve(family) HONE_IF_ARM(HONE_OVERLAY_ROW(HONE_SVE, hone_internal_##family##_overlay_sve))
#define HONE_OVERLAY_onednn(family) \
    HONE_IF_ONEDNN(HONE_OVERLAY_ROW(HONE_ONEDNN, hone_internal_##family##_overlay_onednn))
#ifdef _WIN32 /* where gcc gives tiles strides of 32 bits */
#define HONE_OVERLAY_amx(family)
#else
#define HONE_OVERLAY_amx(family) \
    HONE_IF_X86(HONE_OVERLAY_ROW(HONE_AMX_BFLOAT16, hone_internal_##family##_overlay_amx_bfloat16)) \
    HONE_IF_X86(HONE_OVERLAY_ROW(HONE_AMX, hone_internal_##family##_overlay_amx))
#endif

/* Declared are all of them, so that a kernel reads the same to the compiler in every build. */
#define HONE_IF_X86(row) row
#define HONE_IF_ARM(row) row
#define HONE_IF_ONEDNN(row) row
#define HONE_OVERLAY_ROW(level, function) hone_kernel_overlay function;
#define HONE_OVERLAY(family, kind) HONE_OVERLAY_ROWS(family, kind)
#include "kernels/kernels.def"
#undef HONE_OVERLAY_ROW

/* Defined, and in the tables of select.c, are those that this build has. */
#ifndef HONE_HAVE_X86
#undef HONE_IF_X86
#define HONE_IF_X86(row)
#endif
#ifndef HONE_HAVE_ARM
#undef HONE_IF_ARM
#define HONE_IF_ARM(row)
#endif
#ifndef HONE_HAVE_ONEDNN
#undef HONE_IF_ONEDNN
#define HONE_IF_ONEDNN(row)
#endif

#endif
