/* Tests of fetching a set of several files and one in an archive, from a local HTTPS server
 * (tests/cli/tls_server.py); and that the table of data sets can be right. tests/cli/fetch_test.py has the
 * server's bad manners. */
#define _XOPEN_SOURCE 700
#include "base/file.h"
#include "base/sha256.h"
#include "readers/named.h"
#include "testing/files.h"
#include "testing/test.h"
#include <hone/data.h>

#include <sys/wait.h>
#include <zlib.h>

static struct {
    pid_t process;
    int input; /* closing it ends the server */
    int port;
    char ca[256];
} server;

/* Serves the testing folder. */
static void start_server(void)
{
    int to[2], from[2];
    char line[300] = "";
    if (pipe(to) != 0 || pipe(from) != 0)
        abort();
    server.process = fork();
    if (server.process == 0) {
        dup2(to[0], 0);
        dup2(from[1], 1);
        close(to[1]);
        execlp("python3", "python3", "tests/cli/tls_server.py", testing_folder, (char *)NULL);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    FILE *answer = fdopen(from[0], "r");
    if (!fgets(line, sizeof line, answer) || sscanf(line, "%d %255s", &server.port, server.ca) != 2)
        server.port = 0;
    fclose(answer);
    server.input = to[1];
}

static int setup(void **state)
{
    if (testing_folder_make(state) != 0)
        return -1;
    start_server();
    return 0;
}

static int teardown(void **state)
{
    close(server.input);
    waitpid(server.process, NULL, 0);
    return testing_folder_remove(state);
}

static void describe(hone_known_file *file, const char *name, const void *data, size_t bytes)
{
    static char texts[4][HONE_SHA256_TEXT];
    static unsigned next;
    char *text = texts[next++ % 4];
    hone_sha256 hash;
    hone_internal_sha256_begin(&hash);
    hone_internal_sha256_take(&hash, data, bytes);
    hone_internal_sha256_finish(&hash, text);
    *file = (hone_known_file){name, (int64_t)bytes, text};
    testing_file(name, data, bytes);
}

static hone_status fetch(const hone_named_entry *entry, const char *manner)
{
    char mirror[128];
    snprintf(mirror, sizeof mirror, "https://localhost:%d/%s", server.port, manner);
    const hone_dataset_fetch_args args = {
        .folder = testing_path("to"), .mirror = mirror, .ca_file = server.ca, .patience = 30};
    return hone_internal_fetch(entry, &args);
}

AROUND_ALL(setup, teardown);

TEST(fetches_several_files)
{
    if (server.port == 0)
        skip();
    static char large[300000];
    for (size_t i = 0; i < sizeof large; i++)
        large[i] = (char)(i * i >> 3);
    hone_named_entry entry = {.name = "two", .below = "two/files"};
    describe(&entry.files[0], "large.bin", large, sizeof large);
    describe(&entry.files[1], "small.bin", "hello", 5);
    assert_int_equal(fetch(&entry, "cut"), HONE_ERROR_FILE);
    assert_int_equal(fetch(&entry, "good"), HONE_OK);
    assert_int_equal(testing_entries(testing_path("to/two/files")), 2);
    unlink(testing_path("to/two/files/small.bin"));
    unlink(testing_path("large.bin")); /* the server has lost it, and is not asked */
    assert_int_equal(fetch(&entry, "good"), HONE_OK);
    void *data;
    size_t bytes;
    assert_int_equal(hone_internal_file_read(testing_path("to/two/files/large.bin"), 1 << 20, &data, &bytes),
                     HONE_OK);
    assert_int_equal(bytes, sizeof large);
    assert_memory_equal(data, large, bytes);
    hone_internal_free(data);
}

/* A tar.gz of one member of 1000 bytes. */
static size_t make_archive(unsigned char *bytes, size_t size)
{
    unsigned char tar[2048 + 512] = {0};
    unsigned sum = 0;
    snprintf((char *)tar, 100, "set/data.bin");
    snprintf((char *)tar + 124, 12, "%011o", 1000);
    memset(tar + 148, ' ', 8);
    tar[156] = '0';
    for (int i = 0; i < 512; i++)
        sum += tar[i];
    snprintf((char *)tar + 148, 8, "%06o", sum);
    memset(tar + 512, 7, 1000);
    const char *path = testing_path("scratch.gz");
    gzFile file = gzopen(path, "wb");
    gzwrite(file, tar, sizeof tar);
    gzclose(file);
    void *data;
    size_t length;
    assert_int_equal(hone_internal_file_read(path, size, &data, &length), HONE_OK);
    memcpy(bytes, data, length);
    hone_internal_free(data);
    return length;
}

TEST(fetches_and_unpacks_an_archive)
{
    if (server.port == 0)
        skip();
    unsigned char bytes[4096];
    size_t length = make_archive(bytes, sizeof bytes);
    hone_named_entry entry = {.name = "packed", .below = "packed", .members = {{"set/data.bin", 1000}}};
    describe(&entry.files[0], "packed.tar.gz", bytes, length);
    entry.members[0].bytes = 999; /* the archive is right, what it holds is not */
    assert_int_equal(fetch(&entry, "good"), HONE_ERROR_FORMAT);
    assert_int_equal(testing_entries(testing_path("to/packed")), 1);
    entry.members[0].bytes = 1000;
    unlink(testing_path("packed.tar.gz")); /* taken out of what has been fetched, without the server */
    assert_int_equal(fetch(&entry, "good"), HONE_OK);
    assert_int_equal(testing_entries(testing_path("to/packed")), 1);
    assert_int_equal(fetch(&entry, "good"), HONE_OK);
    struct stat found;
    assert_int_equal(stat(testing_path("to/packed/data.bin"), &found), 0);
    assert_int_equal(found.st_size, 1000);
}

TEST(the_table_of_sets_can_be_right)
{
    for (size_t i = 0; i < hone_internal_named_datasets(); i++) {
        const hone_named_entry *entry = hone_internal_named_at(i);
        assert_int_equal(strncmp(entry->origin, "https://", 8), 0);
        assert_int_equal(entry->origin[strlen(entry->origin) - 1], '/');
        assert_non_null(entry->files[0].name);
        assert_non_null(entry->checksums);
        for (int j = 0; entry->files[j].name; j++) {
            assert_int_equal(strlen(entry->files[j].sha256), 64);
            assert_int_equal(strspn(entry->files[j].sha256, "0123456789abcdef"), 64);
            assert_true(entry->files[j].bytes > 0);
        }
        if (entry->members[0].name)
            assert_null(entry->files[1].name);
    }
}

static int stop_at_once(void *context, const char *file, int64_t received, int64_t bytes)
{
    (void)context, (void)file, (void)received, (void)bytes;
    return 1;
}

TEST(refuses_arguments)
{
    assert_int_equal(hone_dataset_fetch("nothing", .folder = "x"), HONE_ERROR_NAME);
    assert_int_equal(hone_dataset_fetch(NULL, .folder = "x"), HONE_ERROR_NAME);
    assert_int_equal(hone_dataset_fetch("iris", .folder = ""), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_dataset_fetch("iris", .folder = "x", .mirror = "http://a"), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_dataset_fetch("iris", .folder = "x", .mirror = "https://a\nb"),
                     HONE_ERROR_ARGUMENT);
    if (server.port == 0)
        return;
    hone_named_entry entry = {.name = "one", .below = ""};
    char mirror[128];
    describe(&entry.files[0], "one.bin", "one", 3);
    snprintf(mirror, sizeof mirror, "https://localhost:%d/good/", server.port);
    const hone_dataset_fetch_args args = {
        .folder = testing_path("to"), .mirror = mirror, .ca_file = server.ca, .progress = stop_at_once};
    assert_int_equal(hone_internal_fetch(&entry, &args), HONE_ERROR_CALLBACK);
}
