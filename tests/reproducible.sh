#!/usr/bin/env bash
# Two builds of the same sources, in folders of other names and at other times, install the same bytes.
#   tests/reproducible.sh [CMAKE_OPTION...]      such as -DHONE_CORE_ONLY=ON: the core alone
# What differs stays in build/reproducible for a look (diffoscope).
set -euo pipefail
cd "$(dirname "$0")/.."
out=$PWD/build/reproducible
rm -rf "$out"
export SOURCE_DATE_EPOCH=1700000000 CCACHE_DISABLE=1
unset CCACHE_BASEDIR

# build FOLDER [CMAKE_OPTION...]
build() {
    local folder=$1
    shift
    mkdir -p "$folder"
    git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
        [[ -e $file ]] && printf '%s\0' "$file"
    done | tar --null --files-from=- --create | tar --extract --touch --directory "$folder"
    (
        cd "$folder"
        cmake -S . -B build -G Ninja --log-level=WARNING -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=/usr -DHONE_TESTS=OFF -DHONE_EXAMPLES=OFF "$@" >log
        cmake --build build --parallel "$(nproc)" --target hone_installed >>log
        DESTDIR=$PWD/installed cmake --install build >>log
    )
}

list() {
    (cd "$1/installed" && find . \( -type f -exec sha256sum {} + \) -o \( -type l -printf '%p -> %l\n' \) | sort -k 2)
}

build "$out/one" "$@"
LC_ALL=C TZ=Asia/Tehran build "$out/another place/two" "$@"
list "$out/one" >"$out/one.txt"
list "$out/another place/two" >"$out/two.txt"
if diff "$out/one.txt" "$out/two.txt"; then
    echo "$(wc -l <"$out/one.txt") files and links, the same bytes twice"
    rm -rf "$out"
else
    echo "these differ" >&2
    exit 1
fi
