#!/usr/bin/env bash
# The manual page names every command and every option that `hone COMMAND --help` lists.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
page=$(sed -e 's/\\-/-/g' -e 's/\\ / /g' "$root/man/hone.1")
failures=0

expect() {
    if [[ $page != *"$1"* ]]; then
        echo "man/hone.1 lacks $1 ($2)" >&2
        failures=$((failures + 1))
    fi
}

commands=$("$HONE_COMMAND" --help | sed -nE '/^Commands:/,/^$/{/Comes later/d;s/^  ([a-z-]+) .*/\1/p}')
for command in $commands; do
    expect ".SY hone $command" command
    for option in $("$HONE_COMMAND" "$command" --help | sed -nE 's/^  (--[a-z-]+).*/\1/p'); do
        expect "$option" "of hone $command"
    done
done
[[ -n $commands ]] || failures=1
echo "$(wc -w <<<"$commands") commands, $failures failed"
[[ $failures -eq 0 ]]
