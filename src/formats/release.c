/* Releases of Keras as numbers. */
#include "formats/formats.h"
#include <stdio.h>

int hone_internal_keras_version(const char *text)
{
    int major = 0, minor = 0;
    if (!text || sscanf(text, "%3d.%3d", &major, &minor) < 1 || major < 0 || minor < 0 || minor > 99)
        return 0;
    return 100 * major + minor;
}
