/* Spectrograms of sound inside the model. Included by layers.h.
 *
 * Windows have the names that scipy.signal has for those without parameters: hann, hamming, blackman,
 * bartlett, boxcar, triang, cosine, parzen, bohman, barthann, nuttall, blackmanharris, flattop. */
#ifndef HONE_LAYERS_H
#include <hone/layers.h>
#endif
#ifndef HONE_LAYERS_AUDIO_H
#define HONE_LAYERS_AUDIO_H

#define HONE_SOUND_WINDOWS \
    "hann|hamming|blackman|bartlett|boxcar|triang|cosine|parzen|bohman|barthann|nuttall|blackmanharris|flattop"

/* The short-time Fourier transform of (batch, samples, channels): frames of frame_length samples, frame_step
 * apart, become frequencies 0 .. fft_length / 2, (batch, frames, channels x frequencies), or with expand_dims
 * (batch, frames, frequencies, channels). With s the scale of the window w, sqrt(sum w^2) for density, sum
 * |w| for spectrum, 1 for none,
 *
 *     real[f] = sum_t x[t] w[t] cos(2 pi t f / fft_length) / s,   imag[f] = - the same with sin
 *
 * The two kernels (frame_length, 1, frequencies) are weights, which training changes unless trainable is
 * false. Cheuk and others: "nnAudio", 2020. */
#define HONE_STFT_SPECTROGRAM_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, TEXT, mode, "log", \
      "what is made of real and imag: their magnitude, its log, their power, angle, ...", \
      HONE_ONE_OF("log|magnitude|psd|real|imag|angle|stft")) \
    F(A, INTEGER, frame_length, 256, "samples of a frame", HONE_BETWEEN(1, 1 << 20)) \
    F(A, INTEGER, frame_step, HONE_NONE_INTEGER, \
      "samples from one frame to the next, at most frame_length (default: half of it)", HONE_AT_LEAST(1)) \
    F(A, INTEGER, fft_length, HONE_NONE_INTEGER, \
      "length of the transform, at least frame_length (default: the next power of 2)", \
      HONE_BETWEEN(1, 1 << 20)) \
    F(A, TEXT, window, "hann", "window by which each frame is multiplied", .none_too = true, \
      HONE_ONE_OF(HONE_SOUND_WINDOWS)) \
    F(A, BOOLEAN, periodic, false, "a window of one sample more, without its last one") \
    F(A, TEXT, scaling, "density", "what the window is divided by: density, spectrum or none", \
      .none_too = true, HONE_ONE_OF("density|spectrum")) \
    F(A, TEXT, padding, "valid", "valid: no padding; same: zeros around the input", \
      HONE_ONE_OF("valid|same")) \
    F(A, BOOLEAN, expand_dims, false, "frequencies and channels on axes of their own") \
    HONE_DATA_FORMAT_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(stft_spectrogram, HONE_STFT_SPECTROGRAM_FIELDS);
#define hone_stft_spectrogram(...) \
    HONE_ARGS_CALL(hone_stft_spectrogram_with, hone_stft_spectrogram_args, HONE_STFT_SPECTROGRAM_FIELDS, \
                   __VA_ARGS__)

/* The mel spectrogram of (batch, samples): (batch, num_mel_bins, frames), frames = 1 + samples /
 * sequence_stride. The samples are mirrored by fft_length / 2 at both ends, frames of sequence_length samples
 * in the middle of fft_length are transformed, |X|^mag_exp is weighted by num_mel_bins triangles between
 * min_freq and max_freq that are equally wide in mel(f) = 1127 ln(1 + f / 700), and
 *
 *     y = 10 log10(max(., min_power)) - 10 log10(max(|ref_power|, min_power)), at least max(y) - top_db
 *
 * where max(y) is that of the whole batch, as in Keras. Stevens, Volkmann, Newman: "A scale for the
 * measurement of the psychological magnitude pitch", 1937. */
#define HONE_MEL_SPECTROGRAM_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGER, fft_length, 2048, "length of the transform", HONE_BETWEEN(1, 1 << 20)) \
    F(A, INTEGER, sequence_stride, 512, "samples from one frame to the next", HONE_BETWEEN(1, 1 << 20)) \
    F(A, INTEGER, sequence_length, HONE_NONE_INTEGER, \
      "samples of a frame, at most fft_length (default: fft_length)", HONE_BETWEEN(1, 1 << 20)) \
    F(A, TEXT, window, "hann", "window by which each frame is multiplied", .none_too = true, \
      HONE_ONE_OF("hann|hamming")) \
    F(A, INTEGER, sampling_rate, 16000, "samples per second", HONE_AT_LEAST(1)) \
    F(A, INTEGER, num_mel_bins, 128, "number of bands", HONE_BETWEEN(1, 1 << 20)) \
    F(A, NUMBER, min_freq, 20.0, "lowest frequency of the bands, in hertz", HONE_AT_LEAST(0)) \
    F(A, NUMBER, max_freq, HONE_NONE, "highest frequency (default: half of sampling_rate)", HONE_ABOVE(0)) \
    F(A, BOOLEAN, power_to_db, true, "decibels in place of powers") \
    F(A, NUMBER, top_db, 80.0, "how far below the loudest number of the batch decibels may lie") \
    F(A, NUMBER, mag_exp, 2.0, "exponent of the magnitude: 1 for magnitudes, 2 for powers") \
    F(A, NUMBER, min_power, 1e-10, "least power that is turned into decibels", HONE_ABOVE(0)) \
    F(A, NUMBER, ref_power, 1.0, "power of 0 decibels")
HONE_DECLARE_LAYER_ARGS(mel_spectrogram, HONE_MEL_SPECTROGRAM_FIELDS);
#define hone_mel_spectrogram(...) \
    HONE_ARGS_CALL(hone_mel_spectrogram_with, hone_mel_spectrogram_args, HONE_MEL_SPECTROGRAM_FIELDS, \
                   __VA_ARGS__)

#endif
