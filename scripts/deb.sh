#!/usr/bin/env bash
# Debian packages of the tree as it stands: libhone0, libhone-dev and hone in build/deb. The version is that of CMakeLists.txt.
#   scripts/deb.sh [JOBS]
set -euo pipefail
cd "$(dirname "$0")/.."
version=$(sed -nE 's/^project\(hone VERSION ([0-9.]+).*/\1/p' CMakeLists.txt)
folder=build/deb/hone-$version
rm -rf build/deb
mkdir -p "$folder"
if git rev-parse --git-dir >/dev/null 2>&1; then
    git ls-files -z --cached --others --exclude-standard
else
    find . -path ./build -prune -o -type f -print0
fi | while IFS= read -r -d '' file; do
    [[ -e $file ]] && printf '%s\0' "$file"
done | tar --null --files-from=- --create | tar --extract --directory "$folder"
sed -i "1s/(.*)/($version-1)/" "$folder/debian/changelog"
cd "$folder"
DEB_BUILD_OPTIONS="nocheck noautodbgsym parallel=${1:-$(nproc)}" dpkg-buildpackage --build=binary --unsigned-changes >../build.log 2>&1 || {
    tail -40 ../build.log
    exit 1
}
cd ..
lintian --fail-on error --tag-display-limit 0 ./*.changes
rm -rf root
for package in ./*.deb; do
    dpkg-deb --info "$package" | sed -nE 's/^ (Package|Version|Installed-Size|Depends): /\1: /p'
    dpkg-deb --extract "$package" root
done
ls -l ./*.deb
