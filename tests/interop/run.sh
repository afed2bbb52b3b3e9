#!/bin/sh
# Hone and real Keras read, use and train on each other's files. HONE names the command (default
# build/release/hone), VENV the Python environment (default build/venv, made when it is missing).
# Ends with a line "N passed, N failed"; fails, never skips, when Keras cannot be had.
set -eu
cd "$(dirname "$0")/../.."
export HONE="${HONE:-build/release/hone}"
venv=${VENV:-build/venv}
if [ ! -x "$HONE" ]; then
    echo "tests/interop/run.sh: there is no command at $HONE; build it, or set HONE" >&2
    exit 1
fi
if ! "$venv/bin/python" -c 'import keras, jax, h5py' >/dev/null 2>&1; then
    scripts/venv.sh "$venv"
fi
KERAS_BACKEND=jax exec "$venv/bin/python" tests/interop/run_tests.py "$@"
