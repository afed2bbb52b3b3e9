#!/usr/bin/env bash
# What the command of another machine writes is what this one writes, byte for byte, and it predicts the same within rounding.
#   tests/ports/files.sh HONE THEIR_HONE...       THEIR_HONE: the words that run it (an emulator and its options before the program)
set -euo pipefail
cd "$(dirname "$0")/../.."
here=$(realpath "$1")
shift
there=("$@")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/here" "$folder/there"
passed=0
failed=0

# Runs one command in both folders: both SIDE_PROOF_WORDS...
both() {
    (cd "$folder/here" && "$here" "$@") >"$folder/here/said" 2>&1 && (cd "$folder/there" && "${there[@]}" "$@") >"$folder/there/said" 2>&1
}

check() {
    local what=$1 file=$2
    shift 2
    if ! both "$@"; then
        echo "$what: hone $* failed:"
        tail -3 "$folder/here/said" "$folder/there/said"
        failed=$((failed + 1))
    elif ! cmp "$folder/here/$file" "$folder/there/$file"; then
        echo "$what: files differ"
        failed=$((failed + 1))
    else
        passed=$((passed + 1))
    fi
}

export SOURCE_DATE_EPOCH=1700000000
for model in "$PWD"/tests/golden/files/*.keras; do
    name=$(basename "$model" .keras)
    if ! "$here" summary "$model" >/dev/null 2>&1; then
        continue # a file that is refused
    fi
    for ending in keras weights.h5 safetensors; do
        check "$name.$ending" "$name.$ending" convert "$model" "$name.$ending"
    done
    check "$name.onnx" "$name.onnx" export "$model" --output "$name.onnx"
    check "$name as told" said summary "$model"
    check "read back" "again.keras" convert "$name.keras" again.keras
done

# The formulas of ref/ are in double; a library's exp may still differ in the last place, so numbers are compared, not bytes.
cat >"$folder/here/sums.csv" <<'END'
a,b,y
0,0,0
0,1,1
1,0,1
1,1,2
0.5,0.5,1
END
cp "$folder/here/sums.csv" "$folder/there/"
both init 'sums.csv#target=y' --output sums.yaml
HONE_KERNELS=ref both train sums.yaml --epochs 3 --verbose 0 --threads 1 --output sums.keras
both predict sums.keras --data 'sums.csv#target=y' --output sums.out.csv
if python3 - "$folder/here/sums.out.csv" "$folder/there/sums.out.csv" <<'END'; then
import csv, sys
ours, theirs = ([row for row in csv.reader(open(path))] for path in sys.argv[1:])
assert len(ours) == len(theirs) > 1 and ours[0] == theirs[0]
for a, b in zip(ours[1:], theirs[1:]):
    assert all(abs(float(x) - float(y)) <= 1e-5 * (1 + abs(float(x))) for x, y in zip(a, b)), (a, b)
END
    passed=$((passed + 1))
else
    failed=$((failed + 1))
fi
cmp "$folder/here/sums.keras" "$folder/there/sums.keras" && echo "a training by ref wrote the same bytes"
echo "$passed passed, $failed failed"
test "$failed" -eq 0
