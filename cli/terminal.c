/* The terminal, when there is one. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool cli_redraws(int descriptor)
{
    const char *kind = getenv("TERM");
    return isatty(descriptor) == 1 && kind != NULL && kind[0] != '\0' && strcmp(kind, "dumb") != 0;
}

bool cli_plain(void)
{
    const char *said = getenv("NO_COLOR");
    return said != NULL && said[0] != '\0';
}

int64_t cli_columns(int descriptor)
{
    const char *text = getenv("COLUMNS");
    struct winsize size;
    int64_t columns;
    if (text != NULL && cli_to_integer(text, &columns) && columns > 0)
        return columns;
    bool known = ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : 80;
}
