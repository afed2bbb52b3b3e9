/* NumPy's legacy shuffle, by which Keras orders files. */
#ifndef HONE_READERS_NUMPY_SHUFFLE_H
#define HONE_READERS_NUMPY_SHUFFLE_H

#include <stddef.h>
#include <stdint.h>

/* Shuffles as NumPy's RandomState(seed).shuffle does: order[i] is the place of what comes i-th. */
void hone_internal_numpy_shuffle(uint32_t seed, size_t count, size_t *order);

#endif
