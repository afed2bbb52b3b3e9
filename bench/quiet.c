/* What a training step asks of the C library and the kernel once it is running: allocations and system calls
 * a step.
 *
 *   bench_quiet chapter|tiny|deep [--threads N]
 *
 * prints a line of JSON. Counted are the steps between two marks of one fit, set by a callback: Hone's
 * allocations through hone_set_allocator, the other ones (oneDNN, the C library) by standing in for malloc,
 * system calls of all threads through ptrace. */
#define _GNU_SOURCE
#include "common.h"
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BATCH = 32, FIRST = 50, STEPS = 200 }; /* the steps that are counted: FIRST .. FIRST + STEPS - 1 */

/* ---- allocations ---- */

static atomic_long all_allocations, hone_allocations;

/* Debian's C library keeps its own functions reachable under these names. */
extern void *__libc_malloc(size_t bytes), *__libc_calloc(size_t count, size_t bytes),
    *__libc_realloc(void *block, size_t bytes), *__libc_memalign(size_t alignment, size_t bytes);

void *malloc(size_t bytes)
{
    atomic_fetch_add(&all_allocations, 1);
    return __libc_malloc(bytes);
}

void *calloc(size_t count, size_t bytes)
{
    atomic_fetch_add(&all_allocations, 1);
    return __libc_calloc(count, bytes);
}

void *realloc(void *block, size_t bytes)
{
    atomic_fetch_add(&all_allocations, 1);
    return __libc_realloc(block, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
    atomic_fetch_add(&all_allocations, 1);
    return __libc_memalign(alignment, bytes);
}

int posix_memalign(void **block, size_t alignment, size_t bytes)
{
    *block = aligned_alloc(alignment, bytes);
    return *block ? 0 : ENOMEM;
}

static void *hone_allocate(void *context, size_t bytes)
{
    (void)context;
    atomic_fetch_add(&hone_allocations, 1);
    return malloc(bytes);
}

static void *hone_reallocate(void *context, void *block, size_t bytes)
{
    (void)context;
    atomic_fetch_add(&hone_allocations, 1);
    return realloc(block, bytes);
}

static void hone_release(void *context, void *block)
{
    (void)context;
    free(block);
}

/* ---- the training, in a process of its own ---- */

static long marked_all, marked_hone;

/* The two marks, which the tracer knows by system calls that nothing else makes here. */
static hone_status mark(void *context, hone_trainer *trainer, int64_t batch, hone_logs *logs)
{
    (void)context, (void)trainer, (void)logs;
    if (batch == FIRST - 1) {
        marked_all = atomic_load(&all_allocations), marked_hone = atomic_load(&hone_allocations);
        syscall(SYS_getpgid, 0);
    } else if (batch == FIRST + STEPS - 1) {
        syscall(SYS_getsid, 0);
        marked_all = atomic_load(&all_allocations) - marked_all;
        marked_hone = atomic_load(&hone_allocations) - marked_hone;
    }
    return HONE_OK;
}

static void train(const char *network, int threads)
{
    const int64_t samples = BATCH * (FIRST + STEPS);
    bool chapter = strcmp(network, "chapter") == 0, deep = strcmp(network, "deep") == 0;
    hone_set_allocator(&(hone_allocator){hone_allocate, hone_reallocate, hone_release, NULL});
    hone_set_threads(threads);
    hone_model *model = chapter ? bench_chapter()
                        : deep  ? bench_deep()
                                : bench_dense((int64_t[]){64, 32, 16, 10}, 4, "adam");
    hone_array *x = chapter ? bench_bytes(3, (int64_t[]){samples, 28, 28})
                            : bench_floats(2, (int64_t[]){samples, deep ? 3072 : 64});
    hone_array *y = bench_integers(samples, 10);
    hone_dataset *data = hone_dataset_from_arrays(.x = {*x}, .y = {*y});
    if (hone_fit(model, data,
                 .callbacks = hone_callbacks(hone_lambda_callback(.on_train_batch_end = mark))) == NULL)
        bench_fail();
    printf("{\"hone_allocations\": %.2f, \"other_allocations\": %.2f, ", (double)marked_hone / STEPS,
           (double)(marked_all - marked_hone) / STEPS);
    fflush(stdout);
    _exit(0);
}

/* ---- system calls, seen from outside ---- */

/* The number of the system call that `thread` is entering; -1 when it stopped for another reason. */
static long entering(pid_t thread)
{
    struct __ptrace_syscall_info info;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) <= 0 ||
        info.op != PTRACE_SYSCALL_INFO_ENTRY)
        return -1;
    return (long)info.entry.nr;
}

/* Lets the child and its threads run to their end; system calls between the marks, or -1 when the child
 * failed. */
static long count_system_calls(pid_t child)
{
    const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
    bool counting = false, failed = true;
    long calls = 0;
    int status;
    if (waitpid(child, &status, 0) != child || ptrace(PTRACE_SETOPTIONS, child, 0, options) != 0 ||
        ptrace(PTRACE_SYSCALL, child, 0, 0) != 0)
        return -1;
    for (pid_t thread; (thread = waitpid(-1, &status, __WALL)) > 0;) {
        if (!WIFSTOPPED(status)) {
            if (thread == child)
                failed = !WIFEXITED(status) || WEXITSTATUS(status) != 0;
            continue;
        }
        int signal = WSTOPSIG(status);
        bool by_tracing = signal == (SIGTRAP | 0x80) || signal == SIGTRAP || signal == SIGSTOP;
        long number = signal == (SIGTRAP | 0x80) ? entering(thread) : -1;
        if (number == SYS_getsid)
            counting = false;
        calls += counting && number >= 0;
        if (number == SYS_getpgid)
            counting = true;
        ptrace(PTRACE_SYSCALL, thread, 0, by_tracing ? 0 : signal);
    }
    return failed ? -1 : calls;
}

int main(int count, char **words)
{
    bench_options options = bench_begin(&count, words);
    if (count != 2 || (strcmp(words[1], "chapter") != 0 && strcmp(words[1], "tiny") != 0 &&
                       strcmp(words[1], "deep") != 0)) {
        fprintf(stderr, "expected chapter, tiny or deep\n");
        return 2;
    }
    pid_t child = fork();
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0 || raise(SIGSTOP) != 0)
            _exit(1);
        train(words[1], options.threads);
    }
    long calls = child < 0 ? -1 : count_system_calls(child);
    if (calls < 0) {
        fprintf(stderr, "the training failed, or cannot be traced here\n");
        return 1;
    }
    printf("\"system_calls\": %.2f}\n", (double)calls / STEPS);
    return 0;
}
