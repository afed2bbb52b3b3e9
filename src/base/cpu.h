/* What this process may use: instruction sets, and how many processors. */
#ifndef HONE_BASE_CPU_H
#define HONE_BASE_CPU_H

#include <stdbool.h>

typedef struct hone_cpu {
    bool avx2;            /* AVX2 and FMA, and the system saves the registers */
    bool avx512;          /* AVX-512 F, BW, DQ, VL, likewise */
    bool avx512_bfloat16; /* AVX512-BF16: products of pairs of bfloat16 */
    bool amx_bfloat16;    /* AMX's products of tiles of bfloat16, which the system has been asked for */
    bool neon_bfloat16;   /* Arm's BF16: products of pairs of bfloat16 */
    bool sve;             /* SVE with vectors of 256 bits */
    bool sve_bfloat16;    /* the same products in SVE */
    int processors; /* that this process may run on: affinity mask, cgroup v1 and v2 quota (rounded up), at
                       least 1 */
} hone_cpu;
const hone_cpu *hone_internal_cpu(void); /* found once, thread-safe */

/* The processors that control groups allow, rounded up; 0 when there is no limit. `membership` is the text of
 * /proc/self/cgroup, `mount` where the groups are ("/sys/fs/cgroup"). */
int hone_internal_cpu_quota(const char *membership, const char *mount);

#endif
