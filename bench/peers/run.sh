#!/bin/sh
# Times the peers that are installed (`make bench-peers`), one JSON line each on stdout.
#   bench/peers/run.sh [THREADS...]      default: 1 and, where there are two cores, 2
# VENV and PEERS_VENV name the environments: Keras on JAX alone, and TensorFlow and PyTorch.
set -eu
cd "$(dirname "$0")/../.."
venv=${VENV:-build/venv}
peers=${PEERS_VENV:-build/venv-peers}
if [ $# -eq 0 ]; then
    set -- 1
    [ "$(nproc)" -lt 2 ] || set -- 1 2
fi

# Arguments: interpreter, module that must be there, script, threads.
time_peer() {
    if [ -x "$1" ] && "$1" -c "import importlib.util, sys; sys.exit(importlib.util.find_spec('$2') is None)"; then
        "$1" "bench/peers/$3.py" --threads "$4" 2>/dev/null || echo "bench/peers/$3.py failed" >&2
    else
        echo "bench/peers/$3.py: $2 is not installed; make bench-peers" >&2
    fi
}

for threads in "$@"; do
    # The JAX one where TensorFlow is not installed, which Keras would load as well.
    jax_python=$venv/bin/python
    [ -x "$jax_python" ] || jax_python=$peers/bin/python
    time_peer "$jax_python" jax keras_jax "$threads"
    time_peer "$peers/bin/python" tensorflow keras_tensorflow "$threads"
    time_peer "$peers/bin/python" torch torch_adam "$threads"
done
