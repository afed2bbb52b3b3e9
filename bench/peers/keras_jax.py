#!/usr/bin/env python3
"""Seconds an epoch of the chapter's example in Keras on JAX. Prints a JSON line."""
import os

from keras_common import arguments, run, use_threads

options = arguments(__doc__)
threads = use_threads(options.threads)
os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax

run("Keras on JAX", f"jax {jax.__version__}", options, threads)
