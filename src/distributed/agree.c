/* Numbers that all ranks of a group agree on. */
#include "base/clock.h"
#include "distributed/group.h"

hone_status hone_group_greatest(hone_group *group, double number, double *greatest)
{
    *greatest = number;
    if (group == NULL)
        return HONE_OK;
    const hone_group_word word = {.kind = HONE_WORD_NUMBER, .number = number};
    HONE_TRY(hone_internal_group_talk(group, &word, NULL));
    for (int r = 0; r < hone_group_ranks(group); r++)
        if (hone_internal_group_number(group, r) > *greatest)
            *greatest = hone_internal_group_number(group, r);
    return HONE_OK;
}

/* Words cross each other: with d how far this clock is ahead of that of rank r,
 *
 *     what r said at t_r was heard here at h, which was later: h - d > t_r, so d < h - t_r.
 *
 * The other one knows as much of -d; the least of both after some rounds, in the middle of which d is. */
hone_status hone_internal_group_clocks(hone_group *group, double *bounds)
{
    enum { ROUNDS = 8 };
    const int ranks = hone_group_ranks(group);
    for (int k = 0; k < ROUNDS; k++) {
        const hone_group_word word = {.kind = HONE_WORD_NUMBER,
                                      .number = (double)hone_internal_nanoseconds()};
        HONE_TRY(hone_internal_group_talk(group, &word, NULL));
        const double now = (double)hone_internal_nanoseconds();
        for (int r = 0; r < ranks; r++) {
            const double bound = now - hone_internal_group_number(group, r);
            bounds[r] = k == 0 || bound < bounds[r] ? bound : bounds[r];
        }
    }
    return HONE_OK;
}
