/* WAV: "RIFF", a size, "WAVE", then chunks: a name of 4 bytes, a size, as many bytes and one more where the
 * size is odd. "fmt " says how numbers lie, "data" holds them, little-endian, channel after channel of each
 * frame. Others (LIST, fact, cue, ...) are skipped. */
#include "formats/wav.h"

#include <math.h>
#include <string.h>

enum { HEADER = 12, CHUNK = 8, FORMAT = 16, EXTENSIBLE = 40 };
enum { INTEGERS = 1, FLOATS = 3, LAW_A = 6, LAW_MU = 7, BY_GUID = 0xFFFE };

static uint32_t number(const unsigned char *bytes, int count)
{
    uint32_t result = 0;
    for (int i = 0; i < count; i++)
        result |= (uint32_t)bytes[i] << 8 * i;
    return result;
}

/* ---- the format ---- */

static hone_status check_format(const hone_wav *wav, uint32_t tag, uint32_t block, const char *label)
{
    if (tag != INTEGERS && tag != FLOATS)
        return hone_fail(
            HONE_ERROR_UNSUPPORTED,
            "%s: its sound is coded as format %u%s; WAV files of integers or floats are read: ffmpeg -i "
            "FILE -c:a pcm_s16le OUT.wav",
            label, tag,
            tag == LAW_A    ? " (A-law)"
            : tag == LAW_MU ? " (mu-law)"
                            : "");
    const bool whole = wav->bits == 8 || wav->bits == 16 || wav->bits == 24 || wav->bits == 32,
               real = wav->bits == 32 || wav->bits == 64;
    if (wav->floats ? !real : !whole)
        return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: samples are %s of %d bits; expected %s", label,
                         wav->floats ? "floats" : "integers", wav->bits,
                         wav->floats ? "32 or 64" : "8, 16, 24 or 32");
    if (wav->channels < 1 || wav->rate < 1)
        return hone_fail(HONE_ERROR_FORMAT, "%s: %d channels and %d samples per second; expected 1 or more",
                         label, wav->channels, wav->rate);
    if (block != (uint32_t)wav->channels * (uint32_t)(wav->bits / 8))
        return hone_fail(HONE_ERROR_FORMAT, "%s: a frame takes %u bytes; expected %d channels of %d bits",
                         label, block, wav->channels, wav->bits);
    return HONE_OK;
}

static hone_status read_format(const unsigned char *chunk, uint32_t bytes, const char *label, hone_wav *wav)
{
    if (bytes < FORMAT)
        return hone_fail(HONE_ERROR_FORMAT, "%s: its format takes %u bytes; expected 16 or more", label,
                         bytes);
    uint32_t tag = number(chunk, 2);
    const uint32_t rate = number(chunk + 4, 4);
    wav->channels = (int)number(chunk + 2, 2);
    wav->rate = rate > INT32_MAX ? 0 : (int)rate;
    wav->bits = (int)number(chunk + 14, 2);
    if (tag == BY_GUID && bytes >= EXTENSIBLE)
        tag = number(chunk + 24, 2);
    wav->floats = tag == FLOATS;
    return check_format(wav, tag, number(chunk + 12, 2), label);
}

/* ---- the chunks ---- */

static hone_status read_samples(const unsigned char *chunk, uint32_t size, size_t rest, const char *label,
                                hone_wav *wav)
{
    const size_t frame = (size_t)wav->channels * (size_t)(wav->bits / 8),
                 bytes = size == UINT32_MAX ? rest - rest % frame : size; /* a stream of unknown length */
    if (bytes > rest)
        return hone_fail(HONE_ERROR_FORMAT,
                         "%s: its header says %u bytes of samples, but the file has %zu: it is cut short",
                         label, size, rest);
    if (bytes % frame != 0)
        return hone_fail(HONE_ERROR_FORMAT, "%s: %zu bytes of samples are not whole frames of %zu", label,
                         bytes, frame);
    wav->samples = chunk;
    wav->frames = (int64_t)(bytes / frame);
    return wav->frames > 0 ? HONE_OK : hone_fail(HONE_ERROR_DATA, "%s: there are no samples in it", label);
}

hone_status hone_internal_wav_read(const void *data, size_t bytes, const char *label, hone_wav *wav)
{
    const unsigned char *all = data;
    bool format = false;
    *wav = (hone_wav){.frames = 0};
    if (bytes < HEADER || memcmp(all, "RIFF", 4) != 0 || memcmp(all + 8, "WAVE", 4) != 0)
        return hone_fail(HONE_ERROR_FORMAT, "%s: expected a WAV file, which begins with RIFF and WAVE%s",
                         label,
                         bytes >= 4 && (memcmp(all, "RIFX", 4) == 0 || memcmp(all, "RF64", 4) == 0)
                             ? "; RIFX and RF64 are not read"
                             : "");
    for (size_t at = HEADER; at + CHUNK <= bytes;) {
        const uint32_t size = number(all + at + 4, 4);
        const unsigned char *chunk = all + at + CHUNK;
        const size_t rest = bytes - at - CHUNK;
        if (memcmp(all + at, "data", 4) == 0)
            return format ? read_samples(chunk, size, rest, label, wav)
                          : hone_fail(HONE_ERROR_FORMAT, "%s: samples without a format before them", label);
        if (size > rest)
            break;
        if (memcmp(all + at, "fmt ", 4) == 0)
            HONE_TRY(read_format(chunk, size, label, wav));
        format = format || memcmp(all + at, "fmt ", 4) == 0;
        if (size + (size & 1u) > rest)
            break;
        at += CHUNK + (size_t)size + (size & 1u);
    }
    return hone_fail(HONE_ERROR_FORMAT, "%s: there are no samples in it: the chunk \"data\" is missing",
                     label);
}

/* ---- samples ---- */

double hone_internal_wav_sample(const hone_wav *wav, int64_t frame, int channel)
{
    const int bytes = wav->bits / 8;
    const unsigned char *at =
        wav->samples + ((size_t)frame * (size_t)wav->channels + (size_t)channel) * (size_t)bytes;
    if (wav->floats && bytes == 8) {
        const uint64_t bits = (uint64_t)number(at + 4, 4) << 32 | number(at, 4);
        double result;
        memcpy(&result, &bits, sizeof result);
        return result;
    }
    const uint32_t bits = number(at, bytes);
    if (wav->floats) {
        float result;
        memcpy(&result, &bits, sizeof result);
        return (double)result;
    }
    if (bytes == 1)
        return ((double)bits - 128) / 128;
    return (double)(int32_t)(bits << (32 - wav->bits)) / 2147483648.0;
}
