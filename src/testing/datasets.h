/* Data sets for tests: one that must load, and one that must be refused with a message. */
#ifndef HONE_TESTING_DATASETS_H
#define HONE_TESTING_DATASETS_H

#include "base/error.h"
#include "testing/test.h"
#include <hone/data.h>
#include <stdio.h>
#include <string.h>

/* The path with what stands behind it; good until seven more were made. */
static inline const char *testing_with(const char *path, const char *end)
{
    static char texts[8][900];
    static unsigned next;
    char *text = texts[next++ % 8];
    snprintf(text, sizeof texts[0], "%s%s", path, end);
    return text;
}

static inline hone_dataset *testing_load(const char *source)
{
    hone_dataset *data = hone_dataset_load(source, NULL, 1);
    if (!data)
        fail_msg("%s: %s", source, hone_error_message());
    return data;
}

static inline void testing_assert_refused(const char *source, const char *message)
{
    hone_error_clear();
    hone_dataset *data = hone_dataset_load(source, NULL, 1);
    if (data)
        fail_msg("accepted: %s", source);
    if (!strstr(hone_error_message(), message))
        fail_msg("%s: received \"%s\", expected \"%s\"", source, hone_error_message(), message);
}

#endif
