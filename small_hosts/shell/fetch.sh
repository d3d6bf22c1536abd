#!/bin/sh
# Fetches the source packages of small_hosts/shell/sources into $1 with a separate apt, so that the system's lists and
# sources stay as they are.
set -eu

sums=$(realpath "$(dirname "$0")/sources")
mkdir -p "$1/apt/lists/partial" "$1/apt/archives/partial"
cd "$1"

checked() {
    grep -v '^#' "$sums" | sha256sum --check --quiet --strict "$@"
}

# Runs apt-get or apt-cache, with the words behind it.
apt() {
    command="$1 -qq -o APT::Sandbox::User=root -o Dir::State::Lists=$PWD/apt/lists -o Dir::Cache=$PWD/apt"
    shift
    $command -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$PWD/apt/sources" "$@"
}

# The system's own sources, for source packages.
list_sources() {
    mkdir -p apt/sources
    for file in /etc/apt/sources.list.d/debian.sources; do
        [ ! -f $file ] || sed 's/^Types:.*/Types: deb-src/' $file >apt/sources/debian.sources
    done
    for file in /etc/apt/sources.list; do
        [ ! -f $file ] || sed -n 's/^deb /deb-src /p' $file >apt/sources/debian.list
    done
}

# Debian's archive keeps the newest version alone.
explain() {
    there=$(apt apt-cache showsrc --only-source "${1%%=*}" 2>/dev/null | sed -n 's/^Version: //p' | paste -sd ' ')
    echo "Cannot fetch the source package $1: Debian's archive has ${there:-none (is it reached?)}: lay the files that" \
        "$sums names in $PWD, or, to go on with another version, name its files and sums there and run the tests" >&2
    exit 1
}

# name=version of each, with the epoch that file names leave out.
packages() {
    sed -n 's/.*  \(.*\)_\(.*\)\.dsc$/\1=\2/p' "$sums" | sed 's/^busybox=/&1:/'
}

if ! checked --status 2>/dev/null; then
    list_sources
    apt apt-get update
    for package in $(packages); do
        apt apt-get source --download-only "$package" >/dev/null || explain "$package"
    done
    checked
fi
