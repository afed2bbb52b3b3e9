#!/usr/bin/env bash
# Builds Hone for other machines and runs its tests there, by QEMU's emulation of programs. What a machine needs is fetched from Debian into
# build/ports/NAME/root, the compilers into build/ports/tools/root, and nothing of them is installed here: Debian's cross compilers cannot be
# installed beside gcc-multilib.
#
#   scripts/ports.sh [NAME...]              the core with its tests; s390x and arm64: the whole command, too. Default: all
#   scripts/ports.sh --core NAME...         the core as a library, and a program over it that trains, saves, loads and predicts
#   scripts/ports.sh --kernels NAME...      base and kernels alone, with their tests
#   scripts/ports.sh --command NAME...      the command alone, whose files are compared with those of build/release/hone
#
# Ends with a line "N passed, N failed" for each of them, and one for all.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=${JOBS:-$(nproc)}

# name: GNU triple, processor as CMake calls it, Debian's architecture, how its programs run here (ROOT is its folder, TOOLS that of the
# compilers), how it is compiled
declare -A ports=(
    [arm64]="aarch64-linux-gnu aarch64 arm64 qemu-aarch64;-cpu;max,sve-default-vector-length=32;-L;ROOT" # 256 bits: the table "sve", too
    [armhf]="arm-linux-gnueabihf armv7 armhf qemu-arm;-L;ROOT"
    [s390x]="s390x-linux-gnu s390x s390x qemu-s390x;-L;ROOT"
    [riscv64]="riscv64-linux-gnu riscv64 - qemu-riscv64;-L;TOOLS/usr/riscv64-linux-gnu"
    [i386]="i686-linux-gnu i686 i386 ROOT/lib/ld-linux.so.2;--library-path;ROOT/lib/i386-linux-gnu:ROOT/usr/lib/i386-linux-gnu -m32"
    [musl]="x86_64-linux-musl x86_64 - -"
    [mingw]="x86_64-w64-mingw32 x86_64 - wine"
    [amd64]="x86_64-linux-gnu x86_64 - -" # this machine, to compare with
)
declare -A compilers=([i386]=gcc [musl]=musl-gcc [mingw]=x86_64-w64-mingw32-gcc [amd64]=gcc)
declare -A not_there=([mingw]='sys/wait|fnmatch|setenv|sys/mman|mkdtemp|sysconf|newlocale|sigaction|aligned_alloc') # what tests that it cannot compile have in them
tools=(gcc-aarch64-linux-gnu gcc-arm-linux-gnueabihf gcc-s390x-linux-gnu gcc-riscv64-linux-gnu libc6-dev-riscv64-cross)
tools_folder=$PWD/build/ports/tools
whole=(arm64 s390x) # with the command and its libraries
libraries=(libzip-dev libyaml-dev libcairo2-dev zlib1g-dev libpng-dev libjpeg62-turbo-dev libprotobuf-c-dev
    libcurl4-openssl-dev libhdf5-dev)

