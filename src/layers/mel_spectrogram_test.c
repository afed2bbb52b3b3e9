/* mel_spectrogram. */
#include "testing/check_layer.h"

#define S(...) HONE_SHAPE(__VA_ARGS__)

TEST(keeps_what_every_layer_promises)
{
    const layer_example examples[] = {
        {.text = "mel_spectrogram(fft_length=8, sequence_stride=3, num_mel_bins=4, sampling_rate=100, "
                 "power_to_db=false)",
         .inputs = {S(2, 11)}},
        {.text = "mel_spectrogram(fft_length=8, sequence_stride=4, sequence_length=5, num_mel_bins=3, "
                 "sampling_rate=100, window=hamming)",
         .inputs = {S(2, 11)},
         .joint = true},
        {.text =
             "mel_spectrogram(fft_length=6, sequence_stride=4, num_mel_bins=3, sampling_rate=100, mag_exp=1, "
             "min_freq=0, max_freq=40, window=none, power_to_db=false)",
         .inputs = {S(2, 9)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_arguments_that_do_not_fit)
{
    const hone_shape good[] = {S(HONE_ANY, 4000), {0}};
    check_layer_refused("mel_spectrogram(fft_length=8, sequence_length=9)", good,
                        "sequence_length must be at most fft_length, 8, not 9");
    check_layer_refused("mel_spectrogram(min_freq=8000)", good,
                        "max_freq must be above min_freq, 8000, not 8000");
    check_layer_refused("mel_spectrogram(num_mel_bins=1048576)", good, "more than the limit of 134217728");
    check_layer_refused("mel_spectrogram(window=blackman)", NULL, "hamming");
    check_layer_refused("mel_spectrogram", (hone_shape[]){S(HONE_ANY, 1024), {0}},
                        "mirrors fft_length / 2 = 1024 samples at both ends");
    check_layer_refused("mel_spectrogram", (hone_shape[]){S(HONE_ANY, 4000, 1), {0}}, "reshape([4000])");
}
