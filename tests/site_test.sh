#!/usr/bin/env bash
# The pages of docs/ become a site in which every link and anchor leads somewhere, and a link that does not is found.
set -uo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if ! command -v cmark-gfm >/dev/null; then
    echo "cmark-gfm is not here: scripts/install-packages.sh site"
    exit 77
fi
"$root/scripts/site.py" "$folder/site" --no-reference || exit 1
test -s "$folder/site/index.html" || exit 1

mkdir -p "$folder/tree/docs" "$folder/tree/scripts"
cp -r "$root/docs/site" "$folder/tree/docs/"
cp "$root/scripts/site.py" "$folder/tree/scripts/"
for page in CHANGELOG CONTRIBUTING ARCHITECTURE; do echo "# $page" >"$folder/tree/$page.md"; done
printf '# A\n\n[one](docs/none.md) [two](CHANGELOG.md#nothing) [three](#a) [four](https://example.org)\n' >"$folder/tree/README.md"
if "$folder/tree/scripts/site.py" "$folder/other" --no-reference 2>"$folder/wrong"; then
    echo "wrong links went unnoticed"
    exit 1
fi
grep -q 'docs/none.md leads nowhere' "$folder/wrong" && grep -q 'CHANGELOG.html#nothing names no anchor' "$folder/wrong" &&
    ! grep -q '#a \|example.org' "$folder/wrong"
