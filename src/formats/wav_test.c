/* WAV files: every kind of number, chunks around them, and headers that lie. */
#include "formats/wav.h"
#include "testing/message.h"
#include "testing/test.h"

#include <string.h>

/* A file of one format chunk and one data chunk, with chunks before and between them. */
typedef struct written {
    unsigned char bytes[256];
    size_t length;
} written;

static void put(written *file, uint64_t number, int bytes)
{
    for (int i = 0; i < bytes; i++)
        file->bytes[file->length++] = (unsigned char)(number >> 8 * i);
}

static void put_text(written *file, const char *text, size_t length)
{
    memcpy(file->bytes + file->length, text, length);
    file->length += length;
}

static written header(int tag, int channels, int bits)
{
    written file = {.length = 0};
    put_text(&file, "RIFF\0\0\0\0WAVELIST\3\0\0\0abc\0fmt ", 28);
    put(&file, 16, 4);
    put(&file, (uint64_t)tag, 2);
    put(&file, (uint64_t)channels, 2);
    put(&file, 8000, 4);
    put(&file, (uint64_t)(8000 * channels * bits / 8), 4);
    put(&file, (uint64_t)(channels * bits / 8), 2);
    put(&file, (uint64_t)bits, 2);
    return file;
}

static void begin_data(written *file, uint32_t bytes)
{
    put_text(file, "data", 4);
    put(file, bytes, 4);
}

static const struct {
    const char *name;
    int tag, bits;
    uint64_t first, second;
    double values[2];
} kinds[] = {
    {"8 bits", 1, 8, 0, 255, {-1, 127.0 / 128}},
    {"16 bits", 1, 16, 0x8000, 0x7fff, {-1, 32767.0 / 32768}},
    {"24 bits", 1, 24, 0x800000, 0x400000, {-1, 0.5}},
    {"32 bits", 1, 32, 0xC0000000, 0x20000000, {-0.5, 0.25}},
    {"floats", 3, 32, 0xBF000000, 0x3F800000, {-0.5, 1}},
    {"doubles", 3, 64, 0xBFE0000000000000, 0x4000000000000000, {-0.5, 2}},
};

TEST_EACH(reads, kinds)
{
    written file = header(row->tag, 2, row->bits);
    hone_wav wav;
    begin_data(&file, (uint32_t)(4 * row->bits / 8));
    for (int frame = 0; frame < 2; frame++) {
        put(&file, row->first, row->bits / 8);
        put(&file, row->second, row->bits / 8);
    }
    assert_int_equal(hone_internal_wav_read(file.bytes, file.length, "a.wav", &wav), HONE_OK);
    assert_int_equal(wav.frames, 2);
    assert_int_equal(wav.channels, 2);
    assert_int_equal(wav.rate, 8000);
    for (int64_t frame = 0; frame < 2; frame++)
        for (int channel = 0; channel < 2; channel++)
            assert_true(hone_internal_wav_sample(&wav, frame, channel) == row->values[channel]);
}

TEST(reads_the_extensible_format_and_streams)
{
    written file = header(0xFFFE, 1, 16);
    hone_wav wav;
    file.bytes[28] = 40;
    put(&file, 22, 2);
    put(&file, 16, 2);
    put(&file, 4, 4);
    put(&file, 1, 2); /* integers */
    put_text(&file, "\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71", 14);
    begin_data(&file, UINT32_MAX); /* as long as the file is */
    put(&file, 0x4000, 2);
    put(&file, 7, 1);
    assert_int_equal(hone_internal_wav_read(file.bytes, file.length, "a.wav", &wav), HONE_OK);
    assert_int_equal(wav.frames, 1);
    assert_true(hone_internal_wav_sample(&wav, 0, 0) == 0.5);
}

static const struct {
    const char *name;
    int tag, channels, bits;
    uint32_t bytes;
    const char *says;
} lies[] = {
    {"A-law", 6, 1, 8, 2, "format 6 (A-law)"},
    {"mp3", 85, 1, 16, 2, "format 85; WAV files of integers or floats"},
    {"12 bits", 1, 1, 12, 2, "integers of 12 bits; expected 8, 16, 24 or 32"},
    {"half floats", 3, 1, 16, 2, "floats of 16 bits; expected 32 or 64"},
    {"no channels", 1, 0, 16, 2, "0 channels"},
    {"more than there is", 1, 1, 16, 1000, "says 1000 bytes of samples, but the file has 4: it is cut short"},
    {"half a frame", 1, 2, 16, 2, "2 bytes of samples are not whole frames of 4"},
    {"nothing", 1, 1, 16, 0, "there are no samples in it"},
};

TEST_EACH(refuses, lies)
{
    written file = header(row->tag, row->channels, row->bits);
    hone_wav wav;
    begin_data(&file, row->bytes);
    put(&file, 0, 4);
    assert_true(hone_internal_wav_read(file.bytes, file.length, "a.wav", &wav) < 0);
    assert_message_has(row->says);
}

TEST(refuses_what_is_cut_anywhere)
{
    written file = header(1, 1, 16);
    hone_wav wav;
    begin_data(&file, 4);
    put(&file, 0, 4);
    for (size_t length = 0; length < file.length; length++)
        assert_true(hone_internal_wav_read(file.bytes, length, "a.wav", &wav) < 0);
    file.bytes[3] = 'X';
    assert_int_equal(hone_internal_wav_read(file.bytes, file.length, "a.wav", &wav), HONE_ERROR_FORMAT);
    assert_message_has("RIFX and RF64 are not read");
    written bare = {.length = 0};
    put_text(&bare, "RIFF\0\0\0\0WAVE", 12);
    begin_data(&bare, 4);
    put(&bare, 0, 4);
    assert_int_equal(hone_internal_wav_read(bare.bytes, bare.length, "a.wav", &wav), HONE_ERROR_FORMAT);
    assert_message_has("samples without a format before them");
}
