#!/bin/sh
# Puts into $2 what the portable slave carries for the compiler $1: loader, libraries, and their licences.
set -eu

CC=$1
to=$2
LIBRARIES='libc.so.6 libm.so.6 libgcc_s.so.1 libdl.so.2 libpthread.so.0 librt.so.1'
COMMON=/usr/share/common-licenses

case $($CC -dumpmachine) in
x86_64*) loader=ld-linux-x86-64.so.2 ;;
aarch64*) loader=ld-linux-aarch64.so.1 ;;
*)
    echo "Cannot make a portable slave for $($CC -dumpmachine): only for x86_64 and aarch64" >&2
    exit 1
    ;;
esac

# Where the compiler finds a library; of a system whose /lib is a link, as the package names it.
path_of() {
    path=$($CC -print-file-name="$1")
    case $path in
    /*) readlink -f "$path" ;;
    *)
        echo "Cannot make a portable slave: $CC finds no $1" >&2
        exit 1
        ;;
    esac
}

package_of() {
    for path in "$1" "${1#/usr}" "/usr$1"; do
        if owner=$(dpkg -S "$path" 2>/dev/null); then
            echo "${owner%%:*}"
            return
        fi
    done
    echo "Cannot make a portable slave: no package owns $1, so its licence is not known" >&2
    exit 1
}

rm -rf "$to.new"
mkdir -p "$to.new"
path=$(path_of $loader)
cp "$path" "$to.new/loader"
packages=$(package_of "$path")
for library in $LIBRARIES; do
    path=$(path_of "$library")
    cp "$path" "$to.new/$library"
    packages="$packages
$(package_of "$path")"
done

{
    echo "The portable rpty-slave carries these programs of others, as they are in Debian's packages; their"
    echo "sources are Debian's source packages of the same versions."
    for package in $(echo "$packages" | sort -u); do
        echo
        echo "==== $(dpkg-query -W -f '${Package} ${Version}, source ${source:Package} ${source:Version}\n' \
            "$package" | head -n 1)"
        cat "/usr/share/doc/$package/copyright"
    done
    for text in GPL-3 GPL-2 LGPL-2.1; do
        echo
        echo "==== $text"
        cat "$COMMON/$text"
    done
} >"$to.new/licences"
rm -rf "$to"
mv "$to.new" "$to"
