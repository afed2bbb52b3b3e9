#!/usr/bin/env bash
# Fuzzes the readers of files with libFuzzer (clang), each target for some seconds:
#
#   tests/fuzz/fuzz.sh [SECONDS [TARGET...]]      targets: json zip keras
#
# Corpora grow in build/fuzz/corpus, from the golden files. What is found stays in build/fuzz as crash-*, and is replayed
# with build/fuzz/fuzz_TARGET FILE.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
targets=("${@:2}")
[[ ${#targets[@]} -gt 0 ]] || targets=(json zip keras)
modules=(libzip jansson zlib)
pkg-config --exists hdf5-serial && modules+=(hdf5-serial) || modules+=(hdf5)
flags=(-std=gnu11 -g1 -O1 -Isrc -Iinclude -Itests/fuzz -fsanitize=address,undefined -fno-sanitize-recover=all
    -DHONE_LIBFUZZER $(pkg-config --cflags "${modules[@]}"))
sources=(src/base/{config,error,memory,text,file,decimal,utf8}.c src/tensor/array.c)
for source in src/formats/*.c; do
    [[ $source == *_test.c ]] || sources+=("$source")
done

mkdir -p build/fuzz/objects build/fuzz/corpus/{json,zip,keras}
for source in "${sources[@]}"; do
    clang "${flags[@]}" -fsanitize=fuzzer-no-link -c "$source" -o "build/fuzz/objects/${source//\//_}.o"
done
for archive in tests/golden/files/*.keras; do
    name=$(basename "$archive" .keras)
    cp "$archive" build/fuzz/corpus/zip/
    cp "$archive" build/fuzz/corpus/keras/
    unzip -p "$archive" model.weights.h5 >"build/fuzz/corpus/keras/$name.h5"
    unzip -p "$archive" config.json >"build/fuzz/corpus/json/$name.json"
done
for target in "${targets[@]}"; do
    clang "${flags[@]}" -fsanitize=fuzzer "tests/fuzz/fuzz_$target.c" build/fuzz/objects/*.o \
        $(pkg-config --libs "${modules[@]}") -lm -lpthread -o "build/fuzz/fuzz_$target"
    "build/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix=build/fuzz/ -print_final_stats=1 "build/fuzz/corpus/$target"
done
