#!/bin/sh
# Makes a Python virtual environment with pinned versions of real Keras, for the golden files, the
# interoperability tests and the comparison runs.
#
#   scripts/venv.sh DIR          Keras on JAX, and readers of ONNX (about 700 MB)
#   scripts/venv.sh DIR peers    TensorFlow and PyTorch for the CPU as well (several GB)
#
# PYTHON names another interpreter (3.11 or newer). Packages that are already there are not fetched again.
set -eu

directory=${1:?usage: scripts/venv.sh DIR [peers]}
extras=${2:-}
keras_packages="numpy==2.4.6 h5py==3.16.0 jax==0.10.2 jaxlib==0.10.2 keras==3.15.1 safetensors==0.8.0 ml_dtypes==0.6.0 tensorboard==2.21.0 pydot==4.0.1 sentencepiece==0.2.3"
onnx_packages="onnx==1.23.2 onnxruntime==1.32.0 opencv-python-headless==5.0.0.93"
peers_packages="tensorflow-cpu==2.21.0"
torch_package="torch==2.15.0"

find_python() {
    for candidate in ${PYTHON:-} /usr/bin/python3 python3.13 python3.12 python3.11 python3; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "scripts/venv.sh: no Python 3.11 or newer found; set PYTHON" >&2
    return 1
}

# Debian keeps the venv module's pip in a package of its own.
install_venv_module() {
    if "$1" -c 'import ensurepip, venv' 2>/dev/null; then
        return
    fi
    echo "scripts/venv.sh: installing the Debian packages python3 and python3-venv"
    if [ "$(id -u)" -eq 0 ]; then
        DEBIAN_FRONTEND=noninteractive apt-get install -y -q python3 python3-venv
    elif [ -t 0 ]; then
        sudo apt-get install -y -q python3 python3-venv
    else
        sudo -n apt-get install -y -q python3 python3-venv
    fi
}

if ! python=$(find_python); then
    install_venv_module python3
    python=$(find_python)
fi
install_venv_module "$python"

if [ ! -x "$directory/bin/pip" ]; then
    "$python" -m venv "$directory"
fi
# Modules are compiled when they are first imported: most never are.
fetch() {
    "$directory/bin/pip" install --quiet --disable-pip-version-check --no-compile "$@"
}
# shellcheck disable=SC2086 # the lists are words
fetch $keras_packages $onnx_packages
if [ "$extras" = peers ]; then
    # shellcheck disable=SC2086
    fetch $peers_packages
    fetch "$torch_package"
fi
"$directory/bin/python" -c 'import os; os.environ["KERAS_BACKEND"] = "jax"
import keras, jax, numpy, h5py
print("keras", keras.__version__, "jax", jax.__version__, "numpy", numpy.__version__, "h5py", h5py.__version__)'
