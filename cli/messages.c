/* What the command says: messages on stderr, results on stdout. */
#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void say(const char *format, va_list arguments)
{
    fputs("hone: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

int cli_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
    return CLI_FAILED;
}

int cli_fail_usage(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
    return CLI_USAGE;
}

void cli_say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
}

int cli_fail_library(void)
{
    const char *message = hone_error_message();
    return cli_fail("%s", message[0] != '\0' ? message : "unknown error");
}

int cli_finish_output(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    int failed = cli_fail("standard output: cannot write: %s", strerror(errno));
    return status == CLI_DONE ? failed : status;
}
