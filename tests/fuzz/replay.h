/* What every fuzz target shares: a main for a target without libFuzzer, which replays files (the corpus, or
 * what a fuzzer has found) and seeded mutations of them; and a file for readers that want a path.
 *
 *     fuzz_json [--mutations N] [--seed N] [--last FILE] FILE-OR-FOLDER...
 *
 * FILE gets each input before it runs, so that the one that ends the process is there.
 *
 * libFuzzer brings its own main: tests/fuzz/fuzz.sh builds targets with -fsanitize=fuzzer -DHONE_LIBFUZZER.
 */
#ifndef HONE_TESTS_FUZZ_REPLAY_H
#define HONE_TESTS_FUZZ_REPLAY_H

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"

#include <dirent.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline uint64_t fuzz_random(uint64_t *state)
{
    *state += 0x9e3779b97f4a7c15u;
    uint64_t mixed = (*state ^ *state >> 30) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
    return mixed ^ mixed >> 31;
}

/* Changes some bytes, or copies a stretch from one place to another, or cuts the end off. */
static inline size_t fuzz_mutate(unsigned char *bytes, size_t size, uint64_t *random)
{
    for (uint64_t i = 0, count = 1 + fuzz_random(random) % 8; i < count; i++)
        bytes[fuzz_random(random) % size] = (unsigned char)fuzz_random(random);
    uint64_t kind = fuzz_random(random) % 8;
    if (kind == 0)
        return 1 + fuzz_random(random) % size;
    if (kind < 3) {
        size_t length = 1 + fuzz_random(random) % (size < 64 ? size : 64);
        size_t from = fuzz_random(random) % (size - length + 1),
               to = fuzz_random(random) % (size - length + 1);
        memmove(bytes + to, bytes + from, length);
    }
    return size;
}

static char fuzz_file_path[64];

static inline void fuzz_file_remove(void)
{
    unlink(fuzz_file_path);
}

