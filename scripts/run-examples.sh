#!/usr/bin/env bash
# Runs every program of examples/ in full, one after the other, and every recipe that has no program of its name.
# The argument is the build folder; what they write stays in its examples/output.
set -euo pipefail
build=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$build/examples/output"

failed=0
run() {
    printf '\n== %s\n' "$*"
    if ! (cd "$build/examples/output" && "$@"); then
        echo "== failed: $*" >&2
        failed=$((failed + 1))
    fi
}

for source in "$root"/examples/*.c; do
    [[ -e $source && $source != */common.c ]] || continue
    run "$build/examples/example_$(basename "$source" .c)"
done
for recipe in "$root"/examples/*.yaml; do
    name=$(basename "$recipe" .yaml)
    [[ -e $recipe && ! -e $root/examples/$name.c ]] || continue
    run "$build/hone" train "$recipe" --output "$name.keras" --history "$name.csv" --plot "$name.png"
done
printf '\n%s\n' "$failed failed; their files are in $build/examples/output"
[[ $failed -eq 0 ]]
