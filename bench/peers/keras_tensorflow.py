#!/usr/bin/env python3
"""Seconds an epoch of the chapter's example in Keras on TensorFlow. Prints a JSON line."""
import os

from keras_common import arguments, run, use_threads

options = arguments(__doc__)
threads = use_threads(options.threads)
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import tensorflow

tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
tensorflow.config.threading.set_inter_op_parallelism_threads(threads)

run("Keras on TensorFlow", f"tensorflow {tensorflow.__version__}", options, threads)
