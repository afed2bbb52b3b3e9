#!/bin/sh
# One table: an epoch of the chapter's example in Hone over the floor of its matrix products, and beside the peers that are installed.
#   bench/run.sh [BUILD]      default: build/release, built with -DHONE_BENCH=ON
# HONE_BENCH_EPOCHS: epochs of each run (5). The machine should be idle.
set -eu
cd "$(dirname "$0")/.."
build=${1:-build/release}
epochs=${HONE_BENCH_EPOCHS:-5}
cores=1
[ "$(nproc)" -lt 2 ] || cores="1 2"

# number FIELD: its value in the line of JSON on standard input.
number() { sed -n "s/.*\"$1\": \([0-9.]*\).*/\1/p"; }

floors=$("$build/bench/bench_floor")
# The floor on two cores is the better of the two ways.
floor_1=$(echo "$floors" | awk '/^1 core/ {for (i = 1; i <= NF; i++) if ($i == "s" && $(i + 1) == "an") print $(i - 1)}')
floor_2=$(echo "$floors" | awk '/^2 cores/ {for (i = 1; i <= NF; i++) if ($i == "s" && $(i + 1) == "an") if (!least || $(i - 1) < least) least = $(i - 1)} END {print least}')
speed=$(echo "$floors" | awk '/2048 x 2048/ {print $(NF - 1)}')

echo "machine: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores; dnnl_sgemm at 2048^3: $speed GFLOP/s a core; $(date +%Y-%m-%d)"
printf '\n%-34s %7s %10s %12s %10s\n' "784-300-BN-100-dropout-10, batch 32" threads "s an epoch" "over floor" "peak MB"
row() { printf '%-34s %7s %10.3f %12s %10s\n' "$1" "$2" "$3" "$4" "$5"; }
for threads in $cores; do
    eval floor=\$floor_"$threads"
    row "floor: its matrix products alone" "$threads" "$floor" "1.00" ""
    line=$("$build/bench/bench_epoch" "$threads" "$epochs")
    seconds=$(echo "$line" | number seconds_per_epoch)
    eval hone_"$threads"="$seconds"
    row "Hone" "$threads" "$seconds" "$(awk "BEGIN {printf \"%.2f\", $seconds / $floor}")" "$(echo "$line" | number peak_mb)"
done

# shellcheck disable=SC2086 # the thread counts are words
bench/peers/run.sh $cores 2>/dev/null | while read -r line; do
    name=$(echo "$line" | sed -n 's/.*"name": "\([^"]*\)".*/\1/p')
    threads=$(echo "$line" | number threads)
    seconds=$(echo "$line" | number seconds_per_epoch)
    eval floor=\$floor_"$threads" hone=\$hone_"$threads"
    row "$name" "$threads" "$seconds" "$(awk "BEGIN {printf \"%.2f\", $seconds / $floor}")" "$(echo "$line" | number peak_resident_mb)"
    awk "BEGIN {printf \"%-34s %7s %10s\n\", \"\", \"\", sprintf(\"Hone is %.1f times as fast\", $seconds / $hone)}"
done
[ -x build/venv/bin/python ] || [ -x build/venv-peers/bin/python ] || echo "(no peers here: make bench-peers installs them)"

if [ -x "$build/bench/bench_kernels" ]; then
    printf '\nproducts of one training step, one core\n'
    "$build/bench/bench_kernels"
fi
