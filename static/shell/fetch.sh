#!/bin/sh
# Fetches the source packages of static/shell/sources into $1, by an apt of its own: the system's lists and
# sources stay as they are.
set -eu

sums=$(realpath "$(dirname "$0")/sources")
mkdir -p "$1/apt/lists/partial" "$1/apt/archives/partial"
cd "$1"

checked() {
    grep -v '^#' "$sums" | sha256sum --check --quiet --strict "$@"
}

apt() {
    command="apt-get -qq -o APT::Sandbox::User=root -o Dir::State::Lists=$PWD/apt/lists -o Dir::Cache=$PWD/apt"
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

if ! checked --status 2>/dev/null; then
    list_sources
    apt update
    # shellcheck disable=SC2046 # words are packages
    apt source --download-only $(sed -n 's/.*  \(.*\)_\(.*\)\.dsc$/\1=\2/p' "$sums" | sed 's/=1\.35/=1:1.35/') \
        >/dev/null
    checked
fi
