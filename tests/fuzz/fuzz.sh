#!/usr/bin/env bash
# Fuzzes every reader of files with libFuzzer (clang) under the address and undefined-behaviour sanitizers:
#
#   tests/fuzz/fuzz.sh [SECONDS [TARGET...]]      each target, tests/fuzz/fuzz_TARGET.c, for SECONDS (60), two at a time
#
# The seeds are written by corpus.py, the corpora grow in build/fuzz/corpus. What is found stays in build/fuzz as
# TARGET-crash-..., and is replayed with build/fuzz/fuzz_TARGET FILE; its fix comes with that file in tests/fuzz/found/TARGET/,
# which ctest replays. SEED repeats the same inputs in the same order (0, another order each time, unless it is set). JOBS is how
# many targets run at once; EXCEPT targets that are left out; TIMEOUT after how many seconds one input is a finding (10); BUILD a build folder with libhone.a, of which what reads no files
# is taken (build/release, made when it is missing).
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
targets=("${@:2}")
jobs=${JOBS:-$(nproc)}
build=${BUILD:-build/release}
out=build/fuzz
if [[ ${#targets[@]} -eq 0 ]]; then
    for source in tests/fuzz/fuzz_*.c; do
        name=$(basename "$source" .c)
        [[ $name == fuzz_test || " ${EXCEPT:-} " == *" ${name#fuzz_} "* ]] || targets+=("${name#fuzz_}")
    done
fi

if [[ ! -e $build/build.ninja && ! -e $build/Makefile ]]; then
    cmake -S . -B "$build" -DCMAKE_BUILD_TYPE=Release --log-level=WARNING
fi
cmake --build "$build" --parallel "$jobs" --target hone_static >"$build/fuzz-build.log" || {
    cat "$build/fuzz-build.log"
    exit 1
}

modules=(libzip yaml-0.1 zlib libpng libjpeg libprotobuf-c)
pkg-config --exists hdf5-serial && modules+=(hdf5-serial) || modules+=(hdf5)
export flags="-std=gnu11 -g1 -O1 -Isrc -Iinclude -Icli -Itests/fuzz -I$build -I$build/generated -fsanitize=address,undefined
    -fno-sanitize-recover=all -DHONE_LIBFUZZER -DHONE_VERSION_TEXT=\"0\" $(pkg-config --cflags "${modules[@]}" libcurl cairo)"
mkdir -p $out/objects

# The readers, instrumented; the rest comes from libhone.a. Only what is newer than its object is compiled.
compile() {
    local object=build/fuzz/objects/${1//\//_}.o
    # shellcheck disable=SC2086 # the flags are words
    clang $flags -fsanitize=fuzzer-no-link -MMD -MF "$object.d" -c "$1" -o "$object"
}
export -f compile
sources=()
for source in src/{base,fields,tensor,formats,data,readers,recipe,keras,onnx,files}/*.c src/train/{checkpoint,identity,state,state_carried}.c \
    src/graph/variable.c cli/*.c; do
    [[ $source == *_test.c || $source == *_core.c || $source == cli/main.c ]] || sources+=("$source")
done
printf '%s\n' "${sources[@]}" | xargs -P "$jobs" -I{} bash -c 'compile {}'
rm -f $out/libcommand.a # only its target has the command's files
ar rcs $out/libcommand.a $out/objects/cli_*.o

tests/fuzz/corpus.py $out/corpus >/dev/null
link_and_run() {
    local target=$1 out=build/fuzz
    mkdir -p $out/corpus/"$target"
    local found=tests/fuzz/found/$target
    [[ -d $found ]] || found=
    # shellcheck disable=SC2086
    clang $flags $linker -fsanitize=fuzzer "tests/fuzz/fuzz_$target.c" $out/objects/src_*.o $out/libcommand.a "$library" $libraries -o "$out/fuzz_$target"
    # shellcheck disable=SC2086
    if "$out/fuzz_$target" -seed="$seed" -max_total_time="$seconds" -timeout="$timeout" -rss_limit_mb=2560 -max_len=65536 -verbosity=0 \
        -print_final_stats=1 -artifact_prefix="$PWD/$out/$target-" "$out/corpus/$target" $found >"$out/$target.log" 2>&1; then
        echo "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$out/$target.log") inputs, nothing found"
    else
        echo "$target: FOUND"
        grep -E 'ERROR|SUMMARY|runtime error|Test unit written' "$out/$target.log" || tail -20 "$out/$target.log"
        return 1
    fi
}
export -f link_and_run
export seconds seed=${SEED:-0} timeout=${TIMEOUT:-10} library="$build/libhone.a" libraries
linker=$(command -v mold >/dev/null && echo -fuse-ld=mold || true) # a faster one, where it is
export linker
libraries="$(pkg-config --libs "${modules[@]}") $(test -e /usr/include/oneapi/dnnl/dnnl.h && echo -ldnnl) -lm -lpthread"
export UBSAN_OPTIONS=print_stacktrace=1 ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1
export LSAN_OPTIONS=suppressions=tests/leaks.supp:print_suppressions=0
printf '%s\n' "${targets[@]}" | xargs -P "$jobs" -I{} bash -c 'link_and_run {}'
