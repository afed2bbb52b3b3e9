"""Cases of the layers over sound, for layers.py."""
import numpy

from common import generator, normal


def sound(name, *shape):
    return normal(generator("inputs", name, *shape), *shape)


def stft_spectrogram():
    name = "stft_spectrogram"
    plain = {"frame_length": 8}
    keep = {"keep_weights": True}
    for mode in ("log", "magnitude", "psd", "real", "imag", "stft"):
        yield mode, {**plain, "mode": mode}, sound(name, 2, 21, 1), keep
    # (a frequency without imaginary part has an angle of 0 or pi by the sign of a zero)
    yield "angle", {**plain, "mode": "angle"}, sound(name, 2, 21, 1), {}
    yield "other kernels", {**plain, "mode": "psd"}, sound(name, 2, 21, 1), {}
    for mode in ("log", "psd", "stft"):
        yield f"channels, {mode}", {**plain, "mode": mode}, sound(name, 2, 21, 3), keep
        yield f"channels apart, {mode}", {**plain, "mode": mode, "expand_dims": True}, sound(name, 2, 21, 3), keep
    yield "channels first", {**plain, "data_format": "channels_first"}, sound(name, 2, 3, 21), keep
    yield "channels first, apart", {**plain, "data_format": "channels_first", "expand_dims": True}, sound(name, 2, 3, 21), keep
    yield "same", {**plain, "padding": "same"}, sound(name, 2, 21, 1), keep
    yield "step and transform", {"frame_length": 6, "frame_step": 5, "fft_length": 10}, sound(name, 2, 21, 1), keep
    yield "odd transform", {"frame_length": 6, "fft_length": 9, "mode": "real"}, sound(name, 2, 21, 1), keep
    yield "periodic", {**plain, "periodic": True, "mode": "real"}, sound(name, 2, 21, 1), keep
    yield "spectrum", {**plain, "scaling": "spectrum", "mode": "imag"}, sound(name, 2, 21, 1), keep
    yield "no scaling", {**plain, "scaling": None, "window": "hamming", "mode": "imag"}, sound(name, 2, 21, 1), keep
    yield "no window", {**plain, "window": None, "mode": "real"}, sound(name, 2, 21, 1), keep
    yield "frozen", {**plain, "trainable": False, "mode": "magnitude"}, sound(name, 2, 21, 1), keep
    yield "training", {**plain, "window": "blackman"}, sound(name, 2, 21, 1), {"training": True, **keep}


def mel_spectrogram():
    name = "mel_spectrogram"
    plain = {"fft_length": 32, "sequence_stride": 8, "num_mel_bins": 6, "sampling_rate": 1000}
    yield "decibels", plain, sound(name, 2, 60)
    yield "powers", {**plain, "power_to_db": False}, sound(name, 2, 60)
    yield "magnitudes", {**plain, "power_to_db": False, "mag_exp": 1.0}, sound(name, 2, 60)
    yield "short frames", {**plain, "sequence_length": 20}, sound(name, 2, 60)
    yield "odd difference", {**plain, "sequence_length": 21, "window": "hamming"}, sound(name, 2, 60)
    yield "no window", {**plain, "window": None}, sound(name, 2, 60)
    yield "band", {**plain, "min_freq": 100.0, "max_freq": 300.0}, sound(name, 2, 60)
    yield "floor", {**plain, "top_db": 6.0}, sound(name, 2, 60) * numpy.linspace(0, 1, 60, dtype="float32")
    yield "reference", {**plain, "ref_power": 4.0, "min_power": 1.0}, sound(name, 2, 60)
    yield "more bands than frequencies", {**plain, "num_mel_bins": 20, "power_to_db": False}, sound(name, 1, 60)
    yield "odd transform", {**plain, "fft_length": 31}, sound(name, 2, 60)


AUDIO = {"STFTSpectrogram": stft_spectrogram, "MelSpectrogram": mel_spectrogram}
