/* A training step that runs asks nothing of the system: no allocation on any number of threads, and on one
 * thread no system call either. Looked at between two batches of one fit, for a classifier with dropout, a
 * tiny one, a deep one with Nadam, and the tiny one with a doctor among its callbacks. */
#define _GNU_SOURCE
#include "testing/test.h"

#include <hone/doctor.h>
#include <hone/hone.h>

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#endif

enum { BATCH = 32, FIRST = 10, STEPS = 30 }; /* what is looked at: the batches from FIRST on */

/* ---- allocations, counted ---- */

static atomic_long allocations;

static void *count_allocate(void *context, size_t bytes)
{
    (void)context;
    atomic_fetch_add(&allocations, 1);
    return malloc(bytes);
}

static void *count_reallocate(void *context, void *block, size_t bytes)
{
    (void)context;
    atomic_fetch_add(&allocations, 1);
    return realloc(block, bytes);
}

static void release(void *context, void *block)
{
    (void)context;
    free(block);
}

static int count_allocations(void **state)
{
    (void)state;
    return hone_set_allocator(&(hone_allocator){count_allocate, count_reallocate, release, NULL});
}

AROUND_ALL(count_allocations, NULL);

/* ---- networks, and a fit with a mark at its middle and one at its end ---- */

typedef struct network {
    const char *name;
    int64_t inputs;
    hone_model *(*make)(void);
    bool watched; /* by the doctor, which looks at the ends of epochs */
} network;

static hone_model *make_chapter(void)
{
    hone_model *model = hone_sequential(hone_input(784), hone_dense(300, .activation = "relu"),
                                        hone_batch_normalization(), hone_dense(100, .activation = "relu"),
                                        hone_dropout(0.5), hone_dense(10, .activation = "softmax"));
    assert_int_equal(hone_compile(model, .optimizer = hone_adam(), .loss = "sparse_categorical_crossentropy",
                                  .metrics = {"accuracy"}),
                     HONE_OK);
    return model;
}

static hone_model *make_tiny(void)
{
    hone_model *model =
        hone_sequential(hone_input(64), hone_dense(32, .activation = "relu"),
                        hone_dense(16, .activation = "relu"), hone_dense(10, .activation = "softmax"));
    assert_int_equal(hone_compile(model, .optimizer = hone_sgd(), .loss = "sparse_categorical_crossentropy"),
                     HONE_OK);
    return model;
}

static hone_model *make_deep(void)
{
    hone_model *model = hone_sequential(hone_input(3072));
    for (int i = 0; i < 20; i++) {
        assert_int_equal(hone_model_add(model, hone_dense(100, .use_bias = false)), HONE_OK);
        assert_int_equal(hone_model_add(model, hone_batch_normalization()), HONE_OK);
        assert_int_equal(hone_model_add(model, hone_activation("swish")), HONE_OK);
    }
    assert_int_equal(hone_model_add(model, hone_dense(10, .activation = "softmax")), HONE_OK);
    assert_int_equal(hone_compile(model, .optimizer = hone_nadam(), .loss = "sparse_categorical_crossentropy",
                                  .metrics = {"accuracy"}),
                     HONE_OK);
    return model;
}

static const network networks[] = {{"chapter", 784, make_chapter, false},
                                   {"tiny", 64, make_tiny, false},
                                   {"deep", 3072, make_deep, false},
                                   {"tiny, with a doctor", 64, make_tiny, true}};

/* What is done after the batch before the first that is looked at, and after the last. */
typedef struct marks {
    void (*begin)(void), (*end)(void);
} marks;

static hone_status mark(void *context, hone_trainer *trainer, int64_t batch, hone_logs *logs)
{
    const marks *both = context;
    (void)trainer, (void)logs;
    if (batch == FIRST - 1)
        both->begin();
    if (batch == FIRST + STEPS - 1)
        both->end();
    return HONE_OK;
}

