/* The kernel tables by name, and the choice of one for this machine. */
#include "base/cpu.h"
#include "base/error.h"
#include "kernels/kernels.h"
#include "kernels/overlays.h"
#include "kernels/ref/tables.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool possible(hone_kernel_level level)
{
    switch (level) {
#ifdef HONE_HAVE_X86
    case HONE_AVX2: return hone_internal_cpu()->avx2;
    case HONE_AVX512: return hone_internal_cpu()->avx512;
    case HONE_AMX_BFLOAT16:
    case HONE_AMX: return hone_internal_cpu()->amx_bfloat16;
#endif
#ifdef HONE_HAVE_ARM
    case HONE_NEON: return true; /* part of the architecture */
    case HONE_SVE: return hone_internal_cpu()->sve;
#endif
#ifdef HONE_HAVE_ONEDNN
    case HONE_ONEDNN: return true;
#endif
    default: return level == HONE_GENERIC;
    }
}

/* By level; the last possible one up to BEST is the default. (Floats on AMX are faster only while nobody else
 * uses the same core: docs/performance.md.) */
static const char *const level_names[HONE_LEVELS] = {"generic", "avx2",   "avx512",       "neon",
                                                     "sve",     "onednn", "amx_bfloat16", "amx"};
static const hone_kernel_level BEST = HONE_AMX_BFLOAT16;

static const struct {
    hone_kernel_level level;
    hone_kernel_overlay *put;
} overlays[] = {
#define HONE_OVERLAY_ROW(level, function) {level, function},
#define HONE_OVERLAY(family, kind) HONE_OVERLAY_ROWS(family, kind)
#include "kernels/kernels.def"
#undef HONE_OVERLAY_ROW
};
enum { OVERLAYS = sizeof overlays / sizeof overlays[0] };

static hone_kernels tables[HONE_LEVELS];
static const char *names[HONE_LEVELS + 2]; /* ref, the possible levels, NULL */
static pthread_once_t built = PTHREAD_ONCE_INIT;

/* A table over the best one before it. */
static void build_table(hone_kernel_level level, const hone_kernels *best)
{
    hone_kernels *table = &tables[level];
    *table = *best;
    for (size_t i = 0; i < OVERLAYS; i++)
        if (overlays[i].level == level)
            overlays[i].put(table);
    table->name = level_names[level];
}

static void build_tables(void)
{
    const hone_kernels *best = &hone_internal_kernels_ref;
    size_t count = 0;
    names[count++] = hone_internal_kernels_ref.name;
    for (hone_kernel_level level = HONE_GENERIC; level < HONE_LEVELS; level++) {
        if (!possible(level))
            continue;
        build_table(level, best);
        best = &tables[level];
        names[count++] = best->name;
    }
}

static const hone_kernels *find_table(const char *name)
{
    if (strcmp(name, hone_internal_kernels_ref.name) == 0)
        return &hone_internal_kernels_ref;
    if (strcmp(name, hone_internal_kernels_ref_double.name) == 0)
        return &hone_internal_kernels_ref_double;
    for (size_t i = 0; i < HONE_LEVELS; i++)
        if (tables[i].name != NULL && strcmp(name, tables[i].name) == 0)
            return &tables[i];
    return NULL;
}

/* Whether a name is one of Hone's, though not for this machine or build. */
static bool is_impossible(const char *name)
{
    for (size_t i = 0; i < HONE_LEVELS; i++)
        if (strcmp(name, level_names[i]) == 0)
            return true;
    return false;
}

static size_t count_names(void)
{
    size_t count = 0;
    while (names[count] != NULL)
        count++;
    return count;
}

const hone_kernels *hone_internal_kernels_named(const char *name)
{
    pthread_once(&built, build_tables);
    const hone_kernels *table = find_table(name);
    if (table != NULL)
        return table;
    if (is_impossible(name))
        hone_fail(HONE_ERROR_UNSUPPORTED,
                  "the kernels \"%s\" cannot run on this machine or are not "
                  "in this build; the best available are \"%s\"",
                  name, names[count_names() - 1]);
    else
        hone_internal_fail_name("kernels", name, names, count_names());
    return NULL;
}

const char *const *hone_internal_kernels_names(void)
{
    pthread_once(&built, build_tables);
    return names;
}

static char wanted[64]; /* HONE_KERNELS or, without it, the best; read once */

static void choose(void)
{
    const char *named = getenv("HONE_KERNELS");
    hone_internal_kernels_names();
    for (int level = BEST; level >= 0 && (named == NULL || named[0] == '\0'); level--)
        named = tables[level].name;
    snprintf(wanted, sizeof wanted, "%s", named);
}

const hone_kernels *hone_internal_kernels(void)
{
    static pthread_once_t chosen = PTHREAD_ONCE_INIT;
    pthread_once(&chosen, choose);
    return hone_internal_kernels_named(wanted);
}

const char *hone_internal_kernel_name(hone_kernel_index index)
{
    static const char *const kernel_names[HONE_KERNEL_COUNT] = {
#define HONE_KERNEL(name) [HONE_KERNEL_##name] = #name,
#include "kernels/kernels.def"
    };
    return (unsigned)index < HONE_KERNEL_COUNT ? kernel_names[index] : "unknown";
}
