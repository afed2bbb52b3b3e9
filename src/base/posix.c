/* The system, by POSIX's names. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* mkstemp */
#endif
#include "base/posix.h"

#include "base/memory.h"
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#include <windows.h>

/* ---- Windows ---- */

void *hone_internal_windows_dlopen(const char *file, int how)
{
    (void)how;
    return (void *)LoadLibraryA(file);
}

void *hone_internal_windows_dlsym(void *library, const char *name)
{
    return (void *)(uintptr_t)GetProcAddress((HMODULE)library, name);
}

void hone_internal_windows_dlclose(void *library)
{
    FreeLibrary((HMODULE)library);
}

const char *hone_internal_windows_dlerror(void)
{
    return "it is not among the programs' libraries";
}

static OVERLAPPED place_of(int64_t offset)
{
    return (OVERLAPPED){.Offset = (DWORD)(offset & 0xffffffff), .OffsetHigh = (DWORD)(offset >> 32)};
}

ssize_t hone_internal_windows_pread(int descriptor, void *data, size_t bytes, int64_t offset)
{
    OVERLAPPED place = place_of(offset);
    DWORD count = 0;
    if (ReadFile((HANDLE)_get_osfhandle(descriptor), data, (DWORD)bytes, &count, &place) ||
        GetLastError() == ERROR_HANDLE_EOF)
        return (ssize_t)count;
    errno = EIO;
    return -1;
}

ssize_t hone_internal_windows_pwrite(int descriptor, const void *data, size_t bytes, int64_t offset)
{
    OVERLAPPED place = place_of(offset);
    DWORD count = 0;
    if (WriteFile((HANDLE)_get_osfhandle(descriptor), data, (DWORD)bytes, &count, &place))
        return (ssize_t)count;
    errno = GetLastError() == ERROR_DISK_FULL ? ENOSPC : EIO;
    return -1;
}

char *hone_internal_windows_realpath(const char *path)
{
    char *whole = access(path, F_OK) == 0 ? _fullpath(NULL, path, 0) : NULL;
    for (char *at = whole; at && *at; at++)
        if (*at == '\\')
            *at = '/';
    return whole;
}

int hone_internal_windows_rename(const char *from, const char *to)
{
    if (MoveFileExA(from, to, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH))
        return 0;
    errno = EACCES;
    return -1;
}

int hone_internal_quiet_thread(pthread_t *thread, void *(*function)(void *), void *argument)
{
    return pthread_create(thread, NULL, function, argument);
}

int hone_internal_scratch_open(char *name)
{
    if (_mktemp(name) == NULL)
        return -1;
    return _open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | _O_TEMPORARY, _S_IREAD | _S_IWRITE);
}

hone_status hone_internal_files_of_pattern(const char *pattern,
                                           hone_status (*take)(const char *path, void *context),
                                           void *context)
{
    const char *slash = strrchr(pattern, '/');
    const int folder = slash ? (int)(slash + 1 - pattern) : 0;
    struct __finddata64_t found;
    const intptr_t search = _findfirst64(pattern, &found);
    hone_status status = HONE_OK;
    char path[MAX_PATH + sizeof found.name];

    for (bool more = search != -1; more && status >= 0; more = _findnext64(search, &found) == 0) {
        if (found.attrib & _A_SUBDIR || folder > MAX_PATH)
            continue;
        snprintf(path, sizeof path, "%.*s%s", folder, pattern, found.name);
        status = take(path, context);
    }
    if (search != -1)
        _findclose(search);
    return status;
}

bool hone_internal_process_lives(long process)
{
    HANDLE handle = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, (DWORD)process);
    if (handle == NULL)
        return GetLastError() != ERROR_INVALID_PARAMETER;
    CloseHandle(handle);
    return true;
}

size_t hone_internal_machine_memory(void)
{
    MEMORYSTATUSEX machine = {.dwLength = sizeof machine};
    return GlobalMemoryStatusEx(&machine) && machine.ullTotalPageFile < SIZE_MAX
               ? (size_t)machine.ullTotalPageFile
               : SIZE_MAX;
}

int hone_internal_processors_online(void)
{
    SYSTEM_INFO machine;
    GetSystemInfo(&machine);
    return machine.dwNumberOfProcessors > 0 ? (int)machine.dwNumberOfProcessors : 1;
}

#else
#include <glob.h>
#include <signal.h>
#ifdef __linux__
#include <sys/sysinfo.h>
#endif

/* ---- POSIX ---- */

int hone_internal_quiet_thread(pthread_t *thread, void *(*function)(void *), void *argument)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(thread, NULL, function, argument);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

int hone_internal_scratch_open(char *name)
{
    int descriptor = mkstemp(name);
    if (descriptor >= 0) {
        unlink(name);
        fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    }
    return descriptor;
}

hone_status hone_internal_files_of_pattern(const char *pattern,
                                           hone_status (*take)(const char *path, void *context),
                                           void *context)
{
    glob_t found = {.gl_pathc = 0};
    const int result = glob(pattern, GLOB_MARK | GLOB_NOSORT, NULL, &found);
    hone_status status = HONE_OK;

    if (result == GLOB_NOSPACE)
        status = hone_internal_fail_memory(0, "the files of a pattern");
    for (size_t i = 0; result == 0 && status >= 0 && i < found.gl_pathc; i++) {
        const char *path = found.gl_pathv[i];
        if (path[0] && path[strlen(path) - 1] != '/')
            status = take(path, context);
    }
    globfree(&found);
    return status;
}

bool hone_internal_process_lives(long process)
{
    return kill((pid_t)process, 0) == 0 || errno != ESRCH;
}

size_t hone_internal_machine_memory(void)
{
#ifdef __linux__
    struct sysinfo machine;
    size_t bytes;
    if (sysinfo(&machine) == 0 &&
        hone_internal_multiply_size((uint64_t)machine.totalram + machine.totalswap, machine.mem_unit, &bytes))
        return bytes;
#endif
    return SIZE_MAX;
}

int hone_internal_processors_online(void)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 && online < INT32_MAX ? (int)online : 1;
}
#endif
