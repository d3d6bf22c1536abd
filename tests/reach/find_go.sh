#!/bin/sh
# Links $1 to a go that can build tests/reach/go: the one in PATH or, if that is too old, a toolchain. The old go fetches
# it as the Go module that a newer go would fetch by itself.
set -eu

WANTED=1.24.6

number() { # of a version such as go1.19.8: 1019
    "$1" version | sed 's/.*go\([0-9]*\)\.\([0-9]*\).*/\1 \2/' | { read -r major minor; echo $((major * 1000 + minor)); }
}

go=$(command -v "${GO:-go}") || { echo "No go in PATH: programs of Go's are left out" >&2; exit 1; }
if [ "$(number "$go")" -lt 1024 ]; then
    module=golang.org/toolchain@v0.0.1-go$WANTED.linux-$("$go" env GOARCH)
    echo "Fetching go $WANTED" >&2
    scratch=$(mktemp -d)
    root=$(cd "$scratch" && "$go" mod init toolchain 2>/dev/null &&
        "$go" mod download -json "$module" | sed -n 's/.*"Dir": "\(.*\)",/\1/p')
    rm -r "$scratch"
    # A module's files are no programs.
    chmod -R u+w,a+x "$root/bin" "$root/pkg/tool"
    go=$root/bin/go
fi
mkdir -p "$(dirname "$1")"
ln -sf "$go" "$1"
