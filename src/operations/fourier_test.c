/* Frequencies and sequences as nodes. */
#include "testing/check_operation.h"

#define PAIR .inputs = {S(2, 4, 6), S(2, 4, 6)}, .operation = true
#define SOUND .inputs = {S(2, 3, 16)}, .operation = true

static const operation_use smooth[] = {
    {"fft", {"fft", PAIR}},
    {"fft2", {"fft2", PAIR}},
    {"ifft2", {"ifft2", PAIR}},
    {"rfft", {"rfft", SOUND}},
    {"rfft of more places", {"rfft(20)", SOUND}},
    {"rfft of fewer places", {"rfft(7)", SOUND}},
    {"irfft", {"irfft", PAIR}},
    {"irfft of an odd length", {"irfft(7)", PAIR}},
    {"irfft of two places", {"irfft(2)", PAIR}},
    {"extract_sequences", {"extract_sequences(4, 3)", SOUND}},
    {"sequences of one axis", {"extract_sequences(4, 3)", .inputs = {S(2, 10)}, .operation = true}},
    {"stft", {"stft(4, 2, 6)", SOUND}},
    {"stft without a window", {"stft(4, 2, 8, none, false)", SOUND}},
    {"istft", {"istft(6, 3, 10)", PAIR}},
    {"istft of a length", {"istft(6, 2, 10, 9, hamming, false)", PAIR}},
    {"istft of a length beyond all", {"istft(6, 3, 10, 9223372036854775807)", PAIR}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const operation_refused refused[] = {
    {"too short", "extract_sequences(5, 1)", NULL, "at least 5 places, one sequence"},
    {"a window", "stft(2, 1, 2, hannn)", NULL, "hann"},
    {"a short transform", "stft(3, 1, 2)", NULL, "fft_length must be at least sequence_length, 3, not 2"},
    {"too far over the ends", "stft(3, 1, 8)", NULL, "must have more than 4 places, not 3"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}

/* Before anything is made for them. */
TEST(refuses_more_sequences_than_there_may_be)
{
    const layer_example examples[] = {
        {"extract_sequences(1024, 1)", .inputs = {S(1, 1 << 22)}, .operation = true},
        {"istft(4, 1, 256)", .inputs = {S(1, 1 << 22, 2), S(1, 1 << 22, 2)}, .operation = true},
        {"istft(4, 1024, 4)", .inputs = {S(1, 1 << 22, 2), S(1, 1 << 22, 2)}, .operation = true}};
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
        check_layer_call_refused(&examples[i], "more than 67108864 together");
}
