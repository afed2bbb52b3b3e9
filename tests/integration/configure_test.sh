#!/bin/sh
# Without cmocka, the configuration says in one message which package is missing and how to do without it; and so it goes.
# And `make install` builds all that it installs.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
for tool in cmake pkg-config; do
    command -v "$tool" > /dev/null || { echo "skipped: there is no $tool"; exit 77; }
done
pkg-config --exists cmocka libprotobuf-c yaml-0.1 || { echo "skipped: other packages are missing too"; exit 77; }
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT

mkdir "$folder/packages"
pkg-config --variable pc_path pkg-config | tr ':' '\n' | while read -r place; do
    for file in "$place"/*.pc; do
        [ ! -e "$file" ] || [ -e "$folder/packages/${file##*/}" ] || ln -s "$file" "$folder/packages/"
    done
done
rm -f "$folder/packages/cmocka.pc"
export PKG_CONFIG_LIBDIR="$folder/packages"
unset PKG_CONFIG_PATH

if cmake -S "$root" -B "$folder/build" > "$folder/log" 2>&1; then
    echo "FAILED: it was configured without cmocka"
    exit 1
fi
errors=$(grep -c '^CMake Error' "$folder/log")
said=$(tr '\n' ' ' < "$folder/log" | tr -s ' ')
case "$errors $said" in
1\ *"need cmocka (Debian: libcmocka-dev)"*"cmake -S . -B build -DHONE_TESTS=OFF"*) ;;
*)
    echo "FAILED: $errors errors, and the message does not name libcmocka-dev and -DHONE_TESTS=OFF:"
    cat "$folder/log"
    exit 1
    ;;
esac
if ! cmake -S "$root" -B "$folder/build" -DHONE_TESTS=OFF > "$folder/log" 2>&1; then
    echo "FAILED: -DHONE_TESTS=OFF does not do without it:"
    cat "$folder/log"
    exit 1
fi
echo "configured without cmocka"

# What is installed is made by what `make install` builds, and not only by `make all`: of the build files' own outputs.
build=${HONE_BUILD_DIR:-$root/build/release}
if [ -e "$build/build.ninja" ]; then
    ninja -C "$build" -t commands hone_installed > "$folder/commands"
    ninja -C "$build" -t targets all | sed 's/: .*//' | sort -u > "$folder/outputs"
    grep -oh "\"$build/[^\"]*\"" "$build/cmake_install.cmake" | sed "s|^\"$build/||; s|\"$||" | sort -u |
        comm -12 - "$folder/outputs" | while read -r file; do
            grep -qF " $file" "$folder/commands" || echo "$file"
        done > "$folder/missing"
    if [ -s "$folder/missing" ]; then
        echo "FAILED: make install does not build"
        cat "$folder/missing"
        exit 1
    fi
    echo "what is installed is built by make install"
fi
