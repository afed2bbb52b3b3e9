#!/usr/bin/env bash
# Every program and every recipe of examples/ runs, for one epoch, and leaves what it says. `make examples` runs them in full.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
failures=0

check() {
    local what=$1
    shift
    if ! "$@" >output 2>&1; then
        echo "FAILED: $what: $*" >&2
        tail -20 output >&2
        failures=$((failures + 1))
    fi
}

for source in "$root"/examples/*.c; do
    name=$(basename "$source" .c)
    [[ $name != common ]] || continue # what the others share
    check "example $name" "$HONE_BUILD_DIR/examples/example_$name" 1
done
check "the chapter's program is short" [ "$(wc -l <"$root/examples/chapter.c")" -le 60 ]
check "the chapter's program saved its model" test -s fashion.keras

for recipe in "$root"/examples/*.yaml; do
    name=$(basename "$recipe" .yaml)
    check "recipe $name" "$HONE_COMMAND" train "$recipe" --epochs 1 --verbose 0 --output "$name.keras" \
        --history "$name.csv" --plot "$name.png"
    check "recipe $name: model" test -s "$name.keras"
    check "recipe $name: one epoch in its history" [ "$(wc -l <"$name.csv")" -eq 2 ]
    check "recipe $name: curves" test -s "$name.png"
    check "recipe $name: summary" "$HONE_COMMAND" summary "$name.keras"
done

echo "$failures failed"
[[ $failures -eq 0 ]]
