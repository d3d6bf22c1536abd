#!/bin/sh
# Builds a part of the static shell ($1: busybox, then bash) below $3 from the packages in $2, with the
# archive $4. The two programs are distributed side by side: bash is under GPL 3 and busybox under GPL 2 only, so no
# single program may contain both. bash knows the applets' names, and finds busybox beside itself.
set -eu

# What our make was told is not for theirs.
unset MAKEFLAGS MFLAGS MAKELEVEL

part=$1
sources=$(realpath "$2")
mkdir -p "$3"
work=$(realpath "$3")
archive=$(realpath "$4")
here=$(realpath "$(dirname "$0")")
CC=${CC:-musl-gcc}
TOOLS=${TOOLS:-}
jobs=$(nproc)
machine=$($CC -dumpmachine)
wrap_execve=-Wl,--wrap=rpty_real_execve

unpack() {
    rm -rf "$work/$1"
    dpkg-source --no-check -x "$sources/$1"_*.dsc "$work/$1" >"$work/$1.log" 2>&1
}

# Runs a command whose words go to a log, and shows the log's end if it fails.
logged() {
    log=$1
    shift
    "$@" >>"$work/$log.log" 2>&1 || {
        tail -n 30 "$work/$log.log"
        exit 1
    }
}

# A file of ours.
compile() {
    name=$1
    shift
    $CC -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -Os "$@" -c -o "$work/$name.o" "$here/$name.c"
}

# musl's compiler does not see the kernel's headers, which busybox wants.
kernel_headers() {
    mkdir -p "$work/include"
    for name in linux asm-generic mtd scsi; do ln -sfn /usr/include/$name "$work/include/$name"; done
    for folder in "/usr/include/$machine" "/usr/$machine/include"; do
        [ ! -d "$folder/asm" ] || ln -sfn "$folder/asm" "$work/include/asm"
    done
}

# Debian's static configuration, without what needs glibc's regex, and with resize.
configure_busybox() {
    sed -e 's/^CONFIG_\(FEATURE_VI_REGEX_SEARCH\|EXTRA_COMPAT\)=y/# CONFIG_\1 is not set/' \
        -e 's/^# CONFIG_RESIZE is not set/CONFIG_RESIZE=y\nCONFIG_FEATURE_RESIZE_PRINT=y/' debian/config/pkg/static >.config
    yes '' | make CC="$CC" CROSS_COMPILE="$TOOLS" HOSTCC=gcc oldconfig
}

build_busybox() {
    unpack busybox
    kernel_headers
    cd "$work/busybox"
    logged busybox configure_busybox
    compile fallback
    compile script
    CFLAGS_busybox="$work/fallback.o -Wl,--wrap=rpty_real_execvpe,--wrap=rpty_real_posix_spawn"
    CFLAGS_busybox="$CFLAGS_busybox $work/script.o $wrap_execve"
    CFLAGS_busybox="$CFLAGS_busybox -Wl,--whole-archive $archive -Wl,--no-whole-archive"
    export CFLAGS_busybox
    logged busybox make -j"$jobs" CROSS_COMPILE="$TOOLS" CC="$CC -idirafter $work/include" HOSTCC=gcc busybox
    cp busybox "$work/busybox-rpty"
}

# The same once more for a test's host of musl's: dynamic, as there, and without rpty.
build_busybox_of_musl() {
    cd "$work/busybox"
    sed -i 's/^CONFIG_STATIC=y/# CONFIG_STATIC is not set/' .config
    logged busybox sh -c "yes '' | make CC='$CC' CROSS_COMPILE='$TOOLS' HOSTCC=gcc oldconfig"
    CFLAGS_busybox=
    logged busybox make -j"$jobs" CROSS_COMPILE="$TOOLS" CC="$CC -idirafter $work/include" HOSTCC=gcc busybox
    cp busybox "$work/busybox-musl"
}

build_bash() {
    unpack bash
    cd "$work/bash"
    logged bash patch -p1 -i "$here/bash.patch"
    cp "$here/applets.h" .
    "$work/busybox-rpty" --list >applet_names && sed 's/.*/"&",/' applet_names >applet_names.h
    logged bash env bash_cv_func_strtoimax=yes ./configure --quiet --build="$machine" CC="$CC -static" CFLAGS="-Os -w" \
        --enable-static-link --without-bash-malloc --disable-nls
    # It would be a second definition.
    sed -i 's/ \${LIBOBJDIR}strtoimax\$U\.o//' lib/sh/Makefile
    compile applets -I.
    compile script
    logged bash make -j"$jobs" \
        LOCAL_LIBS="$work/applets.o $work/script.o $wrap_execve -Wl,--whole-archive $archive -Wl,--no-whole-archive"
    "${TOOLS}strip" -o "$work/rpty-bash" bash
}

licences() {
    echo "rpty-bash is bash 5.2.15 (GPL 3 or later), busybox-rpty is busybox 1.35.0 (GPL 2), each linked with"
    echo "musl's C library and rpty's librpty.a (both MIT). They were built by rpty's small_hosts/shell/build.sh,"
    echo "with the patch beside it, from these files of Debian's:"
    grep -v '^#' "$here/sources"
    for file in bash/COPYING busybox/LICENSE /usr/share/doc/musl/copyright; do
        echo
        echo "==== $file"
        cat "$file"
    done
}

case $part in
busybox)
    build_busybox
    build_busybox_of_musl
    ;;
bash)
    build_bash
    cd "$work"
    licences >rpty-shell.licences
    ;;
esac
