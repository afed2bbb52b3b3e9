/* Windows and ranges of the ranks, weights on their way to all, slots on theirs to rank 0. */
#include "train/optimizer_parts.h"
#include "base/memory.h"

#include <string.h>

/* ---- who has what ---- */

static size_t place_after(const hone_optimizer_parts *parts, int variable)
{
    const size_t line = HONE_ALIGNMENT / sizeof(float),
                 count = (size_t)hone_internal_variable_count(parts->whole->variables[variable]);
    return parts->places[variable] + (count + line - 1) / line * line;
}

/* An end within a variable that cannot be cut moves to the nearer end of it. */
static size_t end_between(const hone_optimizer_parts *parts, size_t end)
{
    for (int i = 0; i < parts->whole->variable_count; i++) {
        const size_t first = parts->places[i], past = place_after(parts, i);
        if (end > first && end < past && !hone_internal_optimizer_can_cut(parts->whole, i))
            return end - first < past - end ? first : past;
    }
    return end;
}

static hone_item_range range_within(const hone_optimizer_parts *parts, int variable, size_t begin, size_t end)
{
    const size_t first = parts->places[variable],
                 past = first + (size_t)hone_internal_variable_count(parts->whole->variables[variable]),
                 from = begin > first ? begin : first, to = end < past ? end : past;
    return from < to ? (hone_item_range){(int64_t)(from - first), (int64_t)(to - first)}
                     : (hone_item_range){0, 0};
}

hone_item_range hone_internal_parts_range(const hone_optimizer_parts *parts, int rank, int variable)
{
    return parts->ranges[rank * parts->whole->variable_count + variable];
}

static void deal(hone_optimizer_parts *parts, size_t floats)
{
    const int count = parts->whole->variable_count;
    for (int r = 0; r < parts->ranks; r++) {
        parts->ends[r] = end_between(parts, hone_internal_exchange_window_end(floats, parts->ranks, r));
        for (int i = 0; i < count; i++)
            parts->ranges[r * count + i] =
                range_within(parts, i, r > 0 ? parts->ends[r - 1] : 0, parts->ends[r]);
    }
}

/* ---- slots ---- */

/* A run of numbers of a slot. */
typedef struct piece {
    hone_variable *slot;
    int64_t begin, end;
} piece;

/* What a rank has of a slot; nothing of those that belong to no variable: everybody has them. */
static piece piece_of(const hone_optimizer_parts *parts, int rank, size_t index)
{
    const hone_optimizer_slot_entry *slot = &parts->whole->slots[index];
    piece made = {.slot = slot->variable};
    if (slot->of < 0)
        return made;
    const hone_item_range range = hone_internal_parts_range(parts, rank, slot->of);
    if (hone_internal_range_empty(range))
        return made;
    const bool cut = hone_internal_optimizer_can_cut(parts->whole, slot->of);
    made.begin = cut ? range.begin : 0;
    made.end = cut ? range.end : hone_internal_variable_count(slot->variable);
    return made;
}

static void forget_others(const hone_optimizer_parts *parts)
{
    for (int r = 0; r < parts->ranks; r++)
        for (size_t s = 0; s < parts->whole->slot_count && r != parts->rank; s++) {
            const piece one = piece_of(parts, r, s);
            hone_internal_variable_forget(one.slot, one.begin, one.end);
        }
}

static hone_status add_pieces(const hone_optimizer_parts *parts, int rank, int peer)
{
    for (size_t s = 0; s < parts->whole->slot_count; s++) {
        const piece one = piece_of(parts, rank, s);
        HONE_TRY(hone_internal_group_add(parts->group, peer, rank == parts->rank,
                                         hone_internal_variable_data(one.slot) + one.begin,
                                         (size_t)(one.end - one.begin) * sizeof(float)));
    }
    return HONE_OK;
}

