/* One file over HTTPS: what is decided without a server. tests/cli/fetch_test.py has the servers. */
#define _XOPEN_SOURCE 700
#include "readers/transfer.h"
#include "base/file.h"
#include "testing/files.h"
#include "testing/message.h"

#include <fcntl.h>
#include <sys/file.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

#define HELLO "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" /* of "hello" */

/* From where nothing listens; `url` NULL: a port that refuses. */
static hone_status transfer(const char *url)
{
    char path[600];
    snprintf(path, sizeof path, "%s", testing_path("f.bin"));
    const hone_transfer order = {.url = url != NULL ? url : "https://127.0.0.1:1/f.bin",
                                 .path = path,
                                 .name = "f.bin",
                                 .bytes = 5,
                                 .sha256 = HELLO,
                                 .patience = 5};
    hone_error_clear();
    return hone_internal_transfer(&order);
}

static bool there(const char *name)
{
    return access(testing_path(name), F_OK) == 0;
}

/* What stands under the name, and beside it, before; NULL: nothing. */
static const struct {
    const char *name, *target, *aside;
    hone_status status;
    const char *words;
    bool target_after, aside_after;
} starts[] = {
    {"the file is there", "hello", NULL, HONE_OK, NULL, true, false},
    {"another file of its size is there", "jello", NULL, HONE_ERROR_FILE,
     "f.bin: another file with this name exists (expected SHA-256 " HELLO ", received ", true, false},
    {"a longer file is there", "hello!", NULL, HONE_ERROR_FILE, "received of another size); move it away",
     true, false},
    {"all of it came before", NULL, "hello", HONE_OK, NULL, true, false},
    {"part of it came before", NULL, "hel", HONE_ERROR_FILE,
     "https://127.0.0.1:1/f.bin: the server cannot be reached", false, true},
    {"nothing came before", NULL, NULL, HONE_ERROR_FILE, "the server cannot be reached", false, true},
    {"more than all came before", NULL, "hello!", HONE_ERROR_FILE, "the server cannot be reached", false,
     true},
    {"what came before is another file", NULL, "jello", HONE_ERROR_FILE, "the server cannot be reached",
     false, true},
};

TEST_EACH(what_is_there_counts, starts)
{
    testing_folder_empty(testing_folder);
    if (row->target != NULL)
        testing_file("f.bin", row->target, strlen(row->target));
    if (row->aside != NULL)
        testing_file("f.bin.incomplete", row->aside, strlen(row->aside));
    assert_int_equal(transfer(NULL), row->status);
    if (row->words != NULL)
        assert_message_has(row->words);
    assert_int_equal(there("f.bin"), row->target_after);
    assert_int_equal(there("f.bin.incomplete"), row->aside_after);
}

static const struct {
    const char *name, *url;
} protocols[] = {{"plain HTTP", "http://127.0.0.1:1/f.bin"},
                 {"a file", "file:///etc/passwd"},
                 {"FTP", "ftp://127.0.0.1:1/f.bin"},
                 {"nothing", "x:"}};

TEST_EACH(nothing_but_https_is_asked, protocols)
{
    testing_folder_empty(testing_folder);
    assert_int_equal(transfer(row->url), HONE_ERROR_FILE);
    assert_false(there("f.bin"));
}

TEST(two_do_not_fetch_the_same_file)
{
    testing_folder_empty(testing_folder);
    const int other = open(testing_path("f.bin.incomplete"), O_RDWR | O_CREAT, 0600);
    assert_true(other >= 0 && flock(other, LOCK_EX | LOCK_NB) == 0);
    assert_failed(transfer(NULL), HONE_ERROR_FILE, "f.bin: another process is fetching this file");
    close(other);
}

TEST(what_is_written_is_a_plain_file)
{
    testing_folder_empty(testing_folder);
    assert_int_equal(symlink("elsewhere", testing_path("f.bin.incomplete")), 0);
    assert_failed(transfer(NULL), HONE_ERROR_FILE, "f.bin.incomplete: cannot write the file");
    assert_false(there("elsewhere"));
    unlink(testing_path("f.bin.incomplete"));
    assert_int_equal(mkfifo(testing_path("f.bin.incomplete"), 0600), 0);
    assert_failed(transfer(NULL), HONE_ERROR_FILE, "f.bin.incomplete: expected a regular file");
}
