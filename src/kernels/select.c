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

typedef void overlay(hone_kernels *table);

/* A table that starts from ref: the overlays of each instruction set up to its own, in order. `possible` says
 * whether this machine can run it. */
typedef struct variant {
    const char *name;
    bool (*possible)(void);
    overlay *overlays[7];
} variant;

static bool always(void)
{
    return true;
}

#define GENERIC_OVERLAYS hone_internal_kernels_overlay_simple_generic, hone_internal_kernels_overlay_generic

#ifdef HONE_HAVE_X86
static bool has_avx2(void)
{
    return hone_internal_cpu()->avx2;
}

static bool has_avx512(void)
{
    return hone_internal_cpu()->avx512;
}

#define AVX2_OVERLAYS \
    GENERIC_OVERLAYS, hone_internal_kernels_overlay_simple_avx2, hone_internal_kernels_overlay_avx2
#define AVX512_OVERLAYS \
    AVX2_OVERLAYS, hone_internal_kernels_overlay_simple_avx512, hone_internal_kernels_overlay_avx512
#endif

/* From the plainest to the best; the last possible one is the default. */
static const variant variants[] = {
    {"generic", always, {GENERIC_OVERLAYS}},
#ifdef HONE_HAVE_X86
    {"avx2", has_avx2, {AVX2_OVERLAYS}},
    {"avx512", has_avx512, {AVX512_OVERLAYS}},
#endif
#ifdef HONE_HAVE_ONEDNN
    {"onednn", always, {NULL}}, /* the best of the above, then oneDNN */
#endif
};
enum { VARIANTS = sizeof variants / sizeof variants[0] };

static hone_kernels tables[VARIANTS];
static const char *names[VARIANTS + 2]; /* ref, the possible variants, NULL */
static pthread_once_t built = PTHREAD_ONCE_INIT;

#ifdef HONE_HAVE_ONEDNN
static void build_onednn(hone_kernels *table, const hone_kernels *best)
{
    *table = *best;
    hone_internal_kernels_overlay_onednn(table);
}
#endif

static void build_table(size_t index, const hone_kernels *best)
{
    const variant *chosen = &variants[index];
    hone_kernels *table = &tables[index];
    *table = hone_internal_kernels_ref;
#ifdef HONE_HAVE_ONEDNN
    if (strcmp(chosen->name, "onednn") == 0)
        build_onednn(table, best);
#else
    (void)best;
#endif
    for (size_t i = 0;
         i < sizeof chosen->overlays / sizeof chosen->overlays[0] && chosen->overlays[i] != NULL; i++)
        chosen->overlays[i](table);
    table->name = chosen->name;
}

static void build_tables(void)
{
    const hone_kernels *best = &hone_internal_kernels_ref;
    size_t count = 0;
    names[count++] = hone_internal_kernels_ref.name;
    for (size_t i = 0; i < VARIANTS; i++) {
        if (!variants[i].possible())
            continue;
        build_table(i, best);
        best = &tables[i];
        names[count++] = best->name;
    }
}

static const hone_kernels *find_table(const char *name)
{
    if (strcmp(name, hone_internal_kernels_ref.name) == 0)
        return &hone_internal_kernels_ref;
    if (strcmp(name, hone_internal_kernels_ref_double.name) == 0)
        return &hone_internal_kernels_ref_double;
    for (size_t i = 0; i < VARIANTS; i++)
        if (tables[i].name != NULL && strcmp(name, tables[i].name) == 0)
            return &tables[i];
    return NULL;
}

/* Whether a name is one of Hone's, though not for this machine or build. */
static bool is_impossible(const char *name)
{
    static const char *const known[] = {"generic", "avx2", "avx512", "onednn"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(name, known[i]) == 0)
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
                  "the kernels \"%s\" cannot run on this machine or are not in this build; "
                  "the best here are \"%s\"",
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
    const char *const *possible = hone_internal_kernels_names();
    const char *named = getenv("HONE_KERNELS");
    if (named == NULL || named[0] == '\0')
        named = possible[count_names() - 1];
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
#undef HONE_KERNEL
    };
    return (unsigned)index < HONE_KERNEL_COUNT ? kernel_names[index] : "unknown";
}