/* The path of a file with these bytes, the same one for every call of a process; `end` as ".csv". */
static inline const char *fuzz_file(const void *data, size_t size, const char *end)
{
    if (fuzz_file_path[0])
        fuzz_file_remove();
    else
        atexit(fuzz_file_remove);
    snprintf(fuzz_file_path, sizeof fuzz_file_path, "%s/hone-fuzz-%ld%s",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", (long)getpid(), end);
    int file = open(fuzz_file_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0 || write(file, data, size) != (ssize_t)size || close(file) != 0)
        abort();
    return fuzz_file_path;
}

/* A copy in memory that Hone takes over, or that is freed with hone_internal_free. */
static inline void *fuzz_copy(const void *data, size_t size)
{
    void *copy = hone_internal_allocate(size);
    if (copy == NULL)
        abort();
    if (size > 0)
        memcpy(copy, data, size);
    return copy;
}

/* What failed must have said so. */
static inline void fuzz_said(bool failed)
{
    bool said = hone_error_status() < 0 && hone_error_message()[0] != '\0';
    if (getenv("FUZZ_SAY") != NULL)
        fprintf(stderr, "%s\n", failed ? hone_error_message() : "taken");
    if (failed && !said) {
        fprintf(stderr, "refused without a word\n");
        abort();
    }
}

#ifndef HONE_LIBFUZZER
#include <sys/stat.h>

static long fuzz_mutations, fuzz_inputs, fuzz_first;
static const char *fuzz_last; /* where each input is kept before it runs, or NULL */

typedef struct fuzz_seed {
    uint8_t *data;
    size_t bytes;
    char *path;
} fuzz_seed;
static fuzz_seed *fuzz_seeds;
static long fuzz_seed_count;

#ifdef FUZZ_STRUCTURED
enum { FUZZ_ROOM = 1 << 17 }; /* what an input may grow to */
#endif

/* A changed copy of a seed, of its exact size, for the address sanitizer; sometimes with a piece of another.
 */
static uint8_t *fuzz_changed(const fuzz_seed *seed, uint64_t *random, size_t *bytes)
{
    *bytes = seed->bytes;
#ifdef FUZZ_STRUCTURED
    size_t most = seed->bytes > FUZZ_ROOM ? seed->bytes : FUZZ_ROOM;
    uint8_t *room = malloc(most), *copy = NULL;
    const fuzz_seed *other = &fuzz_seeds[fuzz_random(random) % (uint64_t)fuzz_seed_count];
    if (room != NULL && fuzz_random(random) % 2) {
        *bytes = LLVMFuzzerCustomCrossOver(seed->data, seed->bytes, other->data, other->bytes, room, most,
                                           (unsigned)fuzz_random(random));
    } else if (room != NULL) {
        memcpy(room, seed->data, seed->bytes);
        *bytes = LLVMFuzzerCustomMutator(room, seed->bytes, most, (unsigned)fuzz_random(random));
    }
    copy = room == NULL ? NULL : malloc(*bytes + (*bytes == 0));
    if (copy == NULL)
        abort();
    memcpy(copy, room, *bytes);
    free(room);
#else
    uint8_t *copy = malloc(seed->bytes);
    if (copy == NULL)
        abort();
    memcpy(copy, seed->data, seed->bytes);
    *bytes = fuzz_mutate(copy, seed->bytes, random);
#endif
    return copy;
}

static void fuzz_run(const uint8_t *data, size_t bytes)
{
    FILE *file = fuzz_last == NULL ? NULL : fopen(fuzz_last, "wb");
    if (file != NULL && (fwrite(data, 1, bytes, file) != bytes || fclose(file) != 0))
        abort();
    LLVMFuzzerTestOneInput(data, bytes);
}

static int fuzz_replay_file(const char *path)
{
    void *data;
    size_t bytes;
    if (hone_internal_file_read(path, SIZE_MAX / 4, &data, &bytes) != HONE_OK) {
        fprintf(stderr, "%s\n", hone_error_message());
        return 1;
    }
    fuzz_seeds = realloc(fuzz_seeds, (size_t)(fuzz_seed_count + 1) * sizeof *fuzz_seeds);
    uint8_t *copy = malloc(bytes + 1);
    if (fuzz_seeds == NULL || copy == NULL)
        abort();
    memcpy(copy, data, bytes);
    hone_internal_free(data);
    fuzz_seeds[fuzz_seed_count++] = (fuzz_seed){copy, bytes, strdup(path)};
    return 0;
}

static void fuzz_replay_seed(const fuzz_seed *seed)
{
    uint64_t random = fuzz_mutations > 0 ? (uint64_t)(fuzz_first + fuzz_inputs) : 0;
    uint8_t *whole = malloc(seed->bytes + (seed->bytes == 0)); /* of its exact size */
    if (whole == NULL)
        abort();
    memcpy(whole, seed->data, seed->bytes);
    fuzz_run(whole, seed->bytes);
    free(whole);
    for (long i = 0; i < fuzz_mutations && seed->bytes > 0; i++) {
        size_t bytes;
        uint8_t *copy = fuzz_changed(seed, &random, &bytes);
        fuzz_run(copy, bytes);
        free(copy);
    }
    fuzz_inputs++;
}

static int fuzz_replay(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode))
        return fuzz_replay_file(path);
    int failed = 0;
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char name[1024];
        snprintf(name, sizeof name, "%s/%s", path, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.')
            failed |= fuzz_replay_file(name);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return failed;
}

int main(int count, char **arguments)
{
    int failed = 0, first = 1;
    for (; first + 1 < count && arguments[first][0] == '-'; first += 2)
        if (strcmp(arguments[first], "--mutations") == 0)
            fuzz_mutations = atol(arguments[first + 1]);
        else if (strcmp(arguments[first], "--seed") == 0)
            fuzz_first = atol(arguments[first + 1]);
        else if (strcmp(arguments[first], "--last") == 0)
            fuzz_last = arguments[first + 1];
    for (int i = first; i < count; i++)
        failed |= fuzz_replay(arguments[i]);
    int64_t blocks = hone_internal_blocks_in_use();
    for (long i = 0; i < fuzz_seed_count; i++)
        fuzz_replay_seed(&fuzz_seeds[i]);
    if (hone_internal_blocks_in_use() != blocks) {
        fprintf(stderr, "%lld blocks of memory are left over\n",
                (long long)(hone_internal_blocks_in_use() - blocks));
        failed = 1;
    }
    printf("%ld inputs, %ld mutations of each\n", fuzz_inputs, fuzz_mutations);
    for (long i = 0; i < fuzz_seed_count; i++) {
        free(fuzz_seeds[i].data);
        free(fuzz_seeds[i].path);
    }
    free(fuzz_seeds);
    return failed || fuzz_inputs == 0;
}
#endif

#endif
