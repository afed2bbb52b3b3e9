#!/usr/bin/env bash
# Where a size_t has 32 bits, no size of 64 is cut without a word: clang's -Wshorten-64-to-32 is silent over the sources, and
# narrow.c, which reads a file with such sizes, refuses it. Needs clang and the headers of gcc-multilib; in CI (CI=true) neither
# may be missing.
set -euo pipefail
cd "$(dirname "$0")/../.."
narrow=(-m32 -msse2 -mfpmath=sse -Wno-psabi -std=gnu11 -D_FILE_OFFSET_BITS=64 "-DHONE_VERSION_TEXT=\"0\"" -Iinclude -Isrc)
build=${HONE_BUILD_DIR:-build/release}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

if ! echo '#include <stdlib.h>' | clang "${narrow[@]}" -x c -fsyntax-only - 2>"$folder/why"; then
    cat "$folder/why" >&2
    echo "clang or the headers for 32 bits (gcc-multilib) are missing" >&2
    [[ ${CI:-} == true ]] && exit 1
    exit 77
fi

read -r -a libraries <<<"$(pkg-config --cflags-only-I hdf5 cairo libpng)"
folders=(src/{base,tensor,formats,readers,files,data,keras,onnx}) # where sizes of files arrive; all in `make test-full`
[[ ${HONE_TEST_FULL:-0} == 1 ]] && folders=(src cli)
mapfile -t sources < <(find "${folders[@]}" -name '*.c' ! -name '*_test.c' ! -path '*/testing/*' ! -path '*/kernels/x86/*' ! -path '*/kernels/arm/*' ! -path '*/kernels/onednn/*')
printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -n 40 clang "${narrow[@]}" -Icli "${libraries[@]/#-I/-isystem}" \
    -isystem "$build/generated" -idirafter "/usr/include/$(gcc -print-multiarch)" -fsyntax-only -Wshorten-64-to-32 -Werror
echo "${#sources[@]} sources without a size cut to 32 bits"

if echo 'int main(void) { return 0; }' | gcc "${narrow[@]}" -x c - -o "$folder/linked" 2>"$folder/why" && "$folder/linked"; then
    parts=(src/formats/{npy,npy_header,numbers}.c src/tensor/{array,texts}.c
        src/base/{clock,cpu,decimal,error,file,folder,limits,memory,placement,posix,random,team,text,trace,utf8,waiting}.c)
    gcc "${narrow[@]}" -DHONE_CORE_ONLY tests/headers/narrow.c "${parts[@]}" -lm -lpthread -o "$folder/narrow"
    (cd "$folder" && ./narrow)
else
    echo "programs of 32 bits cannot be linked or run here: $(head -1 "$folder/why")"
fi
