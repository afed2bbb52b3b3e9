#!/bin/sh
# Hone and real Keras read, use and train on each other's files.
#   tests/interop/run.sh [BUILD_FOLDER] [TEST...]     a test: test_broken_files, or test_broken_files.BrokenFiles.test_empty
# HONE names the command (default BUILD_FOLDER/hone, build/release/hone), VENV the Python environment (default build/venv, made when it is missing).
# Ends with a line "N passed, N failed"; fails, never skips, when Keras cannot be had.
set -eu
cd "$(dirname "$0")/../.."
folder=build/release
if [ $# -gt 0 ] && [ -d "$1" ]; then
    folder=$1
    shift
fi
export HONE="${HONE:-$folder/hone}"
venv=${VENV:-build/venv}
if [ ! -x "$HONE" ]; then
    echo "tests/interop/run.sh: there is no command at $HONE; build it, or set HONE" >&2
    exit 1
fi
if ! "$venv/bin/python" -c 'import keras, jax, h5py, onnx, onnxruntime, tensorboard, pydot' >/dev/null 2>&1; then
    scripts/venv.sh "$venv"
fi
KERAS_BACKEND=jax exec "$venv/bin/python" tests/interop/run_tests.py "$@"
