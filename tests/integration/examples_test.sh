#!/usr/bin/env bash
# Every program and every recipe of examples/ runs, small, and leaves what it says. `make examples` runs them in full.
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

# A number that the last program printed: the word before it is given.
claim() {
    local what=$1 condition=$2
    if ! awk "$condition" output >/dev/null; then
        echo "FAILED: $what: $condition" >&2
        cat output >&2
        failures=$((failures + 1))
    fi
}

check "example chapter" "$HONE_BUILD_DIR/examples/example_chapter" 1
pictures=(gradients:01-gradients.png gradients:01-training.png initializers:02-initializers.png normalization:03-normalization.png
    clipping:04-clipping.png optimizers:05-optimizers.png schedules:06-find-lr.png schedules:06-rates.png schedules:06-schedules.png
    regularization:07-regularization.png monte_carlo:08-monte-carlo.png monte_carlo:08-images.png transfer:09-transfer.png gan:10-gan.png gan:10-dcgan.png
    deep:11-deep.png convnet:14-convnet.png denoise:15-denoise.png through_time:23-norms.png through_time:23-training.png)
for source in "$root"/examples/*.c; do
    name=$(basename "$source" .c)
    if [[ $name == common || $name == chapter ]]; then continue; fi
    if [[ $name == resnet && ${HONE_TEST_FULL:-0} != 1 ]]; then continue; fi # many seconds
    arguments=()
    if [[ $name == transfer ]]; then arguments=(--keras "$root/examples/eight_classes.keras"); fi
    check "example $name" "$HONE_BUILD_DIR/examples/example_$name" "${arguments[@]}" --samples 800 --epochs 2
    case $name in
    gradients) # He and SELU learn, twenty sigmoids with Glorot do not, relu with normal(0, 1) explodes
        claim "$name: vanishing" '/^sigmoid, Glorot/ && $5 < 0.3 { good = 1 } END { exit !good }'
        claim "$name: exploding" '/^relu, normal/ && /nan/ { good = 1 } END { exit !good }'
        claim "$name: selu learns" '/^selu, LeCun/ && $5 > 0.4 { good = 1 } END { exit !good }' ;;
    clipping)
        claim "$name: without it explodes" '/^no clipping/ && /nan/ { good = 1 } END { exit !good }'
        claim "$name: with it does not" '/^clip|^global/ && /nan/ { bad = 1 } END { exit bad }' ;;
    optimizers) claim "$name: Adam learns" '/^Adam / && $4 > 0.5 { good = 1 } END { exit !good }' ;;
    schedules) claim "$name: a suggestion" '/^suggested rate/ && $3 > 1e-4 && $3 < 1 { good = 1 } END { exit !good }' ;;
    transfer) claim "$name: from Keras's file" '/by Keras, then/ && $NF > 0.9 { good = 1 } END { exit !good }' ;;
    convnet) claim "$name: learns" '/^test accuracy/ && $3 > 0.4 { good = 1 } END { exit !good }' ;;
    denoise) claim "$name: learns" '/^epoch 2/ && $6 < 0.2 { good = 1 } END { exit !good }' ;;
    through_time) # what comes back over 60 steps: nothing of small weights, too much of large ones, a hundredth of orthogonal ones
        claim "$name: vanishing" '/^tanh, small weights .*e/ && $4 < 1e-15 { good = 1 } END { exit !good }'
        claim "$name: exploding" '/^tanh, large weights .*e/ && $4 > 100 { good = 1 } END { exit !good }'
        claim "$name: orthogonal" '/^tanh, orthogonal .*e/ && $3 > 1e-4 && $3 < 1 { good = 1 } END { exit !good }' ;;
    gan) claim "$name: both losses are numbers" '/nan|inf/ { bad = 1 } END { exit bad || NR != 6 }' ;;
    esac
done
for picture in "${pictures[@]}"; do check "example ${picture%%:*}: ${picture#*:}" test -s "${picture#*:}"; done
check "example optimizers: the start for Keras" test -s 05-start.keras
check "the chapter's program is short" [ "$(wc -l <"$root/examples/chapter.c")" -le 60 ]
check "the chapter's program saved its model" test -s fashion.keras

mkdir examples
cp "$root/examples/eight_classes.keras" "$root/examples/sentences.csv" examples
for recipe in "$root"/examples/*.yaml; do # transfer.yaml writes what transfer_all.yaml goes on from
    name=$(basename "$recipe" .yaml)
    if [[ $name == verses ]]; then continue; fi # its text comes from a package (scripts/demo-text.sh)
    if [[ $name == convnet && ${HONE_TEST_FULL:-0} != 1 ]]; then continue; fi # an epoch takes many seconds
    check "recipe $name" "$HONE_COMMAND" train "$recipe" --epochs 1 --verbose 0 --output "$name.keras" \
        --history "$name.csv" --plot "$name.png"
    check "recipe $name: model" test -s "$name.keras"
    check "recipe $name: one epoch in its history" [ "$(wc -l <"$name.csv")" -eq 2 ]
    check "recipe $name: curves" test -s "$name.png"
    check "recipe $name: summary" "$HONE_COMMAND" summary "$name.keras"
done

echo "$failures failed"
[[ $failures -eq 0 ]]
