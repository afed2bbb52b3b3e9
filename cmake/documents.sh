#!/bin/sh
# What is installed to be read: the pages with their pictures and the examples. A link to a file of the sources that is not
# among them stays as its text.
#   cmake/documents.sh SOURCES FOLDER
set -eu
sources=$1
folder=$2
rm -rf "$folder"
mkdir -p "$folder"
cd "$sources"
cp README.md CHANGELOG.md ARCHITECTURE.md CONTRIBUTING.md SECURITY.md LICENSE "$folder"
find docs examples -type f \( -name '*.md' -o -name '*.png' -o -name '*.svg' -o -name '*.[ch]' -o -name '*.cpp' -o -name '*.yaml' \
    -o -name '*.py' -o -name '*.sh' -o -name '*.rs' -o -name '*.keras' -o -name '*.csv' \) ! -path 'docs/site/*' ! -name 'doxygen_filter.py' |
    while IFS= read -r file; do
        mkdir -p "$folder/${file%/*}"
        cp "$file" "$folder/$file"
    done
find "$folder" -name '*.md' | while IFS= read -r page; do
    sed -n 's/](/\n(/gp' "$page" | sed -n 's/^(\([^)#]*\)[)#].*/\1/p' | grep -v ':' | sort -u | while IFS= read -r link; do
        [ -e "${page%/*}/$link" ] || printf 's|\\[\\([^]]*\\)\\](%s[^)]*)|\\1|g\n' "$(printf '%s' "$link" | sed 's/[.[*^$]/\\&/g')"
    done >"$folder/links.sed"
    [ ! -s "$folder/links.sed" ] || { sed -f "$folder/links.sed" "$page" >"$page.new" && mv "$page.new" "$page"; }
done
rm -f "$folder/links.sed"
: >"$folder/.made"
