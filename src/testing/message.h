/* For tests: what the last failure says. */
#ifndef HONE_TESTING_MESSAGE_H
#define HONE_TESTING_MESSAGE_H

#include "base/error.h"
#include "testing/test.h"

#include <string.h>

/* The message holds these words. */
static inline void assert_message_has(const char *words)
{
    if (strstr(hone_error_message(), words) == NULL)
        fail_msg("expected \"%s\" in the message, received \"%s\"", words, hone_error_message());
}

/* A call failed in this way, with these words in its message. */
static inline void assert_failed(hone_status received, hone_status expected, const char *words)
{
    if (received != expected)
        fail_msg("expected the status %d, received %d: %s", (int)expected, (int)received,
                 hone_error_message());
    assert_message_has(words);
}

#endif
