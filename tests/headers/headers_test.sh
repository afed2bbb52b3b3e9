#!/usr/bin/env bash
# Each public header compiles alone as C11 with gcc; as C++17, and with clang, all of them together, and alone in `make test-full`.
# The chapter's example and the programs here compile without a warning in every C from C11 on, as a user would compile them. In CI
# (CI=true) no compiler may be missing.
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

headers=()
for header in include/hone/*.h; do
    [[ $header == */mpi.h ]] || headers+=("$header") # that one by the compilers of MPIs, below
done

# alone COMMAND... : each of the public headers; the last words of COMMAND are options
alone() {
    local header
    for header in "${headers[@]}"; do
        compile "$1 $header" "$@" "${strict[@]}" -include "$header" /dev/null
    done
}

# together COMMAND... : all of them
together() {
    compile "$1, all headers" "$@" "${strict[@]}" "${headers[@]/#/-include}" /dev/null
}

# check_headers COMPILER OPTION... : as the test's length allows
check_headers() {
    if [[ $1 == gcc || ${HONE_TEST_FULL:-0} == 1 ]]; then
        alone "$@"
    else
        together "$@"
    fi
}

for compiler in gcc clang; do
    has $compiler || continue
    check_headers $compiler -std=c11 -x c
    for standard in c11 c17 c2x; do
        for source in examples/chapter.c tests/headers/*.c; do
            [[ -e $source ]] || continue
            compile "$compiler -std=$standard $source" $compiler -std=$standard "${strict[@]}" "$source"
        done
    done
done

headers+=(include/hone/*.hpp)
for compiler in g++ clang++; do
    has $compiler || continue
    check_headers $compiler -std=c++17 -x c++
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
