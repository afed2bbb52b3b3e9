/* Kernels: everything that touches the numbers of a tensor while a plan runs.
 *
 * All kernels have one type. A kernel computes the items begin .. end-1 of its result; what an item is (an
 * element of the flat result, a row, a channel, a tile of a product) is said in its family's list (*.def),
 * with what data, size and scalar mean. Items are independent of each other and may be computed by any thread
 * in any grouping: the bits of an item never depend on begin and end.
 *
 * A table holds one function per kernel. ref/ is complete and the definition of right: compiled twice, for
 * float (each formula and sum evaluated in double, rounded once) and wholly in double. The other tables start
 * from ref and overlay what they do better: "generic" (plain C, blocked product), "avx2", "avx512", "neon",
 * "sve", "onednn" (the best of them and oneDNN products), "amx_bfloat16" and "amx" (tiles). An executor uses
 * one table; its element type is float, but double for ref_double. */
#ifndef HONE_KERNELS_KERNELS_H
#define HONE_KERNELS_KERNELS_H

#include "base/error.h"
#include "base/random.h"
#include <hone/args.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HONE_KERNEL_OPERANDS = 12, HONE_KERNEL_SIZES = 4, HONE_KERNEL_SCALARS = 8 };

typedef struct hone_chain hone_chain;

typedef struct hone_kernel_args {
    void *data[HONE_KERNEL_OPERANDS]; /* results first, then operands; contiguous row-major unless said
                                         otherwise */
    int64_t size[HONE_KERNEL_SIZES];  /* of simple loops; the list says what each is */
    double scalar[HONE_KERNEL_SCALARS];
    const void *family;        /* what a few sizes do not tell: the struct that the list names, or NULL */
    const hone_chain *chain;   /* for kernels that run a chain on each finished tile; may be NULL */
    const hone_random *random; /* of kernels that draw */
    const double *step;        /* of optimizer kernels: the numbers of this step (rate, corrections) */
    const void *owner;         /* the step of the plan that these are of, for measuring; may be NULL */
} hone_kernel_args;

/* `scratch`: the running thread's own, as many bytes as the step asks for; aligned to 64. */
typedef void hone_kernel(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch);

/* Cuts the work of a kernel into tiles, which are then its items: from the shape alone, never from the number
 * of threads. Gets the family's struct and fills in the size of a tile. */
typedef struct hone_tiles {
    int64_t count;
    size_t scratch; /* bytes that a thread needs for one */
} hone_tiles;
typedef hone_tiles hone_kernel_tiling(void *family);

/* How else than row by row in memory the operands of a kernel may be given. It is part of the structs of
 * families that know other ways: the tiling says what is possible, the planner what is, and then cuts the
 * tiles again. */
typedef struct hone_layouts {
    unsigned panels_possible, panels; /* bit i: data[i] lies in panels (panels.h) */
    bool transient_possible;
    bool transient; /* data[0] is NULL: the result exists in scratch only, tile by tile, for the chain to read
                     */
} hone_layouts;

/* Index of each kernel: HONE_KERNEL_relu, HONE_KERNEL_relu_gradient, ... made from the lists. */
typedef enum hone_kernel_index {
#define HONE_KERNEL(name) HONE_KERNEL_##name,
#include "kernels/kernels.def"
    HONE_KERNEL_COUNT
} hone_kernel_index;

typedef struct hone_kernels {
    const char *name;
    size_t element_size; /* of a real: 4, in ref_double 8 */
    hone_kernel *kernel[HONE_KERNEL_COUNT];
    hone_kernel_tiling *tiling[HONE_KERNEL_COUNT]; /* of a HONE_TILED_KERNEL; else NULL */
} hone_kernels;

/* The table for this machine: the best there is, or what HONE_KERNELS names (ref, generic, avx2, avx512,
 * neon, sve, onednn, ..); an unknown or impossible name: NULL with an error. Chosen once, thread-safe. */
const hone_kernels *hone_internal_kernels(void);
/* A table by name, "ref_double" too; NULL with an error when this machine or build cannot run it. */
const hone_kernels *hone_internal_kernels_named(const char *name);
/* The names that this machine can run, ended by NULL, "ref" first. */
const char *const *hone_internal_kernels_names(void);
const char *hone_internal_kernel_name(hone_kernel_index index);

/* A walk over up to 8 axes with strides in elements, for kernels that broadcast, transpose, slice or pad. */
typedef struct hone_strides {
    int rank;
    int64_t dims[HONE_MAX_RANK];                /* of the result */
    int64_t a[HONE_MAX_RANK], b[HONE_MAX_RANK]; /* stride of operand a (and b) along each axis; 0 repeats */
    int64_t offset;                             /* of operand a's first element */
} hone_strides;

/* What is done to each finished tile of a kernel (or run as one chain of element-wise work) while it is in
 * cache: kernels whose items are the elements of the same flat result. */
enum { HONE_CHAIN_STEPS = 6 };
struct hone_chain {
    int count;
    struct {
        hone_kernel *run;
        const hone_kernel_args *args;
        unsigned results; /* bit i: data[i] is the kernel's own result */
    } step[HONE_CHAIN_STEPS];
};
/* Runs a chain (NULL: none) over elements begin .. end-1 of the flat result. */
static inline void hone_chain_run(const hone_chain *chain, int64_t begin, int64_t end, void *scratch)
{
    for (int i = 0; chain != NULL && i < chain->count; i++)
        chain->step[i].run(chain->step[i].args, begin, end, scratch);
}
/* The same on a transient result, of which elements begin .. end-1 are in `result`. */
void hone_internal_chain_run_transient(const hone_chain *chain, int64_t begin, int64_t end, float *result,
                                       void *scratch);

#endif
