#!/usr/bin/env bash
# Each public header compiles alone, as C11 and as C++17; the chapter's example and the programs here compile without a warning
# in every C from C11 on, as a user would compile them. With gcc and clang; in CI (CI=true) neither may be missing.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
strict=(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -fsyntax-only -Iinclude)
checks=0
failures=0

has() {
    command -v "$1" >/dev/null && return 0
    if [[ ${CI:-} == true ]]; then
        echo "$1 is missing, and CI needs it" >&2
        failures=$((failures + 1))
    fi
    return 1
}

# compile LABEL COMMAND...
compile() {
    local label=$1
    shift
    checks=$((checks + 1))
    if ! "$@"; then
        echo "FAILED: $label" >&2
        failures=$((failures + 1))
    fi
}

for compiler in gcc clang; do
    has $compiler || continue
    for header in include/hone/*.h; do
        [[ $header != */mpi.h ]] || continue # by the compilers of MPIs, below
        compile "$compiler -std=c11 $header" $compiler -std=c11 -x c "${strict[@]}" -include "$header" /dev/null
    done
    for standard in c11 c17 c2x; do
        for source in examples/chapter.c tests/headers/*.c; do
            [[ -e $source ]] || continue
            compile "$compiler -std=$standard $source" $compiler -std=$standard "${strict[@]}" "$source"
        done
    done
done

for compiler in g++ clang++; do
    has $compiler || continue
    for header in include/hone/*.h include/hone/*.hpp; do
        [[ -e $header && $header != */mpi.h ]] || continue
        compile "$compiler -std=c++17 $header" $compiler -std=c++17 -x c++ "${strict[@]}" -include "$header" /dev/null
    done
    for source in tests/headers/*.cpp; do
        [[ -e $source ]] || continue
        compile "$compiler -std=c++17 $source" $compiler -std=c++17 "${strict[@]}" "$source"
    done
done

for kind in openmpi mpich; do
    command -v mpicc.$kind >/dev/null || continue
    for source in include/hone/mpi.h mpi/*.c; do
        compile "mpicc.$kind $source" mpicc.$kind -std=gnu11 -x c "${strict[@]}" -Icli "$source"
    done
    compile "mpicxx.$kind mpi.h" mpicxx.$kind -std=c++17 -DOMPI_SKIP_MPICXX -x c++ "${strict[@]}" -include include/hone/mpi.h /dev/null
done

echo "$checks compilations, $failures failed"
[[ $checks -gt 0 && $failures -eq 0 ]]
