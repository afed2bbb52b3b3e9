#!/bin/sh
# Behind `make install`: the linker's cache, or what to say where it does not look. Nothing for an installation below DESTDIR.
#   scripts/after-install.sh BUILD DESTDIR
set -eu
[ -z "${2:-}" ] || exit 0
library=$(sed -n 's|/libhone\.so\.[0-9]*$||p' "$1/install_manifest.txt" | head -1)
[ -n "$library" ] || exit 0
PATH=$PATH:/sbin:/usr/sbin
if [ "$(id -u)" -eq 0 ] && command -v ldconfig >/dev/null; then
    ldconfig || true
fi
if ! command -v ldconfig >/dev/null || ! ldconfig -p | grep -q "=> $library/libhone.so"; then
    echo "The linker does not look into $library. Programs find libhone.so there with"
    echo "  export PKG_CONFIG_PATH=$library/pkgconfig"
    echo "  cc program.c \$(pkg-config --cflags --libs hone) -Wl,-rpath,$library -o program"
fi
