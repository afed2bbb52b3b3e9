#!/bin/bash -eu
# Builds the fuzz targets, tests/fuzz/fuzz_*.c, as OSS-Fuzz and ClusterFuzzLite want them: programs, seeds and options in $OUT, with the
# shared libraries that they need beside them. CC, CXX, CFLAGS, CXXFLAGS, LIB_FUZZING_ENGINE, SRC, WORK and OUT come from there; anywhere else:
#
#   export CC=clang CXX=clang++ CFLAGS="-O1 -g1 -fsanitize=address,undefined,fuzzer-no-link" CXXFLAGS="$CFLAGS" LIB_FUZZING_ENGINE=-fsanitize=fuzzer
#   export SRC=FOLDER_ABOVE WORK=/tmp/work OUT=/tmp/out
#   oss-fuzz/build.sh
cd "$SRC/hone"
build=$WORK/hone
mkdir -p "$OUT/lib" "$build"
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS_DEBUG= -DHONE_SHARED=OFF -DHONE_ONEDNN=OFF -DHONE_TESTS=OFF \
    -DHONE_EXAMPLES=OFF --log-level=WARNING
cmake --build "$build" --target hone_static

modules=(libzip yaml-0.1 zlib libpng libjpeg libprotobuf-c)
pkg-config --exists hdf5-serial && modules+=(hdf5-serial) || modules+=(hdf5)
read -r -a flags <<<"$CFLAGS $(pkg-config --cflags "${modules[@]}" libcurl cairo) -std=gnu11 -Isrc -Iinclude -Icli -Itests/fuzz -I$build -I$build/generated
    -DHONE_LIBFUZZER -DHONE_VERSION_TEXT=\"0\""
read -r -a libraries <<<"$(pkg-config --libs "${modules[@]}")"

# fuzz_command has the command's own files.
rm -f "$build/libcommand.a"
for source in cli/*.c; do
    [[ $source == *_test.c || $source == cli/main.c ]] && continue
    object=$build/$(basename "$source").o
    "$CC" "${flags[@]}" -c "$source" -o "$object"
    ar rcs "$build/libcommand.a" "$object"
done

python3 tests/fuzz/corpus.py "$build/corpus"
for source in tests/fuzz/fuzz_*.c; do
    target=$(basename "$source" .c)
    [[ $target == fuzz_test ]] && continue
    "$CC" "${flags[@]}" -c "$source" -o "$build/$target.o"
    "$CXX" $CXXFLAGS $LIB_FUZZING_ENGINE "$build/$target.o" "$build/libcommand.a" "$build/libhone.a" "${libraries[@]}" -lm -lpthread -ldl \
        -Wl,-rpath,'$ORIGIN/lib' -o "$OUT/$target"
    name=${target#fuzz_}
    [[ -d tests/fuzz/found/$name ]] && cp tests/fuzz/found/"$name"/* "$build/corpus/$name/"
    python3 -c 'import shutil, sys; shutil.make_archive(sys.argv[1], "zip", sys.argv[2])' "$OUT/${target}_seed_corpus" "$build/corpus/$name"
    printf '[libfuzzer]\nmax_len = 65536\nrss_limit_mb = 2560\ntimeout = 25\n' >"$OUT/$target.options"
done

# The machines that run the targets have none of these; libc and its relatives they have.
for target in "$OUT"/fuzz_whole "$OUT"/fuzz_command; do
    ldd "$target" | awk '$3 ~ /^\// {print $3}' | grep -vE '/(libc|libm|libdl|librt|libpthread|libgcc_s|libstdc\+\+|ld-linux[^/]*)\.so' |
        xargs -I{} cp -n {} "$OUT/lib/"
done
if command -v patchelf >/dev/null; then
    patchelf --force-rpath --set-rpath '$ORIGIN' "$OUT"/lib/*.so*
fi
