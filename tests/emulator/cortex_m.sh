#!/usr/bin/env bash
# C source of models on Cortex-M: compiled without a warning, run by QEMU with semihosting, compared with what Hone
# predicts.
#   tests/emulator/cortex_m.sh HONE [MODEL.keras...]      default: the model files of tests/golden/files, and networks of
#                                                         convolutions (convolutions, lenet, depthwise .yaml) that are
#                                                         trained a little first
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
hone=$1
shift
models=("$@")
if ! command -v arm-none-eabi-gcc >/dev/null || ! command -v qemu-system-arm >/dev/null; then
    "$here"/../../scripts/install-packages.sh emulator
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if [[ ${#models[@]} -eq 0 ]]; then
    printf 'a,b,c,d,kind\n1,0,0,1,0\n0,1,1,0,1\n1,1,0,0,2\n0.5,0,1,0,0\n' >"$folder/data.csv"
    models=("$here"/../golden/files/*.keras)
    for recipe in "$here"/*.yaml; do
        models+=("$folder/$(basename "$recipe" .yaml).keras")
        "$hone" train "$recipe" --data "$folder/data.csv#target=kind" --output "${models[-1]}" --verbose 0
    done
fi

# board, processor
targets=(
    "mps2-an385 -mcpu=cortex-m3"
    "mps2-an386 -mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16"
    "mps2-an500 -mcpu=cortex-m7 -mfloat-abi=hard -mfpu=fpv5-d16"
)
passed=0
failed=0

build() {
    arm-none-eabi-gcc -mthumb "$@" -std=c99 -Os -Wall -Wextra -pedantic -Werror -DSELF_TEST -specs=rdimon.specs \
        -T "$here/mps2.ld" -o "$folder/test.elf" "$here/startup.c" "$folder/net.c" -lm
}

run() {
    timeout 120 qemu-system-arm -M "$1" -kernel "$folder/test.elf" -nographic -monitor none -serial none \
        -semihosting-config enable=on,target=native </dev/null
}

check() {
    local board=$1
    shift
    if build "$@" && run "$board"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$model on $board: failed" >&2
    fi
}

# The networks of the recipes also with bytes between their layers, whose bits are the same on every processor.
for model in "${models[@]}"; do
    kinds=("--weights float32" "--weights int8")
    if [[ -f $folder/data.csv && $model == "$folder"/* ]]; then
        kinds+=("--calibrate $folder/data.csv#target=kind")
    fi
    for kind in "${kinds[@]}"; do
        # shellcheck disable=SC2086
        "$hone" export "$model" --output "$folder/net.c" $kind --prefix net >/dev/null 2>"$folder/said" || {
            grep -q "before it knew the shape" "$folder/said" && continue # saved without weights, on purpose
            cat "$folder/said" >&2
            failed=$((failed + 1))
            continue
        }
        for target in "${targets[@]}"; do
            read -r board flags <<<"$target"
            # shellcheck disable=SC2086
            check $board $flags
        done
    done
done

# The test can fail: a constant is changed.
"$hone" export "$model" --output "$folder/net.c" --prefix net >/dev/null
sed -i '0,/{$/{/{$/{n;s/-\?[0-9.]*f,/9.5f,/}}' "$folder/net.c"
build -mcpu=cortex-m3
if run mps2-an385; then
    echo "a wrong constant went unnoticed" >&2
    failed=$((failed + 1))
else
    passed=$((passed + 1))
fi
echo "Cortex-M: $passed passed, $failed failed"
[[ $failed -eq 0 ]]
