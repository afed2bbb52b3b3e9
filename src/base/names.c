/* A crit-bit tree. A fork says at which bit two groups of names first differ, so a name is looked up by
 * following its own bits, and compared once, with the only name that it can be. Bits of a name behind its end
 * are 0. */
#include "base/names.h"

#include "base/memory.h"
#include <hone/error.h>
#include <stdint.h>
#include <string.h>

struct hone_names_entry {
    const char *name;
    void *value;
};

/* A place in the tree is a fork's index times two, or an entry's times two plus one. */
struct hone_names_fork {
    size_t byte;
    unsigned char bit; /* the one that differs */
    size_t place[2];   /* of names with a 0 and a 1 there */
};

static size_t entry_place(size_t index)
{
    return index * 2 + 1;
}

static bool is_entry(size_t place)
{
    return place % 2 == 1;
}

static int side_of(const struct hone_names_fork *fork, const char *name, size_t length)
{
    return fork->byte < length && ((unsigned char)name[fork->byte] & fork->bit) != 0;
}

/* The entry whose bits are the name's at every fork on the way. There must be one. */
static struct hone_names_entry *nearest(const hone_names *names, const char *name, size_t length)
{
    size_t place = names->root;
    while (!is_entry(place)) {
        const struct hone_names_fork *fork = &names->forks[place / 2];
        place = fork->place[side_of(fork, name, length)];
    }
    return &names->entries[place / 2];
}

void *hone_internal_names_get(const hone_names *names, const char *name)
{
    if (names->count == 0)
        return NULL;
    const struct hone_names_entry *entry = nearest(names, name, strlen(name));
    return strcmp(entry->name, name) == 0 ? entry->value : NULL;
}

/* The highest bit in which two bytes differ. */
static unsigned char highest_difference(unsigned char a, unsigned char b)
{
    unsigned difference = (unsigned)(a ^ b), bit = 128;
    while ((difference & bit) == 0)
        bit >>= 1;
    return (unsigned char)bit;
}

static bool stands_before(const struct hone_names_fork *a, const struct hone_names_fork *b)
{
    return a->byte < b->byte || (a->byte == b->byte && a->bit > b->bit);
}

/* Puts the new fork where the first fork on the name's way stands that looks further behind. */
static void insert(hone_names *names, struct hone_names_fork fork, const char *name, size_t length)
{
    size_t *at = &names->root;
    while (!is_entry(*at) && stands_before(&names->forks[*at / 2], &fork)) {
        struct hone_names_fork *passed = &names->forks[*at / 2];
        at = &passed->place[side_of(passed, name, length)];
    }
    int side = side_of(&fork, name, length);
    fork.place[side] = entry_place(names->count);
    fork.place[1 - side] = *at;
    names->forks[names->count - 1] = fork;
    *at = (names->count - 1) * 2;
}

int hone_internal_names_put(hone_names *names, const char *name, void *value)
{
    size_t length = strlen(name);
    struct hone_names_entry *known = names->count == 0 ? NULL : nearest(names, name, length);
    if (known != NULL && strcmp(known->name, name) == 0) {
        *known = (struct hone_names_entry){name, value};
        return HONE_OK;
    }
    struct hone_names_fork fork = {.byte = 0};
    if (known != NULL) {
        while (known->name[fork.byte] == name[fork.byte])
            fork.byte++;
        fork.bit = highest_difference((unsigned char)known->name[fork.byte], (unsigned char)name[fork.byte]);
    }
    if (hone_internal_grow(&names->entries, &names->entries_capacity, names->count + 1,
                           sizeof *names->entries) < 0 ||
        hone_internal_grow(&names->forks, &names->forks_capacity, names->count, sizeof *names->forks) < 0)
        return HONE_ERROR_MEMORY;
    if (names->count == 0)
        names->root = entry_place(0);
    else
        insert(names, fork, name, length);
    names->entries[names->count++] = (struct hone_names_entry){name, value};
    return HONE_OK;
}

void hone_internal_names_free(hone_names *names)
{
    hone_internal_free(names->entries);
    hone_internal_free(names->forks);
    *names = (hone_names){0};
}
