/* For tests of pages: judged outputs, and what stands on a page. */
#ifndef HONE_TESTING_PAGES_H
#define HONE_TESTING_PAGES_H

#include "report/report.h"
#include "testing/message.h"

#include <math.h>

static inline hone_judged judge(const float *targets, int64_t target_width, const float *outputs,
                                int64_t count, int64_t width, bool regression)
{
    hone_judged judged;
    assert_int_equal(
        hone_internal_judge(&judged, targets, target_width, outputs, count, count, width, regression),
        HONE_OK);
    return judged;
}

/* The page has all of these, in this order (up to NULL). */
static inline void check_page(const hone_text *page, const char *const *parts)
{
    const char *at = page->data;
    for (; *parts != NULL; parts++) {
        const char *found = strstr(at, *parts);
        if (found == NULL)
            fail_msg("\"%s\" is not on the page, or not in its place:\n%s", *parts, page->data);
        at = found + strlen(*parts);
    }
}
#define CHECK_PAGE(page, ...) check_page(page, (const char *const[]){__VA_ARGS__, NULL})

/* How often a part stands on the page. */
static inline int count_parts(const hone_text *page, const char *part)
{
    int count = 0;
    for (const char *at = page->data; (at = strstr(at, part)) != NULL; at++)
        count++;
    return count;
}

#endif
