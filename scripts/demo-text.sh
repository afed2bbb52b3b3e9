#!/usr/bin/env bash
# `make demo-text`: trains a character model on the King James text, from the Debian package bible-kjv, and writes with it. The
# argument is the built command.
set -euo pipefail
hone=$1

say() {
    printf '\n%s\n' "$*"
}

if ! command -v bible >/dev/null; then
    echo "demo-text: the package bible-kjv is missing, which has the text; any other text file does as well:" >&2
    echo "  copy it to verses.txt, and train examples/verses.yaml on it" >&2
    exit 1
fi
if [[ ! -s verses.txt ]]; then # a verse a line, without "Ge1:1 "
    bible -f gen1:1-rev22:21 | sed 's/^[^ ]* //' >verses.txt
fi

say "1. Training examples/verses.yaml on verses.txt: $(wc -c <verses.txt) characters, of which 500 batches read 3.2 million."
"$hone" train examples/verses.yaml --output verses.keras --history verses.csv

say "2. What it writes, at temperature 0.6:"
"$hone" generate verses.keras --prompt "And it came to pass, that " --length 600 --temperature 0.6 --seed 1

cat <<TEXT

Written: verses.keras (the model; Keras opens it too), verses.csv (a row an epoch).

What to try next:
  $hone generate verses.keras --prompt "In the beginning " --temperature 0.3
  $hone generate verses.keras --prompt "In the beginning " --temperature 1 --top-p 0.9 --seed 7
  $hone train verses.keras --data verses.txt --epochs 2 --output verses.keras    a better one: all of the text, twice
  $hone help generate, $hone help data
TEXT
