/* What Hone asks of the system beyond C. */
#include "base/posix.h"

#include "testing/test.h"
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static void *count_blocked(void *argument)
{
    int *blocked = argument;
#ifdef _WIN32
    *blocked = 2;
#else
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    *blocked = sigismember(&mask, SIGINT) + sigismember(&mask, SIGUSR1);
#endif
    return NULL;
}

TEST(threads_of_hone_take_no_signal)
{
    pthread_t thread;
    int blocked = 0, own = 0;
    assert_int_equal(hone_internal_quiet_thread(&thread, count_blocked, &blocked), 0);
    pthread_join(thread, NULL);
    assert_int_equal(blocked, 2);
#ifndef _WIN32
    count_blocked(&own);
#endif
    assert_int_equal(own, 0);
}

TEST(a_scratch_file_has_its_bytes_and_goes)
{
    char name[] = "./hone-posix-test-XXXXXX", read_again[4] = "";
    int descriptor = hone_internal_scratch_open(name);
    assert_true(descriptor >= 0);
    assert_int_equal(pwrite(descriptor, "\r\n\x1a\n", 4, (int64_t)1 << 20), 4);
    assert_int_equal(pread(descriptor, read_again, 4, (int64_t)1 << 20), 4);
    assert_memory_equal(read_again, "\r\n\x1a\n", 4);
    assert_int_equal(pread(descriptor, read_again, 4, (int64_t)1 << 21), 0);
    close(descriptor);
    assert_int_not_equal(access(name, F_OK), 0);
}

static hone_status count_and_refuse(const char *path, void *count)
{
    assert_non_null(strstr(path, "hone-posix-test-"));
    return ++*(int *)count == 2 ? HONE_ERROR_FILE : HONE_OK;
}

TEST(files_of_a_pattern_are_named_until_one_is_refused)
{
    char name[] = "./hone-posix-test-0.part";
    int count = 0;
    assert_int_equal(mkdir("hone-posix-test-folder.part", 0700), 0);
    assert_int_equal(hone_internal_files_of_pattern("./hone-posix-test-*.part", count_and_refuse, &count),
                     HONE_OK);
    assert_int_equal(count, 0);
    for (int i = 0; i < 3; i++) {
        name[strlen("./hone-posix-test-")] = (char)('0' + i);
        fclose(fopen(name, "wb"));
    }
    assert_int_equal(hone_internal_files_of_pattern("./hone-posix-test-?.part", count_and_refuse, &count),
                     HONE_ERROR_FILE);
    assert_int_equal(count, 2);
    for (int i = 0; i < 3; i++) {
        name[strlen("./hone-posix-test-")] = (char)('0' + i);
        remove(name);
    }
    rmdir("hone-posix-test-folder.part");
}

TEST(renaming_replaces)
{
    static const char *const names[] = {"hone-posix-test-a", "hone-posix-test-b"};
    for (int i = 0; i < 2; i++) {
        FILE *file = fopen(names[i], "wb");
        assert_non_null(file);
        fprintf(file, "%d", i);
        fclose(file);
    }
    assert_int_equal(rename(names[0], names[1]), 0);
    assert_int_not_equal(access(names[0], F_OK), 0);
    FILE *file = fopen(names[1], "rb");
    assert_non_null(file);
    assert_int_equal(fgetc(file), '0');
    fclose(file);
    unlink(names[1]);
}

TEST(knows_which_processes_live)
{
    assert_true(hone_internal_process_lives((long)getpid()));
    assert_false(hone_internal_process_lives(0x7ffffffe)); /* beyond the largest number of a process */
}

TEST(there_is_a_processor_and_memory)
{
    assert_true(hone_internal_processors_online() >= 1);
    assert_true(hone_internal_machine_memory() > 1 << 24);
}
