#!/bin/bash
# fetch.sh NAME FOLDER: unpacks the tests NAME of sources.txt into FOLDER. apt-get fetches the tarball from the archive
# that this system installs from. It must have the checksum in sources.txt.
set -euo pipefail

name=$1 folder=$(realpath -m "$2")
here=$(cd "$(dirname "$0")" && pwd)
apt=$(dirname "$folder")/apt
read -r _ package release checksum files < <(grep "^$name " "$here/sources.txt")

# Tells the main archive's address and, where one is set, the keys that sign it.
archive() {
    local codename
    codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
    # shellcheck disable=SC2016 # apt's variables
    apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' 'Component: main' |
        awk -v codename="$codename" '$2 == codename {print $1; exit}'
}

# apt-get with sources, lists and downloads of its own: the system's stay as they are.
own_apt() {
    apt-get -qq -o APT::Sandbox::User= -o Dir::State::lists="$apt/$release" -o Dir::Cache="$apt/cache" \
        -o Dir::Etc::sourcelist="$apt/$release.list" -o Dir::Etc::sourceparts=/dev/null "$@"
}

update() {
    local codename=$release
    [ "$release" = - ] && codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
    mkdir -p "$apt/$release/partial" "$apt/cache/archives/partial"
    [ -s "$apt/$release.list" ] && return
    echo "deb-src $(archive) $codename main" >"$apt/$release.list.new"
    own_apt -o Dir::Etc::sourcelist="$apt/$release.list.new" update
    mv "$apt/$release.list.new" "$apt/$release.list"
}

# Of the tarballs just one is the original's main part, which the checksum tells.
tarball() {
    sha256sum "$apt/$name/"*.orig*.tar.* | awk -v wanted="$checksum" '$1 == wanted {print $2; exit}'
}

update
mkdir -p "$apt/$name"
(cd "$apt/$name" && own_apt source --download-only --tar-only "$package")
found=$(tarball)
[ -n "$found" ] || { echo "Cannot use $package: no tarball of it has the checksum in sources.txt" >&2; exit 1; }

rm -rf "$folder.new" && mkdir -p "$folder.new"
set -f # the patterns are for tar
# shellcheck disable=SC2046,SC2059,SC2086 # words are files
tar xf "$found" -C "$folder.new" --strip-components=1 --no-same-owner \
    --wildcards $(printf "*/%s " ${files:-*})
rm -rf "$folder" "$apt/$name" && mv "$folder.new" "$folder"
