#!/bin/sh
# What `make test-full` does beyond ctest, with real Keras: the golden files are what it computes, each reads the other's model files,
# C source runs on an emulated Cortex-M, and docs/parity.md says what is there.
#   tests/full.sh [BUILD_FOLDER]
# VENV names the Python environment with Keras (default build/venv, made when it is missing). Ends with a line "N passed, N failed"; fails,
# never skips, when Keras cannot be had.
set -eu
cd "$(dirname "$0")/.."
hone=${1:-build/release}/hone
venv=${VENV:-build/venv}
if ! "$venv/bin/python" -c 'import keras, jax, h5py' >/dev/null 2>&1; then
    scripts/venv.sh "$venv"
fi
passed=0
failed=0

check() {
    echo "== $1"
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
}

# PRESET OPTION... of ctest
long_tests_of() {
    preset=$1
    shift
    cmake --preset "$preset" --log-level=WARNING && cmake --build "build/$preset" --parallel &&
        ctest --test-dir "build/$preset" --output-on-failure --no-tests=error --parallel "$(nproc)" --label-regex '^long$' "$@"
}

check "warnings of clang in the tests too" scripts/check-warnings.py "${1:-build/release}" --tests
check "long tests under the address and undefined-behaviour sanitizers" long_tests_of asan
check "long tests under the thread sanitizer" long_tests_of tsan --label-regex '^threads$'
core_alone() {
    cmake --preset core --log-level=WARNING && cmake --build build/core --parallel &&
        ctest --test-dir build/core --output-on-failure --no-tests=error --parallel "$(nproc)"
}

check "the core alone" core_alone
coverage_of_readers() {
    cmake --preset coverage --log-level=WARNING && cmake --build build/coverage --parallel &&
        ctest --test-dir build/coverage --output-on-failure --no-tests=error --parallel "$(nproc)" --tests-regex "$(scripts/coverage.py --tests)" &&
        scripts/coverage.py --least 85
}

check "line coverage of the readers" coverage_of_readers
check "fuzzing, 15 minutes a reader" tests/fuzz/fuzz.sh "${FUZZ_SECONDS:-900}"
check "golden files" "$venv/bin/python" tests/golden/make.py --check
check "model files to and from Keras, ONNX to and from others" env HONE_TEST_FULL=1 RANDOM_MODELS="${RANDOM_MODELS:-300}" tests/interop/run.sh "$(dirname "$hone")"
command -v "${CHROMIUM:-chromium}" >/dev/null || scripts/install-packages.sh browser
check "pages in a browser" "$venv/bin/python" tests/browser.py "$hone"
check "C source on Cortex-M" tests/emulator/cortex_m.sh "$hone"
scripts/install-packages.sh ports
check "other machines" scripts/ports.sh
check "instructions on 64-bit Arm" tests/ports/instructions.py arm64 --least 2.5
check "model files of other releases of Keras" env HONE="$PWD/$hone" tests/interop/versions.sh
check "models of keras.applications" env HONE="$hone" "$venv/bin/python" tests/interop/applications.py
scripts/install-packages.sh build full site
check "models of the team and of the order of writes" tests/models/run.sh
check "manual pages and completions in bash, zsh and fish" env HONE_COMMAND="$(realpath "$hone")" tests/cli/pages_test.sh
check "Debian packages" scripts/deb.sh
check "two builds, the same bytes" tests/reproducible.sh
check "programs beside the installed packages" tests/install.sh build/deb/root
check "the site, its links and the reference" scripts/site.py
check "docs/parity.md" "$venv/bin/python" scripts/parity.py --hone "$hone" --check
echo "$passed passed, $failed failed"
test "$failed" -eq 0
