/* Preloaded into the command by whole_files_test.py: a disk and a machine with trouble, as the variable
 * TROUBLE says:
 *
 *     full:N    after N bytes there is no space left (what fits is still written)
 *     short     a write takes at most 13 bytes
 *     eintr     every second write is interrupted before it begins
 *     sync      fsync fails
 *     rename    rename fails
 *     kill:N    the N-th call of open (to create), write, fsync, rename, close ends the process by SIGKILL,
 * before it does anything
 *
 * Standard output and error are left alone. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long room = -1, calls_left = -1, writes;

static int is(const char *kind)
{
    const char *trouble = getenv("TROUBLE");
    return trouble != NULL && strncmp(trouble, kind, strlen(kind)) == 0;
}

__attribute__((constructor)) static void start(void)
{
    if (is("full:"))
        room = atol(getenv("TROUBLE") + 5);
    if (is("kill:"))
        calls_left = atol(getenv("TROUBLE") + 5);
}

static void count_call(void)
{
    if (atomic_load(&calls_left) > 0 && atomic_fetch_sub(&calls_left, 1) == 1)
        raise(SIGKILL);
}

ssize_t write(int file, const void *data, size_t size)
{
    static ssize_t (*real)(int, const void *, size_t);
    if (real == NULL)
        real = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    if (file <= 2)
        return real(file, data, size);
    count_call();
    if (is("eintr") && atomic_fetch_add(&writes, 1) % 2 == 0) {
        errno = EINTR;
        return -1;
    }
    if (is("short") && size > 13)
        size = 13;
    if (is("full:")) {
        if (size > 0 && atomic_load(&room) == 0) {
            errno = ENOSPC;
            return -1;
        }
        if ((long)size > atomic_load(&room))
            size = (size_t)atomic_load(&room);
        atomic_fetch_sub(&room, (long)size);
    }
    return real(file, data, size);
}

int fsync(int file)
{
    static int (*real)(int);
    if (real == NULL)
        real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    count_call();
    if (is("sync")) {
        errno = EIO;
        return -1;
    }
    return real(file);
}

int rename(const char *from, const char *to)
{
    static int (*real)(const char *, const char *);
    if (real == NULL)
        real = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
    count_call();
    if (is("rename")) {
        errno = EIO;
        return -1;
    }
    return real(from, to);
}

int open(const char *path, int flags, ...)
{
    static int (*real)(const char *, int, ...);
    va_list more;
    va_start(more, flags);
    int mode = va_arg(more, int);
    va_end(more);
    if (real == NULL)
        real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
    if (flags & O_CREAT)
        count_call();
    return real(path, flags, mode);
}
