/* What Hone asks of the system beyond C: POSIX. Where it is Windows, the same names over what that has, as
 * far as Hone needs them: paths with '/', descriptors whose bytes are left as they are, files of more than 2
 * GB. The one file in which systems differ by name, beside sleeping and placement of threads (waiting.c,
 * placement.c). */
#ifndef HONE_BASE_POSIX_H
#define HONE_BASE_POSIX_H

#include "base/error.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef _WIN32
#include <direct.h>
#include <io.h>
#include <stdint.h>
#include <stdlib.h>

#define O_CLOEXEC (O_BINARY | O_NOINHERIT) /* every file that Hone opens has it */
#define O_NONBLOCK 0
#define HONE_SCRATCH_VARIABLE "TEMP"
#define HONE_SCRATCH_FOLDER "."
#define RTLD_NOW 0
#define RTLD_LOCAL 0

#define dlclose hone_internal_windows_dlclose
#define dlerror hone_internal_windows_dlerror
#define dlopen hone_internal_windows_dlopen
#define dlsym hone_internal_windows_dlsym
#define fchmod(descriptor, mode) ((void)(mode), 0)
#define lstat(path, status) stat(path, status) /* its links are not looked at */
#define fsync(descriptor) _commit(descriptor)
#define mkdir(path, mode) _mkdir(path)
#define pread hone_internal_windows_pread
#undef pthread_atfork /* winpthreads has one that does nothing with its words */
#define pthread_atfork(before, in_parent, in_child) ((void)(before), (void)(in_parent), (void)(in_child))
#define pwrite hone_internal_windows_pwrite
#define read(descriptor, data, bytes) read(descriptor, data, (unsigned)(bytes))
#define readlink(path, target, size) ((void)(path), (void)(target), -1)
#define realpath(path, resolved) hone_internal_windows_realpath(path) /* of new memory */
#define rename hone_internal_windows_rename
#define write(descriptor, data, bytes) write(descriptor, data, (unsigned)(bytes))

void hone_internal_windows_dlclose(void *library);
const char *hone_internal_windows_dlerror(void);
void *hone_internal_windows_dlopen(const char *file, int how);
void *hone_internal_windows_dlsym(void *library, const char *name);
ssize_t hone_internal_windows_pread(int descriptor, void *data, size_t bytes, int64_t offset);
ssize_t hone_internal_windows_pwrite(int descriptor, const void *data, size_t bytes, int64_t offset);
char *hone_internal_windows_realpath(const char *path);
int hone_internal_windows_rename(const char *from,
                                 const char *to); /* replaces what is there, as POSIX says */
#else
#define HONE_SCRATCH_VARIABLE "TMPDIR"
#define HONE_SCRATCH_FOLDER "/tmp"
#endif

/* pthread_create with every signal blocked, so that the host's handlers run in the host's threads. */
int hone_internal_quiet_thread(pthread_t *thread, void *(*function)(void *), void *argument);
/* A new file of a name that nobody has, for `name` that ends in XXXXXX; it goes when it is closed. -1: errno
 * says why. */
int hone_internal_scratch_open(char *name);
/* `take` for each file whose path is of a pattern of the shell, in any order, until it fails; folders are
 * left out: *.csv means files. On Windows the last part of the path alone may have * and ?. */
hone_status hone_internal_files_of_pattern(const char *pattern,
                                           hone_status (*take)(const char *path, void *context),
                                           void *context);
/* Whether there is such a process; of another user too. */
bool hone_internal_process_lives(long process);
/* Bytes of memory with what it may be swapped to; SIZE_MAX where the system does not tell. */
size_t hone_internal_machine_memory(void);
/* Processors that are running, at least 1. */
int hone_internal_processors_online(void);

#endif
