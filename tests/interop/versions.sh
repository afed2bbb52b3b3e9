#!/bin/sh
# Model files to and from many releases of Keras: each makes the models of cases.py and trains them; the command predicts, evaluates and
# trains on the same and writes them again, for that release; and the release loads those, predicts and trains on the same.
#   tests/interop/versions.sh [VERSION...]     3.0.5 ... , or tf-2.13.1, tf-2.15.1 (tf.keras: read only); all without arguments
# HONE names the command, VENV the Python environment with the newest Keras, VENVS the folder for the others (build/versions), CASES the
# cases (all). TRAINS=1: all releases train, not only have states of training made up (an hour). Ends with a line "N passed, N failed".
set -eu
cd "$(dirname "$0")/../.."
export HONE="${HONE:-$PWD/build/release/hone}"
venv=${VENV:-build/venv}
venvs=${VENVS:-build/versions}
cases=${CASES:-}
python=${PYTHON:-python3}
passed=0
failed=0

# The older releases share one environment; each lies in a folder of its own.
make_shared() {
    test -x "$venvs/jax/bin/pip" || "$python" -m venv "$venvs/jax"
    "$venvs/jax/bin/pip" install --quiet --disable-pip-version-check numpy==1.26.4 h5py==3.11.0 jax==0.4.30 jaxlib==0.4.30 \
        ml_dtypes==0.4.1 absl-py rich namex optree packaging dm-tree "scipy<1.14"
}

# The interpreter for a version, with PYTHONPATH set.
choose() {
    unset PYTHONPATH KERAS_MODULE
    # With TRAINS=1 all train, on JAX; else the files alone count, and NumPy's backend takes a tenth of the time. 3.0's needs PyTorch.
    export KERAS_BACKEND=numpy JAX_PLATFORMS=cpu TRAINS=${TRAINS:-0}
    case $1 in newest | 3.0.*) KERAS_BACKEND=jax ;; esac
    test "$TRAINS" = 0 || KERAS_BACKEND=jax
    # The releases that share JAX share what it compiled.
    export JAX_COMPILATION_CACHE_DIR="$venvs/compiled" JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS=0
    case $1 in
    newest) chosen=$venv/bin/python ;;
    tf-*)
        if [ ! -x "$venvs/$1/bin/python" ]; then
            "$python" -m venv "$venvs/$1"
            "$venvs/$1/bin/pip" install --quiet --disable-pip-version-check "tensorflow-cpu==${1#tf-}"
        fi
        export KERAS_MODULE=tensorflow
        chosen=$venvs/$1/bin/python
        ;;
    *)
        make_shared
        test -d "$venvs/keras-$1" ||
            "$venvs/jax/bin/pip" install --quiet --disable-pip-version-check --no-deps --target "$venvs/keras-$1" "keras==$1"
        export PYTHONPATH="$venvs/keras-$1"
        chosen=$venvs/jax/bin/python
        ;;
    esac
}

# Counts the "N passed, N failed" of one step.
tally() {
    line=$(echo "$1" | grep -E '[0-9]+ passed, [0-9]+ failed$' | tail -1)
    p=$(echo "$line" | sed -n 's/.*[^0-9]*\([0-9][0-9]*\) passed, .*/\1/p')
    f=$(echo "$line" | sed -n 's/.* \([0-9][0-9]*\) failed$/\1/p')
    passed=$((passed + ${p:-0}))
    failed=$((failed + ${f:-1}))
}

check_version() {
    folder=$(mktemp -d "${TMPDIR:-/tmp}/hone-versions-XXXXXX")
    echo "== $1"
    choose "$1"
    # shellcheck disable=SC2086 # the cases are words
    "$chosen" tests/interop/make_cases.py "$folder" $cases 2>/dev/null || true
    case $1 in
    newest | tf-*) unset KERAS_VERSION ;;
    *) export KERAS_VERSION="${1%.*}" ;;
    esac
    output=$("$venv/bin/python" tests/interop/check_cases.py "$folder" || true)
    echo "$output"
    tally "$output"
    case $1 in
    tf-*) ;;
    *)
        output=$("$chosen" tests/interop/load_cases.py "$folder" 2>/dev/null || true)
        echo "$output"
        tally "$output"
        ;;
    esac
    rm -rf "$folder"
}

mkdir -p "$venvs"
venvs=$(cd "$venvs" && pwd)
for version in ${*:-3.0.5 3.3.3 3.6.0 3.8.0 3.10.0 3.12.0 newest tf-2.13.1 tf-2.15.1}; do
    check_version "$version"
done
echo "$passed passed, $failed failed"
test "$failed" -eq 0
