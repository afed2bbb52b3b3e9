#!/usr/bin/env bash
# What was installed serves programs outside the tree: C and C++17 through pkg-config, CMake and plain options, Python through
# ctypes, Rust through extern "C"; and the manual and the completions lie where they are looked for.
#   tests/install.sh ROOT [PREFIX]      `make install PREFIX=/usr DESTDIR=ROOT`, or packages taken apart there
# Ends with a line "N passed, N failed". In CI (CI=true) only rustc may be missing.
set -uo pipefail
source=$(cd "$(dirname "$0")/.." && pwd)
prefix=$(realpath "$1")${2:-/usr}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

check() {
    local what=$1
    shift
    if (cd "$work" && "$@") >"$work/log" 2>&1; then
        passed=$((passed + 1))
    else
        echo "FAILED: $what" >&2
        cat "$work/log" >&2
        failed=$((failed + 1))
    fi
}

library=$(dirname "$(find "$prefix" -name libhone.so | head -1)")
shared=$(readlink -f "$library/libhone.so")
c_program=$source/tests/install/program.c
cpp_program=$source/tests/headers/wrapper.cpp
warnings=(-Wall -Wextra -Werror)
export LD_LIBRARY_PATH=$library PKG_CONFIG_PATH=$library/pkgconfig
flags() { # an installation that lies below a folder, DESTDIR or another prefix, is found from its hone.pc
    pkg-config --cflags "$@"
}

# ---- what lies where ----

check "the library has its SONAME" bash -c "readelf -d '$shared' | grep -q 'SONAME.*\[libhone\.so\.0\]'"
check "the links to it" test -e "$library/libhone.so.0" -a -e "$library/libhone.a"
check "only public names" bash -c "! nm -D --defined-only '$shared' | awk '{print \$3}' | grep -vE '^hone_' &&
    ! nm -D --defined-only '$shared' | grep -E ' hone_internal_'"
check "the archive's names are Hone's" bash -c "! nm -g --defined-only '$library/libhone.a' 2>/dev/null |
    awk 'NF == 3 {print \$3}' | grep -vE '^(hone_|hone__)'"
check "the version" bash -c "test \"hone \$(pkg-config --modversion hone)\" = \"\$('$prefix/bin/hone' --version)\""
for file in include/hone/hone.h include/hone/hone.hpp share/doc/hone/examples/chapter.c share/doc/hone/examples/python/moons.py \
    share/bash-completion/completions/hone share/zsh/site-functions/_hone share/fish/vendor_completions.d/hone.fish; do
    check "$file" test -s "$prefix/$file"
done
for page in man1/hone.1 man1/hone-train.1 man3/hone.3 man7/hone-layers.7; do # packages compress them
    check "$page" bash -c "test -s '$prefix/share/man/$page' -o -s '$prefix/share/man/$page.gz'"
done

# Each link of a page that is installed leads to a file or folder that is too.
dead_links() {
    find "$prefix/share/doc" -path '*hone*' -name '*.md' | while IFS= read -r page; do
        grep -o '](\([^) #]*\)' "$page" | sed 's/^](//' | grep -v ':' | sort -u | while IFS= read -r link; do
            [[ -z $link || -e $(dirname "$page")/$link ]] || echo "$page: $link"
        done
    done
}
dead_links >"$work/dead"
check "links of the installed pages" bash -c "test -s '$prefix/share/doc/hone/docs/first-hour.md' && cat '$work/dead' && ! test -s '$work/dead'"

# ---- programs ----

# build_and_run COMPILER SOURCE FLAGS...
build_and_run() {
    local compiler=$1 program=$2
    shift 2
    rm -f program
    $compiler "${warnings[@]}" -o program "$program" "$@" -lm && ./program
}
links_shared() {
    build_and_run "$@" && readelf -d program | grep -q 'libhone\.so\.0'
}
links_static() {
    build_and_run "$@" && ! readelf -d program | grep -q 'libhone'
}

# shellcheck disable=SC2046 # the flags are words
for language in c cpp; do
    compiler=(cc -std=c11)
    program=$c_program
    if [[ $language == cpp ]]; then
        compiler=(c++ -std=c++17)
        program=$cpp_program
    fi
    check "$language: pkg-config hone" links_shared "${compiler[*]}" "$program" $(flags --libs hone)
    check "$language: pkg-config --static hone" links_shared "${compiler[*]}" "$program" $(flags --static --libs hone)
    check "$language: pkg-config hone-static" links_static "${compiler[*]}" "$program" $(flags --libs hone-static)
    check "$language: -lhone" links_shared "${compiler[*]}" "$program" "-I$prefix/include" "-L$library" -lhone
done

# Each example, where it was installed, by the line that docs/embedding.md gives.
examples=$prefix/share/doc/hone/examples
for program in "$examples"/*.c; do
    name=$(basename "$program" .c)
    if [[ $name == common ]]; then continue; fi
    check "examples/$name.c" cc -std=c11 "${warnings[@]}" -o "$name" "$program" "$examples/common.c" -lhone -lm \
        "-I$prefix/include" "-L$library"
done
classify() {
    cat >ten.c <<'END'
#include <hone/hone.h>
int main(void)
{
    hone_model *model = hone_sequential(hone_input(28, 28), hone_flatten(), hone_dense(10, .activation = "softmax"));
    return hone_save(model, "ten.keras") < 0;
}
END
    cc -std=c11 -o ten ten.c "-I$prefix/include" "-L$library" -lhone && ./ten &&
        "$prefix/bin/hone" export ten.keras --output classifier.c &&
        cc -O2 -I. "$examples/embedded/classify.c" classifier.c -lm -o classify
}
check "examples/embedded/classify.c" classify

# cmake_project KIND LINKS
cmake_project() {
    local kind=$1 links=$2 program
    rm -rf "build$kind"
    cmake -S "$source/tests/install" -B "build$kind" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" -DKIND="$kind" \
        -DPROGRAM="$c_program" -DCPP_PROGRAM="$cpp_program" && cmake --build "build$kind" || return 1
    for program in c_program cpp_program; do
        "build$kind/$program" || return 1
        if readelf -d "build$kind/$program" | grep -q 'libhone\.so\.0'; then
            [[ $links == shared ]] || return 1
        else
            [[ $links == static ]] || return 1
        fi
    done
}
check "find_package(hone)" cmake_project "" shared
check "find_package(hone COMPONENTS shared)" cmake_project shared shared
check "find_package(hone COMPONENTS static)" cmake_project static static
missing_component() {
    ! cmake -S "$source/tests/install" -B buildnone -G Ninja -DCMAKE_PREFIX_PATH="$prefix" -DKIND=tpu \
        -DPROGRAM="$c_program" -DCPP_PROGRAM="$cpp_program"
}
check "an unknown component is refused" missing_component

check "Python through ctypes" python3 "$source/examples/python/moons.py" "$shared"
if command -v rustc >/dev/null; then
    rust_program() {
        rustc --edition 2021 -D warnings -L "$library" -l hone -o moons "$source/examples/rust/moons.rs" && ./moons
    }
    check "Rust through extern \"C\"" rust_program
else
    echo "rustc is not here: examples/rust is not tried"
fi

strip -s -o "$work/stripped.so" "$shared"
echo "libhone.so, stripped (strip -s): $(stat -c %s "$work/stripped.so") bytes"
echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
