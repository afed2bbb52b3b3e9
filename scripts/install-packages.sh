#!/usr/bin/env bash
# Installs the Debian packages that are missing, and says so first.
#
#   scripts/install-packages.sh GROUP...      groups: build test demo text emulator ports browser ci full site peers
#
# Goes through sudo when not root, and asks for nothing when there is no terminal. HONE_NO_INSTALL=1 only says what is missing.
set -euo pipefail

declare -A packages=(
    [build]="gcc libc6-dev make cmake ninja-build pkg-config libdnnl-dev libzip-dev
             libyaml-dev libcairo2-dev zlib1g-dev libpng-dev libjpeg62-turbo-dev libprotobuf-c-dev protobuf-c-compiler
             libcurl4-openssl-dev"
    [test]="libcmocka-dev libhdf5-dev python3 dataset-fashion-mnist openssl"
    [demo]="dataset-fashion-mnist"
    [text]="bible-kjv"
    [emulator]="gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm"
    [ports]="lib32gcc-12-dev musl-tools qemu-user gcc-mingw-w64-x86-64-posix wine64"
    [browser]="chromium"
    [ci]="ccache mold g++ gcc-multilib clang clang-format libclang-rt-dev python3-venv binutils cmark-gfm"
    [full]="zsh fish mandoc man-db lintian debhelper dpkg-dev fakeroot rustc spin libopenmpi-dev openmpi-bin libmpich-dev mpich"
    [site]="cmark-gfm doxygen"
    [peers]="git libfann-dev libopenblas-dev libsqlite3-dev python3-venv"
)

wanted=()
for group in "$@"; do
    if [[ -z ${packages[$group]:-} ]]; then
        echo "install-packages.sh: unknown group \"$group\"; the groups are: ${!packages[*]}" >&2
        exit 2
    fi
    read -r -d '' -a names <<<"${packages[$group]}" || true
    wanted+=("${names[@]}")
done

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "This is not Debian or a relative of it: nothing is installed here. What Hone needs is called there:" >&2
    echo "  ${wanted[*]}" >&2
    echo "Going on with what there is." >&2
    exit 0
fi

is_installed() {
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

missing=()
for name in "${wanted[@]}"; do
    if ! is_installed "$name" && [[ " ${missing[*]:-} " != *" $name "* ]]; then
        missing+=("$name")
    fi
done
if [[ ${#missing[@]} -eq 0 ]]; then
    exit 0
fi

echo "Debian packages that are missing: ${missing[*]}"
if [[ ${HONE_NO_INSTALL:-0} == 1 ]]; then
    echo "HONE_NO_INSTALL is set: not installing them." >&2
    exit 0
fi

environment=(env DEBIAN_FRONTEND=noninteractive APT_LISTCHANGES_FRONTEND=none NEEDRESTART_MODE=a)
if [[ $(id -u) -eq 0 ]]; then
    as_root=("${environment[@]}")
elif command -v sudo >/dev/null; then
    if [[ -t 0 ]]; then
        as_root=(sudo "${environment[@]}")
    else
        as_root=(sudo -n "${environment[@]}")
    fi
else
    echo "Neither root nor sudo here. Have them installed, then try again:" >&2
    echo "  apt-get install ${missing[*]}" >&2
    exit 1
fi

echo "Installing them now."
options=(-q -y -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300)
if ! "${as_root[@]}" apt-get "${options[@]}" update </dev/null ||
    ! "${as_root[@]}" apt-get "${options[@]}" install --no-install-recommends "${missing[@]}" </dev/null; then
    echo "The packages could not be installed. To do it by hand, as root: apt-get install ${missing[*]}" >&2
    exit 1
fi
