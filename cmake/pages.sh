#!/bin/sh
# The manual pages and completions that the command prints from its tables, as files.
#   cmake/pages.sh FOLDER HONE
set -eu
folder=$1
hone=$2
rm -rf "$folder"
mkdir -p "$folder/completions"
for page in $("$hone" help --man list); do
    section=$folder/man/man${page##*.}
    mkdir -p "$section"
    "$hone" help --man "$page" >"$section/$page"
done
"$hone" help --completion bash >"$folder/completions/hone.bash"
"$hone" help --completion zsh >"$folder/completions/_hone"
"$hone" help --completion fish >"$folder/completions/hone.fish"
: >"$folder/made"
