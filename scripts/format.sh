#!/usr/bin/env bash
# clang-format over all C of src, cli, include, examples, bench and tests; tables (.def, .inc) are laid out by hand.
#
#   scripts/format.sh           change the files
#   scripts/format.sh --check   change nothing; fail when a file would be changed, and say where
set -euo pipefail
cd "$(dirname "$0")/.."

how=(-i)
if [[ ${1:-} == --check ]]; then
    how=(--dry-run -Werror)
fi
if ! command -v clang-format >/dev/null; then
    echo "clang-format is missing (Debian: clang-format)" >&2
    exit 1
fi
git ls-files -z -- {src,cli,include,examples,bench,mpi,tests}/'*.c' {src,cli,include,examples,bench,mpi,tests}/'*.h' \
    include/'*.hpp' tests/'*.cpp' |
    xargs -0 --max-procs="$(nproc)" -n 64 clang-format "${how[@]}"
