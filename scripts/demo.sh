#!/usr/bin/env bash
# `make demo`: trains the chapter's network on Fashion-MNIST and evaluates it. The argument is the built command.
set -euo pipefail
hone=$1

say() {
    printf '\n%s\n' "$*"
}

say "1. Training examples/chapter.yaml on Fashion-MNIST: 55,000 images for training, 5,000 for validation, 30 epochs."
"$hone" train examples/chapter.yaml --output fashion.keras --history fashion.csv --plot fashion.png

say "2. Evaluating fashion.keras on the 10,000 test images."
"$hone" evaluate fashion.keras --data fashion-mnist#test --scale 1/255

cat <<TEXT

Written: fashion.keras (the model; Keras opens it too), fashion.csv (a row an epoch), fashion.png (the curves).

What to try next:
  $hone summary fashion.keras                 its layers
  $hone predict fashion.keras --data fashion-mnist#test --scale 1/255 --output classes.npy
  $hone plan examples/chapter.yaml            what runs in a step, and its memory
  $hone train examples/chapter.yaml --optimizer "sgd(learning_rate=0.01, momentum=0.9)" --epochs 10
  $hone help dense                            every argument of a layer; $hone help lists the topics
  edit a copy of examples/chapter.yaml, or start from examples/chapter.c
TEXT
