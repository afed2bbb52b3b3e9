#!/usr/bin/env bash
# The files of a release in build/release-files: the sources of a commit as hone-VERSION.tar.xz, their bill of checksums SHA256SUMS, and its
# signature SHA256SUMS.asc (OpenPGP). The same commit gives the same archive, byte for byte: the times in it are the commit's.
#
#   scripts/release.sh [--key KEY] [COMMIT]       KEY as gpg names it; without it gpg's own default
#   scripts/release.sh --check FOLDER             the checksums, and who signed them
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ ${1:-} == --check ]]; then
    cd "${2:?a folder}"
    gpg --batch --verify SHA256SUMS.asc SHA256SUMS
    sha256sum --check --strict SHA256SUMS
    exit
fi
key=()
if [[ ${1:-} == --key ]]; then
    key=(--local-user "${2:?a key}")
    shift 2
fi
commit=$(git rev-parse --verify "${1:-HEAD}^{commit}")
if [[ $# -eq 0 && -n $(git status --porcelain) ]]; then
    echo "release.sh: there are changes that no commit has; commit them, or name a COMMIT" >&2
    exit 1
fi
version=$(git show "$commit:CMakeLists.txt" | sed -nE 's/^project\(hone VERSION ([0-9.]+).*/\1/p')
out=build/release-files
rm -rf "$out"
mkdir -p "$out"
export SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH=$(git show --no-patch --format=%ct "$commit")
git archive --format=tar --prefix="hone-$version/" --mtime="@$SOURCE_DATE_EPOCH" "$commit" 2>/dev/null >"$out/hone.tar" ||
    git archive --format=tar --prefix="hone-$version/" "$commit" >"$out/hone.tar" # git before 2.42 takes the commit's time by itself
xz --threads=1 -6 <"$out/hone.tar" >"$out/hone-$version.tar.xz"
rm "$out/hone.tar"
(cd "$out" && sha256sum hone-*.tar.xz >SHA256SUMS)
gpg --batch --yes "${key[@]}" --armor --detach-sign --output "$out/SHA256SUMS.asc" "$out/SHA256SUMS"
ls -l "$out"
