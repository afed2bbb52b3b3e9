/* What this process may use: instruction sets, and how many processors. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sched_getaffinity */
#endif
#include "base/cpu.h"

#include "base/posix.h"
#include "base/text.h"
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sched.h>
#include <sys/syscall.h>
#endif
#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#include <sys/prctl.h>
#endif
#if defined(__x86_64__)
#include <cpuid.h>
#endif

/* ---- Instruction sets ---- */

#if defined(__x86_64__)
enum {
    SAVES_VECTORS = 0x6,       /* of register XCR0: SSE and AVX state */
    SAVES_WIDE_VECTORS = 0xE6, /* and AVX-512's masks and upper halves */
    SAVES_TILES = 0x60000      /* AMX's settings and tiles */
};

/* The register states that the system saves for a thread; 0 when it cannot be asked. */
static uint32_t saved_states(void)
{
    unsigned a, b, c, d;
    uint32_t low, high;

    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & (1u << 27)))
        return 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    (void)high;
    return low;
}

/* Leaf 7: tiles, and their products of bfloat16. */
static bool has_tiles(void)
{
    unsigned a, b, c, d, tiles = 1u << 24 | 1u << 22;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & tiles) == tiles;
}

/* Tiles are 8 KB more for the system to save of each thread, which a process has to ask for, once; older
 * systems and some sandboxes refuse. Threads and children inherit the permission. */
static bool may_use_tiles(void)
{
#ifdef __linux__
    enum { REQUEST_PERMISSION = 0x1023, TILES = 18 };
    return syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILES) == 0;
#else
    return false;
#endif
}

static void find_instructions(hone_cpu *cpu)
{
    uint32_t states = saved_states();

    __builtin_cpu_init();
    cpu->avx2 = (states & SAVES_VECTORS) == SAVES_VECTORS && __builtin_cpu_supports("avx2") &&
                __builtin_cpu_supports("fma");
    cpu->avx512 = cpu->avx2 && (states & SAVES_WIDE_VECTORS) == SAVES_WIDE_VECTORS &&
                  __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    cpu->avx512_bfloat16 = cpu->avx512 && __builtin_cpu_supports("avx512bf16");
    cpu->amx_bfloat16 =
        cpu->avx512_bfloat16 && has_tiles() && (states & SAVES_TILES) == SAVES_TILES && may_use_tiles();
}
#elif defined(__aarch64__) && defined(__linux__)
/* Bits of the kernel's two words on the processor. */
enum { SVE = 1 << 22, SVE_BF16 = 1 << 12, BF16 = 1 << 14 };
enum { GET_VECTOR_LENGTH = 51, LENGTH = 0xffff }; /* prctl; of bytes */

static void find_instructions(hone_cpu *cpu)
{
    unsigned long first = getauxval(AT_HWCAP), second = getauxval(AT_HWCAP2);
    int length = first & SVE ? prctl(GET_VECTOR_LENGTH) : -1;

    cpu->neon_bfloat16 = second & BF16;
    cpu->sve = length >= 0 && (length & LENGTH) == 32;
    cpu->sve_bfloat16 = cpu->sve && (second & SVE_BF16);
}
#else
static void find_instructions(hone_cpu *cpu)
{
    (void)cpu;
}
#endif

/* ---- Processors ---- */

enum { LONGEST_PATH = 4096 };

/* The first line of a small file; false when it cannot be read. */
static bool read_line(const char *path, char *line, size_t size)
{
    FILE *file = fopen(path, "re");
    bool read = file && fgets(line, (int)size, file);

    if (file)
        fclose(file);
    if (!read)
        return false;
    line[strcspn(line, "\n")] = '\0';
    return true;
}

/* quota / period, rounded up; 0 for no limit. */
static int to_processors(const char *quota, const char *period)
{
    int64_t allowed, of;

    if (!hone_internal_text_to_integer(quota, &allowed) || !hone_internal_text_to_integer(period, &of))
        return 0;
    if (allowed <= 0 || of <= 0 || allowed > INT64_MAX - of)
        return 0;
    allowed = (allowed + of - 1) / of;
    return allowed > INT32_MAX ? 0 : (int)allowed;
}

/* Version 2: "max 100000" or "150000 100000" in cpu.max. */
static int limit_of_group_v2(const char *group)
{
    char path[LONGEST_PATH], line[128];
    char *space;

    snprintf(path, sizeof path, "%.*s/cpu.max", LONGEST_PATH - 32, group);
    if (!read_line(path, line, sizeof line))
        return 0;
    space = strchr(line, ' ');
    if (!space)
        return 0;
    *space = '\0';
    return to_processors(line, space + 1);
}

