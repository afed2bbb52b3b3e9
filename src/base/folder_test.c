/* Folders made, and swept of what killed processes have left. */
#include "base/folder.h"
#include "base/memory.h"
#include "testing/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char top[] = "/tmp/hone_folder_XXXXXX";

static bool is_folder(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

static char *inside(const char *name)
{
    char *path = hone_internal_format("%s/%s", top, name);
    assert_non_null(path);
    return path;
}

static void touch(const char *path)
{
    int file = open(path, O_WRONLY | O_CREAT, 0666);
    assert_true(file >= 0);
    close(file);
}

TEST(makes_folders_and_their_parents)
{
    char *deep = inside("a/b/c/"), *file = inside("a/x/m.keras"), *middle = inside("a/x");
    assert_int_equal(hone_make_folder(deep), HONE_OK);
    assert_true(is_folder(deep));
    assert_int_equal(hone_make_folder(deep), HONE_OK);
    assert_int_equal(hone_internal_folder_make_for(file), HONE_OK);
    assert_true(is_folder(middle));
    assert_int_equal(hone_internal_folder_make_for("m.keras"), HONE_OK);
    assert_int_equal(hone_internal_folder_make_for("/m.keras"), HONE_OK);
    touch(file);
    assert_int_equal(hone_make_folder(file), HONE_ERROR_FILE);
    assert_non_null(strstr(hone_error_message(), "a file with this name exists"));
    assert_int_equal(hone_make_folder(""), HONE_ERROR_FILE);
    assert_int_equal(hone_make_folder("/proc/nowhere/a"), HONE_ERROR_FILE);
    unlink(file);
    hone_internal_free(deep), hone_internal_free(file), hone_internal_free(middle);
}

/* The number of a process that has ended. */
static long past_process(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    return (long)child;
}

TEST(sweeps_what_dead_processes_left)
{
    char old[64], own[64];
    snprintf(old, sizeof old, ".hone-%ld-3.part", past_process());
    snprintf(own, sizeof own, ".hone-%ld-3.part", (long)getpid());
    const char *names[] = {
        old, own, ".hone-1-x.part", "hone.part", ".hone-0-1.part", ".hone-99999999-1.part.keras"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = inside(names[i]);
        touch(path);
        hone_internal_free(path);
    }
    hone_internal_folder_sweep(top);
    hone_internal_folder_sweep("/nowhere");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = inside(names[i]);
        assert_int_equal(access(path, F_OK) != 0, i == 0);
        unlink(path);
        hone_internal_free(path);
    }
}

static int begin(void **state)
{
    (void)state;
    return mkdtemp(top) == NULL;
}

static int end(void **state)
{
    (void)state;
    static const char *const folders[] = {"a/b/c", "a/b", "a/x", "a", ""};
    int failed = 0;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char *path = inside(folders[i]);
        failed |= rmdir(path);
        hone_internal_free(path);
    }
    return failed;
}

AROUND_ALL(begin, end);