hone_status hone_internal_parts_gather(hone_optimizer_parts *parts, int64_t step)
{
    const hone_group_word word = {.kind = HONE_WORD_SLOTS, .step = step};
    if (parts->gathered)
        return HONE_OK;
    HONE_TRY(hone_internal_group_begin(parts->group));
    HONE_TRY(hone_internal_group_say(parts->group, &word, NULL));
    if (parts->rank > 0)
        HONE_TRY(add_pieces(parts, parts->rank, 0));
    HONE_TRY(hone_internal_group_hear(parts->group));
    for (int r = 1; r < parts->ranks && parts->rank == 0; r++)
        HONE_TRY(add_pieces(parts, r, r));
    HONE_TRY(hone_internal_group_finish(parts->group));
    parts->gathered = true;
    if (parts->rank == 0)
        parts->whole->parts = 0;
    return HONE_OK;
}

/* ---- an update ---- */

void hone_internal_parts_begin(hone_optimizer_parts *parts)
{
    hone_optimizer *whole = parts->whole;
    if (parts->gathered || whole->parts == 0)
        forget_others(parts);
    whole->parts = parts->ranks;
    whole->part = parts->rank;
    parts->gathered = false;
    for (int i = 0; i < whole->variable_count; i++) /* row by row: the part's variables are in their memory */
        hone_internal_variable_data(whole->variables[i]);
    hone_internal_optimizer_begin_part(parts->own, whole);
}

void hone_internal_parts_pack(const hone_optimizer_parts *parts, float *floats)
{
    for (int i = 0; i < parts->whole->variable_count; i++) {
        const hone_item_range range = hone_internal_parts_range(parts, parts->rank, i);
        memcpy(floats + parts->places[i] + range.begin,
               hone_internal_variable_data(parts->whole->variables[i]) + range.begin,
               (size_t)(range.end - range.begin) * sizeof *floats);
    }
}

void hone_internal_parts_unpack(const hone_optimizer_parts *parts, const float *floats)
{
    for (int r = 0; r < parts->ranks; r++)
        for (int i = 0; i < parts->whole->variable_count && r != parts->rank; i++) {
            const hone_item_range range = hone_internal_parts_range(parts, r, i);
            memcpy(hone_internal_variable_data(parts->whole->variables[i]) + range.begin,
                   floats + parts->places[i] + range.begin,
                   (size_t)(range.end - range.begin) * sizeof *floats);
        }
}

/* ---- making them ---- */

static hone_status check(const hone_optimizer_parts *parts)
{
    const hone_optimizer *whole = parts->whole;
    if (whole->parts == 0 || (whole->parts == parts->ranks && whole->part == parts->rank))
        return HONE_OK;
    return hone_fail(
        HONE_ERROR_STATE,
        "shard_optimizer: this process has the optimizer's state of rank %d of %d, and cannot go "
        "on as rank %d of %d; resume from a checkpoint",
        whole->part, whole->parts, parts->rank, parts->ranks);
}

hone_optimizer_parts *hone_internal_parts_create(hone_optimizer *optimizer, const size_t *places,
                                                 size_t floats, hone_group *group)
{
    hone_optimizer_parts *parts = hone_internal_allocate_zeroed(1, sizeof *parts);
    if (parts == NULL)
        return NULL;
    const int ranks = hone_group_ranks(group);
    *parts = (hone_optimizer_parts){.whole = hone_optimizer_retain(optimizer),
                                    .group = group,
                                    .ranks = ranks,
                                    .rank = hone_group_rank(group),
                                    .places = places};
    parts->ends = hone_internal_allocate_zeroed((size_t)ranks, sizeof *parts->ends);
    parts->ranges = hone_internal_allocate_zeroed((size_t)ranks * ((size_t)optimizer->variable_count + 1),
                                                  sizeof *parts->ranges);
    if (parts->ends != NULL && parts->ranges != NULL && check(parts) >= 0) {
        deal(parts, floats);
        parts->own =
            hone_internal_optimizer_part(optimizer, parts->ranges + parts->rank * optimizer->variable_count);
    }
    if (parts->own != NULL)
        return parts;
    hone_internal_parts_free(parts);
    return NULL;
}

void hone_internal_parts_free(hone_optimizer_parts *parts)
{
    if (parts == NULL)
        return;
    hone_optimizer_free(parts->own);
    hone_optimizer_free(parts->whole);
    hone_internal_free(parts->ranges);
    hone_internal_free(parts->ends);
    hone_internal_free(parts);
}
