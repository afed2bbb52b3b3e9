#!/usr/bin/env bash
# Manual pages and completions that `hone help` prints: complete, well formed, and of use in real shells (each that is there).
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export ASAN_OPTIONS=detect_leaks=0
checks=0
failures=0

# expect WHAT COMMAND...: the command succeeds.
expect() {
    local what=$1
    shift
    checks=$((checks + 1))
    if ! "$@"; then
        echo "FAILED: $what" >&2
        failures=$((failures + 1))
    fi
}

contains() {
    grep -qF -e "$2" <<<"$1"
}

exits() {
    local wanted=$1 status=0
    shift
    "$@" >/dev/null 2>"$folder/message" || status=$?
    [[ $status -eq $wanted && ($status -eq 0 || $(wc -l <"$folder/message") -eq 1) ]]
}

expect "the pages are made" sh "$root/cmake/pages.sh" "$folder/pages" "$HONE_COMMAND"
pages=$folder/pages
whole=$(sed 's/\\-/-/g' "$pages/man/man1/hone.1")
for command in $("$HONE_COMMAND" --help | sed -nE '/^Commands:/,/^$/{s/^  ([a-z-]+) .*/\1/p}'); do
    page=$(sed 's/\\-/-/g' "$pages/man/man1/hone-$command.1")
    expect "hone.1 has $command" contains "$whole" ".SS $command"
    for option in $("$HONE_COMMAND" "$command" --help | sed -nE 's/^  (--[a-z0-9-]+).*/\1/p'); do
        expect "hone-$command.1 has $option" contains "$page" "$option"
        expect "hone.1 has $option of $command" contains "$whole" "$option"
        for script in hone.bash _hone hone.fish; do
            expect "$script has $option" grep -qE -e "(--|-l )${option#--}\b" "$pages/completions/$script"
        done
    done
done
expect "layers are described" grep -q '^\.SS dense' "$pages/man/man7/hone-layers.7"
expect "the library has a page" grep -q 'hone_sequential' "$pages/man/man3/hone.3"
expect "an unknown page is a mistake of the line" exits 2 "$HONE_COMMAND" help --man nothing
expect "an unknown shell is a mistake of the line" exits 2 "$HONE_COMMAND" help --completion tcsh
if command -v mandoc >/dev/null; then
    for page in "$pages"/man/*/*; do
        expect "mandoc takes $page" mandoc -T lint -W error "$page"
        expect "$page renders" test "$(mandoc -T utf8 "$page" | wc -l)" -gt 20
    done
else
    echo "mandoc is not here: the pages are not linted"
fi

# offers LINE WORD SHELL: what the shell offers has the word; offers_not: it has not.
offers() {
    grep -qxF -e "$2" <<<"$("complete_$3" "$1")"
}
offers_not() {
    ! offers "$@"
}
complete_bash() {
    LINE=$1 bash --norc -c '
        source "$0/completions/hone.bash"
        cd "$0/.."
        read -ra COMP_WORDS <<<"${LINE//=/ = }"
        [[ $LINE == *" " ]] && COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _hone
        printf "%s\n" "${COMPREPLY[@]}"' "$pages"
}
complete_zsh() {
    (cd "$folder" && timeout 60 zsh "$root/tests/cli/completion.zsh" "$pages/completions" "$1")
}
complete_fish() { # the words alone, without descriptions and without what is before a "="
    (cd "$folder" && HOME=$folder fish -N -c "source $pages/completions/hone.fish; complete -C '$1'" | cut -f 1 |
        sed 's/^--[a-z-]*=//')
}

touch "$folder/model.keras" "$folder/table.csv" "$folder/picture.png"
for shell in bash zsh fish; do
    if ! command -v $shell >/dev/null; then
        echo "$shell is not here: its completion is not tried"
        continue
    fi
    case $shell in
        bash) script=hone.bash ;;
        zsh) script=_hone ;;
        fish) script=hone.fish ;;
    esac
    expect "$shell reads it" $shell -n "$pages/completions/$script"
    expect "$shell: sub-commands" offers "hone tr" train $shell
    expect "$shell: options" offers "hone train --opt" --optimizer $shell
    expect "$shell: registered names" offers "hone train --optimizer ad" adamw $shell
    expect "$shell: after an equals sign" offers "hone train --optimizer=ad" adamw $shell
    expect "$shell: choices" offers "hone export model.keras --weights " int8 $shell
    expect "$shell: files" offers "hone train --plot pic" picture.png $shell
    expect "$shell: models" offers "hone evaluate mod" model.keras $shell
    expect "$shell: sets" offers "hone datasets fetch " iris $shell
    expect "$shell: topics" offers "hone help den" dense $shell
    [[ $shell == fish ]] || expect "$shell: behind --sandbox" offers "hone --sandbox train --opt" --optimizer $shell
    expect "$shell: no names beyond a choice" offers_not "hone train --verbose " adam $shell
done
echo "$checks checks, $failures failed"
[[ $failures -eq 0 ]]