part=all
if [[ ${1:-} == --* ]]; then
    part=${1#--}
    shift
fi
names=("$@")
if [[ ${#names[@]} -eq 0 ]]; then
    names=(arm64 armhf i386 s390x riscv64 musl mingw)
fi

# The words that run a program of a port, into the array run: words_to_run NAME
words_to_run() {
    local words
    read -r _ _ _ words _ <<<"${ports[$1]}"
    [[ $words == - ]] && words=
    words=${words//ROOT/$PWD/build/ports/$1/root}
    IFS=';' read -r -a run <<<"${words//TOOLS/$tools_folder/root}"
}

# An apt-get with lists of its own: apt_of STATE_FOLDER KIND ARCHITECTURE WORDS...
apt_of() {
    local state kind=$2 architecture=$3
    state=$(realpath -m "$1")
    shift 3
    mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
    touch "$state/status"
    echo "$kind [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm main" >"$state/sources"
    apt-get -q -o APT::Architecture="$architecture" -o APT::Architectures="$architecture" -o Dir::State="$state" \
        -o Dir::State::status="$state/status" -o Dir::Cache="$state/cache" -o Dir::Etc::SourceList="$state/sources" \
        -o Dir::Etc::SourceParts=/dev/null -o APT::Install-Recommends=false -o Debug::NoLocking=true "$@" >>"$state/log" 2>&1 || {
        tail -5 "$state/log"
        return 1
    }
}

# Links of a root that name a path from the root on, such as libm.so of 32 bits, name it from their place on: keep_links_within ROOT
keep_links_within() {
    local link
    find "$1" -type l -lname '/*' | while IFS= read -r link; do
        ln -sfn "$(realpath -m --no-symlinks --relative-to="$(dirname "$link")" "$1$(readlink "$link")")" "$link"
    done
}

# Debian packages of an architecture, with what they depend on, into FOLDER/root: unpack FOLDER ARCHITECTURE PACKAGE...
unpack() {
    local folder=$1 architecture=$2 package
    shift 2
    mkdir -p "$folder/root"
    apt_of "$folder/apt" deb "$architecture" update
    apt_of "$folder/apt" deb "$architecture" install -y --download-only "$@"
    for package in "$folder"/apt/cache/archives/*.deb; do
        dpkg-deb --extract "$package" "$folder/root"
    done
    rm -rf "$folder/apt"
    keep_links_within "$folder/root"
}

# The cross compilers with what they depend on that is not installed here, as if gcc-multilib were not.
fetch_tools() {
    local folder=$tools_folder
    if [[ ! -e $folder/have ]]; then
        mkdir -p "$folder/apt"
        awk -v RS= -v ORS='\n\n' '!/^Package: gcc-multilib\n/' /var/lib/dpkg/status >"$folder/apt/status"
        unpack "$folder" "$(dpkg --print-architecture)" "${tools[@]}"
        touch "$folder/have"
    fi
    PATH=$folder/root/usr/bin:$PATH
    export LD_LIBRARY_PATH=$folder/root/usr/lib/$(gcc -print-multiarch)
}

# The same where they are not there yet: fetch ARCHITECTURE FOLDER PACKAGE...
fetch() {
    local architecture=$1 folder=$2
    shift 2
    if [[ -e $folder/have && $(cat "$folder/have") == "$*" ]]; then
        return
    fi
    unpack "$folder" "$architecture" "$@"
    echo "$*" >"$folder/have"
}

# cmocka compiled here, where Debian has none for the machine: compile_cmocka FOLDER COMPILER...
compile_cmocka() {
    local folder=$1 source=build/ports/cmocka
    shift
    if [[ -e $folder/root/lib/libcmocka.a ]]; then
        return
    fi
    if [[ ! -e $source/src/cmocka.c ]]; then
        mkdir -p "$source"
        apt_of "$source/apt" deb-src amd64 update
        (cd "$source" && apt_of apt deb-src amd64 source --download-only cmocka)
        tar -xf "$source"/cmocka_*.orig.tar.xz --strip-components=1 -C "$source"
    fi
    mkdir -p "$folder/root/lib/pkgconfig" "$folder/root/include"
    cp "$source"/include/cmocka*.h "$folder/root/include/"
    "$@" -O2 -DHAVE_SIGNAL_H=1 -DHAVE_UNISTD_H=1 -DHAVE_STRUCT_TIMESPEC=1 -I"$source/include" -c "$source/src/cmocka.c" \
        -o "$folder/cmocka.o"
    ar rcs "$folder/root/lib/libcmocka.a" "$folder/cmocka.o"
    printf 'Name: cmocka\nDescription: tests\nVersion: 1.1\nLibs: -L%s/root/lib -lcmocka\nCflags: -I%s/root/include\n' \
        "$PWD/$folder" "$PWD/$folder" >"$folder/root/lib/pkgconfig/cmocka.pc"
}

configure() {
    local name=$1 folder=build/ports/$1 triple processor architecture flags root run=() options=()
    read -r triple processor architecture _ flags <<<"${ports[$name]}"
    local compiler=${compilers[$name]:-$triple-gcc}
    [[ -n ${compilers[$name]:-} ]] || fetch_tools
    mkdir -p "$folder"
    root=$PWD/$folder/root
    if [[ $name == amd64 ]]; then
        :
    elif [[ $architecture == - ]]; then
        # shellcheck disable=SC2086
        compile_cmocka "$folder" "$compiler" $flags
        export PKG_CONFIG_LIBDIR=$root/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=
        [[ $name != riscv64 ]] || options+=(-DCMAKE_SYSROOT="$tools_folder/root")
    else
        local packages=(libc6-dev libcmocka-dev)
        if [[ " ${whole[*]} " == *" $name "* ]]; then
            packages+=("${libraries[@]}")
            options+=(-DHONE_CORE_ONLY=OFF)
        fi
        fetch "$architecture" "$folder" "${packages[@]}"
        export PKG_CONFIG_LIBDIR=$root/usr/lib/$triple/pkgconfig:$root/usr/lib/$architecture-linux-gnu/pkgconfig:$root/usr/share/pkgconfig
        export PKG_CONFIG_SYSROOT_DIR=$root
        options+=(-DCMAKE_SYSROOT="$root" -DCMAKE_FIND_ROOT_PATH_MODE_PROGRAM=NEVER)
    fi
    if [[ $name == amd64 ]]; then
        unset PKG_CONFIG_LIBDIR
    elif [[ $name == musl ]]; then
        options+=(-DHONE_SHARED=OFF -DCMAKE_EXE_LINKER_FLAGS=-static)
    else
        local system=Linux
        if [[ $name == mingw ]]; then
            system=Windows
            options+=(-DHONE_SHARED=OFF -DCMAKE_EXE_LINKER_FLAGS=-static)
        fi
        words_to_run "$name"
        options+=(-DCMAKE_SYSTEM_NAME=$system -DCMAKE_SYSTEM_PROCESSOR="$processor" "-DCMAKE_CROSSCOMPILING_EMULATOR=$(IFS=';' && echo "${run[*]}")")
    fi
    if [[ -n ${CCACHE:-} ]]; then
        options+=(-DCMAKE_C_COMPILER_LAUNCHER="$CCACHE")
    fi
    cmake -S . -B "$folder/build" -G Ninja --log-level=WARNING -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS_RELEASE="${PORTS_FLAGS:--O1}" \
        -DHONE_CORE_ONLY=ON -DHONE_WERROR=ON -DCMAKE_C_COMPILER="$compiler" -DCMAKE_C_FLAGS="$flags" "${options[@]}"
}

# How a program is linked: link_flags NAME
link_flags() {
    local flags
    read -r _ _ _ _ flags <<<"${ports[$1]}"
    [[ ${ports[$1]} == *" - "* ]] || flags+=" --sysroot=$PWD/build/ports/$1/root"
    [[ $1 != riscv64 ]] || flags+=" --sysroot=$tools_folder/root"
    [[ $1 != musl && $1 != mingw ]] || flags+=" -static"
    echo "$flags"
}

# The core, and a program that trains, saves, loads and predicts with it: test_core NAME
test_core() {
    local name=$1 folder=build/ports/$1/build program=core_program libraries= triple compiler run=()
    [[ $name != mingw ]] || program+=.exe
    read -r triple _ _ _ _ <<<"${ports[$name]}"
    compiler=${compilers[$name]:-$triple-gcc}
    ninja -C "$folder" -j "$jobs" hone_static >"$folder/log" || {
        grep -E 'error|FAILED' "$folder/log" | head -30
        return 1
    }
    [[ " ${whole[*]} " != *" $name "* ]] || libraries=$(pkg-config --libs libzip yaml-0.1 zlib libpng libjpeg libprotobuf-c)
    # shellcheck disable=SC2046,SC2086
    "$compiler" $(link_flags "$name") -std=gnu11 -O1 -Iinclude tests/ports/core_program.c "$folder/libhone.a" ${libraries:-} -lm -lpthread -o "$folder/$program"
    words_to_run "$name"
    (cd "$folder" && HONE_TEST_EMULATED=1 WINEDEBUG=-all "${run[@]}" "./$program")
}

# The objects of base and kernels and of their tests that need no more, linked by hand: test_kernels NAME
test_kernels() {
    local name=$1 folder=build/ports/$1/build triple compiler flags
    read -r triple _ _ _ flags <<<"${ports[$name]}"
    compiler=${compilers[$name]:-$triple-gcc}
    local root=$PWD/build/ports/$name/root objects=() tests=() run=() program files
    ninja -C "$folder" -t targets all | sed -nE 's,^(CMakeFiles/.*\.o(bj)?): .*,\1,p' >"$folder/objects"
    mapfile -t objects < <(grep -E '^CMakeFiles/(hone_objects\.dir/src/(base|kernels|tensor)/|hone_loops_|hone_harness\.dir/src/testing/test\.c)' "$folder/objects")
    local others='ops|plan|testing/(check|golden|small|pipelines)'
    [[ $name != mingw ]] || others+='|testing/files'
    files=$(grep -LE "#include \"($others)|${not_there[$name]:-no such text}" src/base/*_test.c src/kernels/*_test.c src/kernels/generic/*_test.c)
    mapfile -t tests < <(grep -F "${files//.c/.c.o}" "$folder/objects")
    ninja -C "$folder" -j "$jobs" "${objects[@]}" "${tests[@]}" >"$folder/log" || {
        tail -30 "$folder/log"
        return 1
    }
    program=$folder/kernels_test$([[ $name != mingw ]] || echo .exe)
    # shellcheck disable=SC2046,SC2086
    "$compiler" $(link_flags "$name") -o "$program" "${objects[@]/#/$folder/}" "${tests[@]/#/$folder/}" $(PKG_CONFIG_SYSROOT_DIR=${PKG_CONFIG_SYSROOT_DIR-} pkg-config --libs cmocka) -lm -lpthread
    local passed failed status=0
    words_to_run "$name"
    HONE_TEST_EMULATED=1 WINEDEBUG=-all "${run[@]}" "$program" >"$folder/log" 2>&1 || status=$?
    passed=$(grep -c '^\[       OK \]' "$folder/log" || true)
    failed=$(($(grep -c '^\[  FAILED  \] [a-z]' "$folder/log" || true) / 2)) # each is listed once more at the end
    if [[ $status -ne 0 ]]; then
        grep -E 'FAILED|ERROR|LastSystem|^---|not ' "$folder/log" | head -30 || true
        tail -3 "$folder/log"
    fi
    echo "$name, base and kernels: $passed passed, $failed failed"
    test "$status" -eq 0
}

test_all() {
    local name=$1 folder=build/ports/$1/build
    if [[ $name == mingw ]]; then # the other tests are POSIX's
        test_core "$name" && test_kernels "$name"
        return
    fi
    cmake --build "$folder" --parallel "$jobs" >"$folder/log" || {
        grep -E 'error|FAILED' "$folder/log" | head -30
        return 1
    }
    HONE_TEST_EMULATED=1 ctest --test-dir "$folder" --output-on-failure --no-tests=error --parallel "$jobs" --label-exclude source \
        --exclude-regex "${PORTS_EXCEPT:-^(integration/(c_source|examples|copies)|doctor/|fuzz/|python|rust)}"
    if [[ " ${whole[*]} " == *" $name "* ]]; then
        test_command "$name"
    fi
}

# The command there and here: test_command NAME
test_command() {
    local name=$1 folder=build/ports/$1/build run=()
    words_to_run "$name"
    ninja -C "$folder" -j "$jobs" hone >"$folder/log" || {
        grep -E 'error|FAILED' -A3 "$folder/log" | head -30
        return 1
    }
    tests/ports/files.sh "${HONE:-build/release/hone}" "${run[@]}" "$PWD/$folder/hone"
}

passed=0
failed=0
for name in "${names[@]}"; do
    if [[ -z ${ports[$name]:-} ]]; then
        echo "ports.sh: unknown port \"$name\"; there are: ${!ports[*]}" >&2
        exit 2
    fi
    echo "======== $name"
    (
        set -e
        configure "$name"
        "test_$part" "$name"
    ) &
    if wait $!; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$name: failed"
    fi
done
echo "$passed passed, $failed failed"
test "$failed" -eq 0
