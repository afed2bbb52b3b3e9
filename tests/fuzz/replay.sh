#!/bin/sh
# A test: replay.sh TARGET FOLDER... runs a fuzz target over the files of the folders that are there, with mutations.
set -eu
target=$1
shift
folders=
for folder in "$@"; do
    if [ -d "$folder" ]; then
        folders="$folders $folder"
    fi
done
if [ -z "$folders" ]; then
    folders=$0 # a target without seeds (corpus.py) begins with nonsense
fi
# shellcheck disable=SC2086 # the folders are words
files=$(find $folders -type f | wc -l)
mutations=$((600 / files)) # each of many seeds is changed less often
if [ "$mutations" -gt 50 ]; then
    mutations=50
elif [ "$mutations" -lt 5 ]; then
    mutations=5
fi
if [ "${HONE_TEST_FULL:-0}" = 1 ]; then
    mutations=$((100 * mutations))
fi
# shellcheck disable=SC2086 # the folders are words
exec "$target" --mutations "$mutations" $folders
