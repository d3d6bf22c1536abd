#!/bin/sh
# Fetches a deno into the file $1, for builds without one in PATH: the program in npm's package for this platform. It
# must have the sum below. No script of the package is run.
set -eu

VERSION=2.6.8
SUMS='linux-x64-glibc 8b254e08be2565f608a06bfde3f62f3aabbf8994712f0078c7a7f24bc8c46676
linux-arm64-glibc eb688a97d823113047e9ab49ef33fe1b80e848b3ee779da9c56254430eab03c7
darwin-x64 719d166b24a6b4b9ce5bb9845180278b61cce93faf21fc818958db23c50be75f
darwin-arm64 d206126c5e7c5f4d2862befc6bd6c08e57724ebb6d599a23d2d99d1f137b40f1'

case $(uname -sm) in
'Linux x86_64') platform=linux-x64-glibc ;;
'Linux aarch64') platform=linux-arm64-glibc ;;
'Darwin x86_64') platform=darwin-x64 ;;
'Darwin arm64') platform=darwin-arm64 ;;
*)
    echo "Cannot fetch deno for $(uname -sm): install Deno" >&2
    exit 1
    ;;
esac
wanted=$(echo "$SUMS" | sed -n "s/^$platform //p")

echo "Fetching deno $VERSION from npm" >&2
mkdir -p "$(dirname "$1")"
scratch=$(mktemp -d "$1.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
(cd "$scratch" && npm pack --silent "@deno/$platform@$VERSION" >/dev/null && tar xzf ./*.tgz) || {
    echo "Cannot fetch deno $VERSION from npm: install Deno" >&2
    exit 1
}
found=$($(command -v sha256sum || echo shasum -a 256) "$scratch/package/deno" | cut -d ' ' -f 1)
[ "$found" = "$wanted" ] || {
    echo "Cannot use deno $VERSION from npm: its SHA-256 is $found, not $wanted" >&2
    exit 1
}
chmod 755 "$scratch/package/deno"
mv -f "$scratch/package/deno" "$1"
