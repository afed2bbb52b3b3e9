/* Memory for a target: as much at once as it says, so that what may ask for as much as the machine has is
 * refused early. */
#ifndef HONE_TESTS_FUZZ_LIMITED_H
#define HONE_TESTS_FUZZ_LIMITED_H

#include <hone/memory.h>

#include <stdlib.h>

static size_t limited_most, limited_largest; /* bytes: what may be had at once; the largest request so far */

static inline void *limited(void *context, size_t bytes)
{
    (void)context;
    limited_largest = bytes > limited_largest ? bytes : limited_largest;
    return bytes <= limited_most ? malloc(bytes) : NULL;
}

static inline void *limited_again(void *context, void *pointer, size_t bytes)
{
    (void)context;
    limited_largest = bytes > limited_largest ? bytes : limited_largest;
    return bytes <= limited_most ? realloc(pointer, bytes) : NULL;
}

static inline void limited_release(void *context, void *pointer)
{
    (void)context;
    free(pointer);
}

static inline void limit_memory(size_t most)
{
    static const hone_allocator small = {limited, limited_again, limited_release, NULL};
    limited_most = most;
    hone_set_allocator(&small);
}

#endif
