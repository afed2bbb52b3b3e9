/* The version that a program asks for. */
#include <hone/version.h>

const char *hone_version(void)
{
    return HONE_VERSION_TEXT;
}
