#!/bin/sh
# Builds the peers in C into build/peers. What cannot be had is left out, and said; the table then says so too.
#
#   bench/peers/c_peers.sh
#
# FANN and OpenBLAS come from Debian (libfann-dev, libopenblas-dev). KANN comes from a checked-out copy that KANN_SOURCE names, or by git
# at the commit below.
set -u
cd "$(dirname "$0")/../.." || exit 1
here=bench/peers
out=build/peers
flags="-O3 -march=native -I$here"
mkdir -p "$out"

left_out() { echo "left out: $1"; }

# source NAME FOLDER URL COMMIT: a copy of the sources in $out/src/NAME.
source_of() {
    copy=$out/src/$1
    [ -e "$copy/.complete" ] && return
    rm -rf "$copy"
    mkdir -p "$copy"
    if [ -n "$2" ]; then
        git -C "$2" archive "$4" 2>/dev/null | tar -x -C "$copy" || cp -r "$2/." "$copy" || return
    else
        git -C "$copy" init -q && git -C "$copy" fetch -q --depth 1 "$3" "$4" && git -C "$copy" checkout -q FETCH_HEAD || return
    fi
    touch "$copy/.complete"
}

if pkg-config --exists fann; then
    # shellcheck disable=SC2086 # the flags are words
    cc $flags -o "$out/fann" $here/fann.c -lfloatfann -lm || left_out "FANN does not build"
else
    left_out "FANN (Debian: libfann-dev)"
fi

if ! pkg-config --exists openblas; then
    left_out "KANN: it needs OpenBLAS (Debian: libopenblas-dev)"
elif source_of kann "${KANN_SOURCE:-}" https://github.com/attractivechaos/kann e260712e414e1fae5f57a2da6178b7a8af6bf0af; then
    # shellcheck disable=SC2046,SC2086
    cc $flags -w -DHAVE_PTHREAD -DHAVE_CBLAS -I$out/src/kann $(pkg-config --cflags openblas) -o "$out/kann" $here/kann.c \
        $out/src/kann/kann.c $out/src/kann/kautodiff.c $(pkg-config --libs openblas) -pthread -lm || left_out "KANN does not build"
else
    left_out "KANN: its sources are not there; set KANN_SOURCE to a copy of them"
fi
