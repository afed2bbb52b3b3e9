/* stft_spectrogram. */
#include "testing/check_layer.h"

#define S(...) HONE_SHAPE(__VA_ARGS__)

TEST(keeps_what_every_layer_promises)
{
    const layer_example examples[] = {
        {.text = "stft_spectrogram(frame_length=4, mode=real)", .inputs = {S(2, 9, 1)}},
        {.text = "stft_spectrogram(frame_length=4, mode=imag, expand_dims=true)", .inputs = {S(2, 9, 2)}},
        {.text = "stft_spectrogram(frame_length=4, mode=magnitude)", .inputs = {S(2, 9, 2)}},
        {.text = "stft_spectrogram(frame_length=5, frame_step=3, fft_length=6)", .inputs = {S(2, 9, 1)}},
        {.text = "stft_spectrogram(frame_length=4, mode=psd, padding=same)", .inputs = {S(2, 9, 2)}},
        {.text = "stft_spectrogram(frame_length=4, mode=stft, expand_dims=true)", .inputs = {S(1, 9, 2)}},
        {.text = "stft_spectrogram(frame_length=4, mode=stft, data_format=channels_first)",
         .inputs = {S(2, 2, 9)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_arguments_that_do_not_fit)
{
    const hone_shape good[] = {S(HONE_ANY, 20, 1), {0}}, short_one[] = {S(HONE_ANY, 3, 1), {0}};
    check_layer_refused("stft_spectrogram(frame_length=8, frame_step=9)", good,
                        "frame_step must be from 1 to frame_length, 8, not 9");
    check_layer_refused("stft_spectrogram(frame_length=1)", good,
                        "frame_step must be from 1 to frame_length, 1");
    check_layer_refused("stft_spectrogram(frame_length=8, fft_length=4)", good,
                        "fft_length must be at least frame_length, 8, and 2, not 4");
    check_layer_refused("stft_spectrogram(frame_length=16384)", (hone_shape[]){S(HONE_ANY, 20000, 1), {0}},
                        "more than the limit of 134217728");
    check_layer_refused("stft_spectrogram(window=han)", NULL, "hann");
    check_layer_refused("stft_spectrogram(mode=power)", NULL, "psd");
    check_layer_refused("stft_spectrogram(frame_length=4)", short_one, "3");
    check_layer_refused("stft_spectrogram(frame_length=4)", (hone_shape[]){S(HONE_ANY, 20), {0}},
                        "(batch, steps, channels)");
}
