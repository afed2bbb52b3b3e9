#!/usr/bin/env bash
# `make demo-cnn`: trains a network of convolutions on Fashion-MNIST, with augmentation, and evaluates it. The argument is the
# built command.
set -euo pipefail
hone=$1

say() {
    printf '\n%s\n' "$*"
}

say "1. Training examples/convnet.yaml on Fashion-MNIST: 55,000 images, flipped and shifted at random, 12 epochs."
"$hone" train examples/convnet.yaml --output convnet.keras --history convnet.csv --plot convnet.png

say "2. Evaluating convnet.keras on the 10,000 test images."
"$hone" evaluate convnet.keras --data fashion-mnist#test --scale 1/255

cat <<TEXT

Written: convnet.keras (the model; Keras opens it too), convnet.csv (a row an epoch), convnet.png (the curves).

What to try next:
  $hone summary convnet.keras                 its layers
  $hone report convnet.keras --data fashion-mnist#test --scale 1/255 --history convnet.csv --output convnet.html
  $hone export convnet.keras --output convnet.c    C99 for a microcontroller
  $hone help recipe                           augment, and what else a recipe may say
  edit a copy of examples/convnet.yaml, or start from examples/convnet.c
TEXT
