#!/bin/sh
# Builds the peers in C into build/peers. What cannot be had is left out, and said; the table then says so too.
#
#   bench/peers/c_peers.sh
#
# FANN and OpenBLAS come from Debian (libfann-dev, libopenblas-dev, libsqlite3-dev). KANN and libnnc come from copies of their
# repositories that KANN_SOURCE and LIBNNC_SOURCE name, or by git at the commits below.
set -u
cd "$(dirname "$0")/../.." || exit 1
here=bench/peers
out=build/peers
flags="-O3 -march=native -I$here"
mkdir -p "$out"

left_out() { echo "left out: $1"; }

# source_of NAME FOLDER URL COMMIT [PART]: a copy of the sources, or of a part of them, in $out/src/NAME.
source_of() {
    copy=$out/src/$1
    [ -e "$copy/.complete" ] && return
    rm -rf "$copy"
    mkdir -p "$copy"
    if [ -n "$2" ]; then
        git -C "$2" archive "$4" 2>/dev/null | tar -x -C "$copy" 2>/dev/null || cp -r "$2/." "$copy" || return
    else
        git -C "$copy" init -q && git -C "$copy" fetch -q --depth 1 --filter=blob:none "$3" "$4" && git -C "$copy" checkout -q FETCH_HEAD -- "${5:-.}" || return
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

# The part of libccv that libnnc needs, without what wants a GPU; an archive in $out/src/libnnc.
build_libnnc() {
    (
        cd "$out/src/libnnc/lib" || exit 1
        mkdir -p objects
        {
            find nnc -name '*.c' | grep -v -e /gpu/ -e /mps/ -e /mfa/ -e /mkl/
            printf '%s\n' ccv_cache.c ccv_memory.c ccv_util.c ccv_algebra.c ccv_output.c 3rdparty/siphash/siphash24.c \
                3rdparty/dsfmt/dSFMT.c 3rdparty/sfmt/SFMT.c
        } | xargs -P "$(nproc)" -I{} sh -c '
            object=objects/$(echo "{}" | tr / _).o
            [ -e "$object" ] || cc -O3 -march=native -ffast-math -w -I. -I3rdparty -DHAVE_CBLAS -DHAVE_SSE2 \
                $(pkg-config --cflags openblas) -c "{}" -o "$object"' && ar rcs libnnc.a objects/*.o
    )
}

if ! pkg-config --exists openblas sqlite3; then
    left_out "libnnc: it needs OpenBLAS and SQLite (Debian: libopenblas-dev libsqlite3-dev)"
elif source_of libnnc "${LIBNNC_SOURCE:-}" https://github.com/liuliu/ccv c6ce5b123795dcec80d42fb0106167345cabf3d3 lib; then
    # shellcheck disable=SC2046,SC2086
    build_libnnc && cc $flags -w -I$out/src/libnnc/lib -o "$out/libnnc" $here/libnnc.c $out/src/libnnc/lib/libnnc.a \
        $(pkg-config --libs openblas sqlite3) -pthread -lm || left_out "libnnc does not build"
else
    left_out "libnnc: its sources are not there; set LIBNNC_SOURCE to a copy of them"
fi
