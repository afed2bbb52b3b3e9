/* Data from standard input and pipes: what has to be read as a whole goes to a file without a name, in
 * TMPDIR. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 1 << 16, LONGEST = 4096 };

/* "-", "-#target=y": standard input with the options of data. */
bool cli_is_stdin(const char *source)
{
    return source[0] == '-' && (source[1] == '\0' || source[1] == '#');
}

int cli_temporary(void)
{
    const char *folder = getenv("TMPDIR");
    char path[LONGEST];
    snprintf(path, sizeof path, "%s/hone-XXXXXX", folder != NULL && folder[0] != '\0' ? folder : "/tmp");
    int descriptor = mkstemp(path);
    if (descriptor < 0) {
        hone_fail(HONE_ERROR_FILE, "%s: cannot make a scratch file: %s", path, strerror(errno));
        return -1;
    }
    unlink(path);
    return descriptor;
}

hone_status cli_write_all(int descriptor, const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t written = write(descriptor, bytes, count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return hone_fail(HONE_ERROR_FILE, "the scratch file in TMPDIR: cannot write: %s",
                             strerror(errno));
        bytes += written;
        count -= (size_t)written;
    }
    return HONE_OK;
}

/* The bytes up to the end, into the scratch file. */
static hone_status copy_all(int from, int to, const char *name)
{
    char block[BLOCK];
    for (;;) {
        ssize_t count = read(from, block, sizeof block);
        if (count == 0)
            return HONE_OK;
        if (count < 0 && errno != EINTR)
            return hone_fail(HONE_ERROR_FILE, "%s: cannot read: %s", name, strerror(errno));
        if (count > 0)
            CLI_TRY(cli_write_all(to, block, (size_t)count));
    }
}

/* What is neither an archive nor a picture is a table, unless the options name a format. */
static const char *format_of(int descriptor, const char *options)
{
    static const struct {
        const char *bytes, *options;
    } known[] = {{"\x93NUMPY", ""},
                 {"PK\x03\x04", ""},
                 {"\x89PNG", "format=images"},
                 {"\xff\xd8\xff", "format=images"},
                 {"\x1f\x8b", "format=csv"}};
    unsigned char start[8] = {0};
    if (strstr(options, "format=") != NULL || pread(descriptor, start, sizeof start, 0) <= 0)
        return "";
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (memcmp(start, known[i].bytes, strlen(known[i].bytes)) == 0)
            return known[i].options;
    if (start[0] == 0 && start[1] == 0)
        return ""; /* IDX */
    return "format=csv";
}

char *cli_name_descriptor(int descriptor, const char *options)
{
    const char *format = format_of(descriptor, options);
    size_t size = strlen(options) + 64;
    char *name = malloc(size);
    if (name == NULL) {
        hone_fail(HONE_ERROR_MEMORY, "out of memory");
        return NULL;
    }
    bool both = options[0] != '\0' && format[0] != '\0';
    snprintf(name, size, "/dev/fd/%d%s%s%s%s", descriptor, options[0] != '\0' || format[0] != '\0' ? "#" : "",
             format, both ? "," : "", options);
    return name;
}

bool cli_is_stream(const char *source)
{
    char path[LONGEST];
    struct stat status;
    if (cli_is_stdin(source))
        return true;
    snprintf(path, sizeof path, "%.*s", (int)strcspn(source, "#"), source);
    if (strcmp(path, "/dev/stdin") == 0) /* a file has no name there that says what is in it */
        return true;
    return stat(path, &status) == 0 &&
           (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode) || S_ISSOCK(status.st_mode));
}

char *cli_spool(const char *source, bool *spooled)
{
    char path[LONGEST];
    size_t length = strcspn(source, "#");
    *spooled = false;
    snprintf(path, sizeof path, "%.*s", (int)length, source);
    if (length >= sizeof path || !cli_is_stream(source))
        return NULL;
    *spooled = true;
    int from = cli_is_stdin(source) ? STDIN_FILENO : open(path, O_RDONLY),
        to = from < 0 ? -1 : cli_temporary();
    if (from < 0)
        hone_fail(HONE_ERROR_FILE, "%s: cannot open: %s", path, strerror(errno));
    hone_status status =
        to < 0 ? hone_error_status() : copy_all(from, to, cli_is_stdin(source) ? "standard input" : path);
    if (from > STDERR_FILENO)
        close(from);
    return status < 0 ? NULL : cli_name_descriptor(to, source[length] == '#' ? source + length + 1 : "");
}
