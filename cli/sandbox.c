/* hone --sandbox COMMAND ...: what the command reads and writes is what its words name, and nothing else.
 * Before the first file is opened, Landlock confines the process to these paths and seccomp refuses the
 * network, other programs and looking into other processes; both stay until the process ends. A recipe's or
 * model's own paths are not among them, so a stranger's file opens nothing, also if it should take over a
 * reader. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* O_PATH */
#endif
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/syscall.h>

/* ---- files: Landlock ---- */

enum { TRUNCATE = 1 << 14, REFER = 1 << 13 }; /* of versions 3 and 2, which older headers lack */
enum {
    READS = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
    WRITES = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
             LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | TRUNCATE | REFER,
    OTHERS = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_SOCK |
             LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM,
    OF_FILES = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | TRUNCATE
};

/* What every command may read: libraries, fonts, and what this machine is. */
static const char *const SYSTEM[] = {"/usr",
                                     "/lib",
                                     "/lib64",
                                     "/etc/fonts",
                                     "/etc/localtime",
                                     "/proc/cpuinfo",
                                     "/sys/devices/system",
                                     "/sys/fs/cgroup",
                                     "/proc/self",
                                     NULL};

/* What is not there needs no rule. */
static bool allow(int rules, const char *path, uint64_t rights)
{
    struct stat status;
    int file = open(path, O_PATH | O_CLOEXEC);
    if (file < 0)
        return true;
    if (fstat(file, &status) == 0 && !S_ISDIR(status.st_mode))
        rights &= OF_FILES;
    struct landlock_path_beneath_attr rule = {.allowed_access = rights, .parent_fd = file};
    bool good =
        rights == 0 || syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
    close(file);
    return good;
}

/* A word, and what stands between its commas, "=" and "#": "x.npy,y.npy", "table.csv#target=y",
 * "--data=FILE". */
static bool allow_word(int rules, const char *word)
{
    char part[PATH_MAX];
    bool good = allow(rules, word, READS);
    for (size_t at = 0; good && word[at] != '\0';) {
        size_t length = strcspn(word + at, ",=#");
        if (length > 0 && length < sizeof part) {
            memcpy(part, word + at, length);
            part[length] = '\0';
            good = allow(rules, part, READS);
        }
        at += length + (word[at + length] != '\0');
    }
    return good;
}

/* Files are written beside their place and renamed: their folder takes them. A folder is made in its own. */
static bool allow_output(int rules, const char *path)
{
    char folder[PATH_MAX];
    struct stat status;
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return allow(rules, path, READS | WRITES);
    const char *slash = strrchr(path, '/');
    int length = slash == NULL ? 0 : slash == path ? 1 : (int)(slash - path);
    snprintf(folder, sizeof folder, "%.*s", length > 0 ? length : 1, length > 0 ? path : ".");
    return allow(rules, folder, LANDLOCK_ACCESS_FS_READ_DIR | WRITES); /* its other files are not read */
}

/* Options whose values are folders to be written. */
static bool writes(const cli_option *option)
{
    static const char *const FOLDERS[] = {"log-dir", "checkpoint", "cache", "folder"};
    for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++)
        if (option->name != NULL && strcmp(option->name, FOLDERS[i]) == 0)
            return true;
    return option->kind == CLI_FILE;
}

/* The value of the option at this word, in it or behind it; NULL when it is none that is written to. */
static const char *written_value(const cli_command *command, char **words, int i, int count)
{
    cli_option option;
    for (size_t at = 0; cli_option_at(command, at, &option); at++) {
        size_t length = strlen(option.name);
        if (!writes(&option) || strncmp(words[i], "--", 2) != 0 ||
            strncmp(words[i] + 2, option.name, length) != 0)
            continue;
        if (words[i][2 + length] == '=')
            return words[i] + 3 + length;
        if (words[i][2 + length] == '\0')
            return i + 1 < count ? words[i + 1] : NULL;
    }
    return NULL;
}

static bool allow_words(int rules, const cli_command *command, int count, char **words)
{
    bool good = true, converts = strcmp(command->name, "convert") == 0; /* its second operand is written */
    for (int i = 1, operands = 0; good && i < count; i++) {
        const char *value = written_value(command, words, i, count);
        operands += words[i][0] != '-';
        good = allow_word(rules, words[i]) && (value == NULL || allow_output(rules, value)) &&
               (!converts || words[i][0] == '-' || operands < 2 || allow_output(rules, words[i]));
    }
    return good;
}

/* Data sets by name: $HONE_DATA_DIR, otherwise ~/.cache/hone/datasets. */
static bool allow_data_sets(int rules)
{
    char folder[PATH_MAX];
    const char *given = getenv("HONE_DATA_DIR"), *home = getenv("HOME");
    if (given != NULL && given[0] != '\0')
        return allow(rules, given, READS);
    snprintf(folder, sizeof folder, "%s/.cache/hone/datasets", home == NULL ? "" : home);
    return home == NULL || allow(rules, folder, READS);
}

static bool confine_files(const cli_command *command, int count, char **words)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 3) /* before it, files could be cut that may not be written */
        return false;
    struct landlock_ruleset_attr handled = {.handled_access_fs = READS | WRITES | OTHERS};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0);
    bool good = rules >= 0 && allow_words(rules, command, count, words);
    for (size_t i = 0; good && SYSTEM[i] != NULL; i++)
        good = allow(rules, SYSTEM[i], READS);
    good = good && allow_data_sets(rules) && syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    if (rules >= 0)
        close(rules);
    return good;
}

/* ---- calls: seccomp ---- */

#if defined(__x86_64__)
#define THIS_ARCH AUDIT_ARCH_X86_64
#else
#define THIS_ARCH AUDIT_ARCH_AARCH64
#endif
#define REFUSE(call) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)

static bool confine_calls(void)
{
    static struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCH, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1), /* numbers of another table */
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        REFUSE(socket),
        REFUSE(socketpair),
        REFUSE(connect),
        REFUSE(bind),
        REFUSE(execve),
        REFUSE(execveat),
        REFUSE(ptrace),
        REFUSE(process_vm_readv),
        REFUSE(process_vm_writev),
        REFUSE(bpf),
        REFUSE(io_uring_setup),
        REFUSE(userfaultfd),
        REFUSE(perf_event_open),
        REFUSE(keyctl),
        REFUSE(add_key),
        REFUSE(mount),
        REFUSE(setns),
        REFUSE(unshare),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    const struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

int cli_enter_sandbox(const cli_command *command, int count, char **words)
{
    bool files = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && confine_files(command, count, words);
    if (files && confine_calls())
        return CLI_DONE;
    return cli_fail("--sandbox: this system cannot confine the process: %s",
                    files ? "the kernel has no seccomp"
                          : "the kernel has no Landlock of version 3 (Linux 6.2), or it is off");
}
#else
int cli_enter_sandbox(const cli_command *command, int count, char **words)
{
    (void)command;
    (void)count;
    (void)words;
    return cli_fail("--sandbox: this system cannot confine the process: it needs Linux on x86-64 or arm64");
}
#endif
