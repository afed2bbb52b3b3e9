#!/usr/bin/env bash
# Page 25 of the guide: digits spoken by synthetic voices (Debian packages espeak-ng and flite) in folders spoken/train and
# spoken/others, and by a person (asterisk-core-sounds-en-wav) in spoken/person; a second at 8,000 Hz each, by sox.
set -euo pipefail
words=(zero one two three four five six seven eight nine)
accents=(en-gb en-us en-gb-scotland en-029)
voices=(m1 m2 m3 m4 m7 f1 f2 f3 f4 f5 steph linda)
person=${PROMPTS:-/usr/share/asterisk/sounds/en_US_f_Allison}/digits

# Without the silence before the word, and a second long.
second() {
    sox -V1 -D "$1" -r 8000 -b 16 -c 1 "$2" silence 1 0.01 0.5% pad 0 1 trim 0 1 gain -n -3
}

raw=$(mktemp --suffix=.wav)
trap 'rm -f "$raw"' EXIT
for digit in {0..9}; do
    mkdir -p spoken/{train,others,person}/"$digit"
    for accent in "${accents[@]}"; do
        for voice in "${voices[@]}"; do
            for speed in 130 180; do
                pitch=$((30 + (speed * 7 + digit * 13 + ${#voice} * 29 + ${#accent} * 11) % 45))
                espeak-ng -v "$accent+$voice" -s "$speed" -p "$pitch" -w "$raw" "${words[digit]}"
                second "$raw" "spoken/train/$digit/$accent-$voice-$speed.wav"
            done
        done
    done
    for voice in kal kal16 awb rms slt; do
        for stretch in 0.8 1 1.2; do
            flite -voice "$voice" --setf duration_stretch="$stretch" -t "${words[digit]}" -o "$raw"
            second "$raw" "spoken/others/$digit/$voice-$stretch.wav"
        done
    done
    second "$person/$digit.wav" "spoken/person/$digit/asterisk.wav"
done