/* One epoch of FIRST + STEPS batches, with the marks. */
static void train_with_marks(const network *net, marks *both)
{
    const int64_t samples = BATCH * (FIRST + STEPS);
    hone_array *x = hone_array_create(HONE_FLOAT32, 2, (int64_t[]){samples, net->inputs});
    hone_array *y = hone_array_create(HONE_INT32, 1, &samples);
    assert_non_null(x);
    assert_non_null(y);
    for (int64_t i = 0; i < samples * net->inputs; i++)
        ((float *)x->data)[i] = (float)(i * 7919 % 1009) / 1009;
    for (int64_t i = 0; i < samples; i++)
        ((int32_t *)y->data)[i] = (int32_t)(i % 10);
    hone_dataset *data = hone_dataset_from_arrays(.x = {*x}, .y = {*y});
    hone_model *model = net->make();
    hone_callback *marking = hone_lambda_callback(.on_train_batch_end = mark, .context = both);
    assert_non_null(hone_fit(model, data,
                             .callbacks = net->watched ? hone_callbacks(hone_doctor(), marking)
                                                       : hone_callbacks(marking)));
    hone_model_free(model);
    hone_dataset_free(data);
    hone_array_free(x);
    hone_array_free(y);
}

/* ---- no allocation ---- */

static long before, during;

static void begin_counting(void)
{
    before = atomic_load(&allocations);
}

static void end_counting(void)
{
    during = atomic_load(&allocations) - before;
}

/* ---- no system call ---- */

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#endif

#if defined(__linux__) && !defined(SANITIZED)

enum { QUIET = 40, NO_FILTER = 41, LOUD = 42, NOT_RUN = 43 }; /* the child's exit status */

/* A system call that the filter caught: says which, and ends the child. */
static void caught(int signal, siginfo_t *info, void *context)
{
    char words[] = "system call 0000 during a step\n";
    (void)signal, (void)context;
    for (int i = 0, number = info->si_syscall; i < 4; i++, number /= 10)
        words[15 - i] = (char)('0' + number % 10);
    if (write(STDERR_FILENO, words, sizeof words - 1) < 0)
        _exit(LOUD);
    _exit(LOUD);
}

/* From now on every system call but write and exit_group raises SIGSYS. */
static void forbid_system_calls(void)
{
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof rules / sizeof *rules, .filter = rules};
    struct sigaction action = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO};
    if (sigaction(SIGSYS, &action, NULL) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        _exit(NO_FILTER);
}

static void end_quietly(void)
{
    _exit(QUIET);
}

static void ask_for_the_parent(void)
{
    (void)getppid();
    _exit(QUIET);
}

/* The exit status of a child that trains with these marks. */
static int train_in_child(const network *net, void (*begin)(void), void (*end)(void))
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        hone_set_threads(1);
        train_with_marks(net, &(marks){begin, end});
        _exit(NOT_RUN);
    }
    while (waitpid(child, &status, 0) < 0)
        assert_int_equal(errno, EINTR);
    return WIFEXITED(status) ? WEXITSTATUS(status) : NOT_RUN;
}

TEST(steps_make_no_system_call)
{
    int control = train_in_child(&networks[1], forbid_system_calls, ask_for_the_parent);
    if (control == NO_FILTER) {
        print_message("system calls cannot be filtered here\n");
        skip();
    }
    assert_int_equal(control, LOUD); /* the filter catches one that is made on purpose */
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++)
        if (train_in_child(&networks[i], forbid_system_calls, end_quietly) != QUIET)
            fail_msg("%s: a system call during a step", networks[i].name);
}

#else

TEST(steps_make_no_system_call)
{
    print_message("only on Linux and without a sanitizer\n");
    skip();
}

#endif

/* After the test that forks: no thread may be there before it. */
TEST(steps_do_not_allocate)
{
    for (int threads = 1; threads <= 3; threads++)
        for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
            hone_set_threads(threads);
            before = 0, during = -1;
            train_with_marks(&networks[i], &(marks){begin_counting, end_counting});
            assert_true(before > 100); /* making the model was counted */
            if (during != 0)
                fail_msg("%s on %d threads: %ld allocations in %d steps", networks[i].name, threads, during,
                         STEPS);
        }
    hone_set_threads(0);
}
