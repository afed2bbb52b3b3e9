#!/usr/bin/env bash
# scripts/install-packages.sh, with stand-ins for dpkg-query, apt-get, sudo and id that write down how they were called.
set -uo pipefail
script=$(cd "$(dirname "$0")/../.." && pwd)/scripts/install-packages.sh
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failures=0

# stand_in NAME BODY: a command of this name; $calls is the file that it may write to.
stand_in() {
    mkdir -p "$folder/bin"
    printf '#!/bin/bash\ncalls=%q\n%s\n' "$folder/calls" "$2" >"$folder/bin/$1"
    chmod +x "$folder/bin/$1"
}

# start USER-ID INSTALLED...: a machine with the programs that the script needs, this user and these packages.
start() {
    rm -rf "$folder/bin" "$folder/calls"
    local name user=$1
    shift
    : >"$folder/calls"
    stand_in id "echo $user"
    stand_in dpkg-query "case \" $* \" in *\" \${!#} \"*) echo installed;; *) exit 1;; esac"
    stand_in apt-get 'echo "apt-get $* frontend=${DEBIAN_FRONTEND:-}" >>"$calls"'
    for name in bash env cat; do
        ln -s "$(command -v "$name")" "$folder/bin/$name"
    done
}

# run ARGUMENTS...: output in $output, exit status in $status.
run() {
    output=$(PATH=$folder/bin bash "$script" "$@" 2>&1 </dev/null)
    status=$?
}

check() {
    local what=$1
    shift
    if ! "$@"; then
        printf 'FAILED: %s\n  status %s, output: %s\n  calls: %s\n' "$what" "$status" "$output" "$(cat "$folder/calls")" >&2
        failures=$((failures + 1))
    fi
}

says() { [[ $output == *"$1"* ]]; }
calls() { [[ $(cat "$folder/calls") == *"$1"* ]]; }
calls_nothing() { [[ ! -s $folder/calls ]]; }

start 0 dataset-fashion-mnist
run demo
check "nothing missing: success" [ "$status" -eq 0 ]
check "nothing missing: no call of apt-get" calls_nothing

start 0 libcmocka-dev libhdf5-dev python3 openssl
run test demo
check "missing, as root: success" [ "$status" -eq 0 ]
check "says what it installs" says "missing: dataset-fashion-mnist"
check "updates the lists first" calls "update frontend=noninteractive
apt-get"
check "installs only what is missing, asking nothing" calls "install --no-install-recommends dataset-fashion-mnist frontend=noninteractive"
check "answers yes" calls " -y "

start 1000
run demo
check "neither root nor sudo: fails" [ "$status" -eq 1 ]
check "neither root nor sudo: says how" says "apt-get install dataset-fashion-mnist"
check "neither root nor sudo: no call" calls_nothing

start 1000
stand_in sudo 'echo "sudo $1" >>"$calls"; shift; exec "$@"'
run demo
check "by sudo: success" [ "$status" -eq 0 ]
check "by sudo, never asking without a terminal" calls "sudo -n"
check "by sudo: installs" calls "dataset-fashion-mnist"

start 1000
stand_in sudo 'exit 1'
run demo
check "sudo refuses: fails" [ "$status" -eq 1 ]
check "sudo refuses: says how" says "as root: apt-get install dataset-fashion-mnist"

start 0
rm "$folder/bin/apt-get"
run demo
check "no apt: goes on" [ "$status" -eq 0 ]
check "no apt: says what is needed" says "dataset-fashion-mnist"

start 0
HONE_NO_INSTALL=1 run demo
check "told not to install: no call" calls_nothing

start 0
run nonsense
check "unknown group: fails" [ "$status" -eq 2 ]

echo "$failures failed"
[[ $failures -eq 0 ]]
