/* The sandbox, by trying: what is not named cannot be opened, written, connected to or run. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* as sandbox.c */
#endif
#include "cli.h"
#include "testing/files.h"
#include "testing/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of the command, which is not linked here. */
bool cli_option_at(const cli_command *command, size_t index, cli_option *option)
{
    *option = (cli_option){.name = "output", .kind = CLI_FILE};
    (void)command;
    return index == 0;
}

int cli_fail(const char *format, ...)
{
    (void)format;
    return CLI_FAILED;
}

#include "sandbox.c"

static bool refused(int result, int reason)
{
    return result < 0 && errno == reason;
}

static bool opens(const char *path, int flags)
{
    int file = open(path, flags, 0600);
    if (file >= 0)
        close(file);
    return file >= 0;
}

/* In a process of its own: the bits of what went wrong. */
static int tried(const char *input, const char *other, const char *output, const char *elsewhere)
{
    static const cli_command command = {.name = "train"};
    char joined[1024], *words[] = {"train", joined, "--output", (char *)(uintptr_t)output};
    snprintf(joined, sizeof joined, "%s#target=y", input);
    if (cli_enter_sandbox(&command, 4, words) != CLI_DONE)
        return 128;
    return (!opens(input, O_RDONLY)) | opens(input, O_WRONLY) << 1 | opens(other, O_RDONLY) << 2 |
           opens("/etc/passwd", O_RDONLY) << 3 | (!opens(output, O_WRONLY | O_CREAT)) << 4 |
           (opens(elsewhere, O_WRONLY | O_CREAT) || opens(output, O_RDONLY)) << 5 |
           (!refused(socket(AF_INET, SOCK_STREAM, 0), EPERM) ||
            !refused(socket(AF_UNIX, SOCK_STREAM, 0), EPERM) ||
            !refused(execl("/bin/true", "true", (char *)NULL), EPERM))
               << 6;
}

TEST(what_is_not_named_cannot_be_reached)
{
    char input[256], other[256], folder[256], output[300], elsewhere[256];
    snprintf(input, sizeof input, "%s", testing_file("in.csv", "x,y\n", 4));
    snprintf(other, sizeof other, "%s", testing_file("other.csv", "x,y\n", 4));
    snprintf(folder, sizeof folder, "%s", testing_path("out"));
    snprintf(output, sizeof output, "%s/m.keras", folder);
    snprintf(elsewhere, sizeof elsewhere, "%s", testing_path("m.keras"));
    assert_int_equal(mkdir(folder, 0700), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(tried(input, other, output, elsewhere));
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 128) {
        print_message("this kernel has no sandbox\n");
        skip();
    }
    assert_int_equal(WEXITSTATUS(status), 0);
}

AROUND_ALL(testing_folder_make, testing_folder_remove);
