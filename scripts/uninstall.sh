#!/bin/sh
# Removes what the last `make install` of a build folder wrote, by its list, and folders of Hone's that are empty then.
#   scripts/uninstall.sh BUILD DESTDIR
set -eu
list=$1/install_manifest.txt
if [ ! -e "$list" ]; then
    echo "make uninstall: there is no $list, the list of what make install has written" >&2
    exit 1
fi
removed=0
{ cat "$list" && echo; } | {
    while IFS= read -r file; do
        [ -n "$file" ] && [ -e "$2$file" -o -L "$2$file" ] || continue
        rm "$2$file"
        removed=$((removed + 1))
    done
    echo "$removed files removed"
}
sed -n 's|^\(.*/hone\)/.*|\1|p' "$list" | sort -u | while IFS= read -r folder; do
    [ ! -d "$2$folder" ] || find "$2$folder" -depth -type d -empty -delete
done
rm "$list"
[ -n "$2" ] || [ "$(id -u)" -ne 0 ] || PATH=$PATH:/sbin:/usr/sbin ldconfig || true
