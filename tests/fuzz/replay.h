/* What every fuzz target shares: a main for a target without libFuzzer, which replays files (the corpus, or
 * what a fuzzer has found) and seeded mutations of them; and a file for readers that want a path.
 *
 *     fuzz_json [--mutations N] FILE-OR-FOLDER...
 *
 * libFuzzer brings its own main: tests/fuzz/fuzz.sh builds targets with -fsanitize=fuzzer -DHONE_LIBFUZZER.
 */
#ifndef HONE_TESTS_FUZZ_REPLAY_H
#define HONE_TESTS_FUZZ_REPLAY_H

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

#ifndef HONE_LIBFUZZER
#include <sys/stat.h>

static long fuzz_mutations, fuzz_inputs;

static int fuzz_replay_file(const char *path)
{
    void *data;
    size_t bytes;
    uint64_t random = fuzz_mutations > 0 ? (uint64_t)fuzz_inputs : 0;
    if (hone_internal_file_read(path, SIZE_MAX / 4, &data, &bytes) != HONE_OK) {
        fprintf(stderr, "%s\n", hone_error_message());
        return 1;
    }
    LLVMFuzzerTestOneInput(data, bytes);
    for (long i = 0; i < fuzz_mutations && bytes > 0; i++) {
        unsigned char *copy = malloc(bytes); /* of its exact size, for the address sanitizer */
        if (copy == NULL)
            abort();
        memcpy(copy, data, bytes);
        LLVMFuzzerTestOneInput(copy, fuzz_mutate(copy, bytes, &random));
        free(copy);
    }
    hone_internal_free(data);
    fuzz_inputs++;
    return 0;
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
    if (count > 2 && strcmp(arguments[1], "--mutations") == 0) {
        fuzz_mutations = atol(arguments[2]);
        first = 3;
    }
    int64_t blocks = hone_internal_blocks_in_use();
    for (int i = first; i < count; i++)
        failed |= fuzz_replay(arguments[i]);
    if (hone_internal_blocks_in_use() != blocks) {
        fprintf(stderr, "%lld blocks of memory are left over\n",
                (long long)(hone_internal_blocks_in_use() - blocks));
        failed = 1;
    }
    printf("%ld inputs, %ld mutations of each\n", fuzz_inputs, fuzz_mutations);
    return failed || fuzz_inputs == 0;
}
#endif

#endif
