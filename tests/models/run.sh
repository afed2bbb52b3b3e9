#!/usr/bin/env bash
# Checks the models of this folder with Spin: what must hold does in every order of the steps, and no longer does without what each model
# names as needed. Ends with a line "N passed, N failed".
set -euo pipefail
cd "$(dirname "$0")"
if ! command -v spin >/dev/null; then
    echo "spin is missing (Debian: spin)" >&2
    exit 77
fi
here=$PWD
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
passed=0
failed=0

# The model with a part left out, or whole: its errors and states, "0 errors of 12345 states".
explore() {
    rm -rf "$folder/run"
    mkdir "$folder/run"
    (
        cd "$folder/run"
        spin -a ${2:+"-D$2"} "$here/$1.pml" >said
        cc -O2 -w -DSAFETY -DCOLLAPSE -DVECTORSZ=2048 pan.c -o pan >>said
        ./pan -m1000000 -n >>said
        grep -q 'max search depth too small' said && exit 1
        sed -nE 's/.*errors: ([0-9]+).*/\1 errors/p; s/^ *([0-9.e+]+) states, stored.*/of \1 states/p' said | tr '\n' ' '
    )
}

check() {
    local model=$1 without=${2:-} found
    found=$(explore "$model" "$without")
    echo "$model${without:+ with $without}: $found"
    if [[ $found =~ ^([0-9]+)\ errors\ of && ((-z $without && ${BASH_REMATCH[1]} == 0) || (-n $without && ${BASH_REMATCH[1]} != 0)) ]]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
}

for model in *.pml; do
    check "${model%.pml}"
    for without in $(grep -ohE '^#ifn?def [A-Z_]+' "$model" | awk '{print $2}' | sort -u); do
        check "${model%.pml}" "$without"
    done
done
echo "$passed passed, $failed failed"
test "$failed" -eq 0
