/* WAV: sound as numbers in RIFF chunks. */
#ifndef HONE_FORMATS_WAV_H
#define HONE_FORMATS_WAV_H

#include "base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct hone_wav {
    int64_t frames; /* samples of each channel */
    int channels, rate, bits;
    bool floats;
    const unsigned char *samples; /* of the bytes that were read, borrowed */
} hone_wav;

/* Integers of 8, 16, 24, 32 bits and floats of 32 or 64. `label` names the bytes in messages. */
hone_status hone_internal_wav_read(const void *data, size_t bytes, const char *label, hone_wav *wav);
/* Sample `frame` of a channel, from -1 to 1 (below 1 when it is an integer). */
double hone_internal_wav_sample(const hone_wav *wav, int64_t frame, int channel);

#endif
