/* Gathering the traces of all ranks. */
#include "train/traces.h"
#include "base/memory.h"
#include "base/trace.h"

bool hone_internal_traces_begin(const hone_group *group)
{
    const bool on = (hone_internal_group_flags(group) & HONE_FLAG_TRACE) != 0;
    if (on)
        hone_internal_trace_begin();
    return on;
}

/* What a rank says of itself: behind the word, how much rank 0's clock is ahead at most, then the events. */
typedef struct parcel {
    double bound;
    void *events;
    size_t bytes;
} parcel;

static hone_status receive(hone_group *group, parcel *parcels)
{
    for (int r = 1; r < hone_group_ranks(group); r++) {
        const double bytes = hone_internal_group_number(group, r);
        if (!(bytes >= 0 && bytes <= HONE_LARGEST_PARCEL))
            return hone_fail(HONE_ERROR_STATE, "a trace of %g bytes is more than there is room for", bytes);
        parcels[r].bytes = (size_t)bytes;
        parcels[r].events = hone_internal_allocate(parcels[r].bytes);
        if (parcels[r].events == NULL)
            return HONE_ERROR_MEMORY;
        HONE_TRY(hone_internal_group_add(group, r, false, &parcels[r].bound, sizeof parcels[r].bound));
        HONE_TRY(hone_internal_group_add(group, r, false, parcels[r].events, parcels[r].bytes));
    }
    return HONE_OK;
}

/* A round: all others to rank 0. */
static hone_status move(hone_group *group, const double *bounds, parcel *parcels)
{
    parcel own = {.bound = bounds[0]};
    own.events = (void *)(uintptr_t)hone_internal_trace_events(&own.bytes);
    const hone_group_word word = {.kind = HONE_WORD_NUMBER, .number = (double)own.bytes};
    HONE_TRY(hone_internal_group_begin(group));
    HONE_TRY(hone_internal_group_say(group, &word, NULL));
    if (hone_group_rank(group) > 0) {
        HONE_TRY(hone_internal_group_add(group, 0, true, &own.bound, sizeof own.bound));
        HONE_TRY(hone_internal_group_add(group, 0, true, own.events, own.bytes));
    }
    HONE_TRY(hone_internal_group_hear(group));
    if (hone_group_rank(group) == 0)
        HONE_TRY(receive(group, parcels));
    return hone_internal_group_finish(group);
}

/* Here a clock is ahead of rank r's by less than bounds[r], there by less than parcels[r].bound the other
 * way.
 */
static hone_status take(const hone_group *group, const double *bounds, const parcel *parcels)
{
    char name[128];
    for (int r = 1; r < hone_group_ranks(group) && hone_group_rank(group) == 0; r++)
        HONE_TRY(hone_internal_trace_take(r, hone_internal_group_name(group, r, name, sizeof name),
                                          parcels[r].events, parcels[r].bytes,
                                          (int64_t)((parcels[r].bound - bounds[r]) / 2)));
    return HONE_OK;
}

hone_status hone_internal_traces_gather(hone_group *group)
{
    const size_t ranks = (size_t)hone_group_ranks(group);
    double *bounds = hone_internal_allocate_zeroed(ranks, sizeof *bounds);
    parcel *parcels = hone_internal_allocate_zeroed(ranks, sizeof *parcels);
    hone_status status =
        bounds == NULL || parcels == NULL ? HONE_ERROR_MEMORY : hone_internal_group_clocks(group, bounds);
    if (status >= 0)
        status = move(group, bounds, parcels);
    if (status >= 0)
        status = take(group, bounds, parcels);
    for (size_t r = 0; parcels != NULL && r < ranks; r++)
        hone_internal_free(parcels[r].events);
    hone_internal_free(parcels);
    hone_internal_free(bounds);
    return status;
}