/* Version 1: microseconds, -1 for no limit. */
static int limit_of_group_v1(const char *group)
{
    char path[LONGEST_PATH], quota[64], period[64];

    snprintf(path, sizeof path, "%.*s/cpu.cfs_quota_us", LONGEST_PATH - 32, group);
    if (!read_line(path, quota, sizeof quota))
        return 0;
    snprintf(path, sizeof path, "%.*s/cpu.cfs_period_us", LONGEST_PATH - 32, group);
    if (!read_line(path, period, sizeof period))
        return 0;
    return to_processors(quota, period);
}

static int smaller_limit(int a, int b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

/* The least limit of a group and of those above it up to `root`, which is a beginning of the path. */
static int least_limit(const char *root, const char *below, int (*limit_of)(const char *group))
{
    char group[LONGEST_PATH];
    size_t root_length = strlen(root);
    int least = 0;

    if (root_length + strlen(below) >= sizeof group)
        return 0;
    memcpy(group, root, root_length);
    memcpy(group + root_length, below, strlen(below) + 1);
    for (;;) {
        char *slash = strrchr(group, '/');
        least = smaller_limit(least, limit_of(group));
        if (!slash || (size_t)(slash - group) < root_length || strlen(group) <= root_length)
            return least;
        *slash = '\0';
    }
}

/* A comma-separated list has this item. */
static bool lists(const char *list, const char *item)
{
    size_t length = strlen(item);

    while (*list) {
        size_t next = strcspn(list, ",");
        if (next == length && strncmp(list, item, length) == 0)
            return true;
        list += next + (list[next] == ',');
    }
    return false;
}

/* A line "0::/path" of version 2, or "4:cpu,cpuacct:/path" of version 1. */
static int limit_of_line(char *line, const char *mount)
{
    char *controllers = strchr(line, ':'), *path, root[LONGEST_PATH];
    int limit;

    if (!controllers)
        return 0;
    path = strchr(++controllers, ':');
    if (!path)
        return 0;
    *path++ = '\0';
    if (*controllers == '\0') {
        limit = least_limit(mount, path, limit_of_group_v2);
        snprintf(root, sizeof root, "%.*s/unified", LONGEST_PATH - 32, mount);
        return smaller_limit(limit, least_limit(root, path, limit_of_group_v2));
    }
    if (!lists(controllers, "cpu"))
        return 0;
    snprintf(root, sizeof root, "%.*s/%.64s", LONGEST_PATH - 128, mount, controllers);
    limit = least_limit(root, path, limit_of_group_v1);
    snprintf(root, sizeof root, "%.*s/cpu", LONGEST_PATH - 128, mount);
    return smaller_limit(limit, least_limit(root, path, limit_of_group_v1));
}

int hone_internal_cpu_quota(const char *membership, const char *mount)
{
    char line[LONGEST_PATH];
    int least = 0;

    while (*membership) {
        size_t length = strcspn(membership, "\n");
        if (length < sizeof line) {
            memcpy(line, membership, length);
            line[length] = '\0';
            least = smaller_limit(least, limit_of_line(line, mount));
        }
        membership += length + (membership[length] == '\n');
    }
    return least;
}

static int find_quota(void)
{
    char membership[LONGEST_PATH];
    FILE *file = fopen("/proc/self/cgroup", "re");
    size_t length;

    if (!file)
        return 0;
    length = fread(membership, 1, sizeof membership - 1, file);
    fclose(file);
    membership[length] = '\0';
    return hone_internal_cpu_quota(membership, "/sys/fs/cgroup");
}

/* Those of the affinity mask, which may be larger than a cpu_set_t. */
static int find_affinity(void)
{
#ifdef __linux__
    for (size_t processors = 1024; processors <= 1024 * 1024; processors *= 4) {
        size_t bytes = CPU_ALLOC_SIZE(processors);
        cpu_set_t *mask = CPU_ALLOC(processors);
        int count = 0;
        if (!mask)
            return 0;
        if (sched_getaffinity(0, bytes, mask) == 0)
            count = CPU_COUNT_S(bytes, mask);
        CPU_FREE(mask);
        if (count > 0)
            return count;
    }
#endif
    return 0;
}

static int find_processors(void)
{
    int affinity = find_affinity(), quota = find_quota();
    int processors = affinity > 0 ? affinity : hone_internal_processors_online();

    return quota > 0 && quota < processors ? quota : processors;
}

static hone_cpu this_cpu;
static pthread_once_t found = PTHREAD_ONCE_INIT;

static void find_cpu(void)
{
    find_instructions(&this_cpu);
    this_cpu.processors = find_processors();
}

const hone_cpu *hone_internal_cpu(void)
{
    pthread_once(&found, find_cpu);
    return &this_cpu;
}
