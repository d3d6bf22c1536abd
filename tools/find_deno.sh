#!/bin/sh
# Links $1 to a deno 2: the one of PATH, or else the one that npx installs. The link goes to the
# real program, past npm's wrapper, whose session would break at the first ^C.
set -eu

VERSION=2.6.8
PATH_OF_DENO='if (Deno.version.deno.startsWith("2.")) console.log(Deno.execPath())'

deno=
if command -v deno >/dev/null; then
    deno=$(deno eval "$PATH_OF_DENO" </dev/null)
fi
if [ -z "$deno" ] && command -v npx >/dev/null; then
    echo "Fetching deno $VERSION by npx" >&2
    deno=$(npx -y "deno@$VERSION" eval "$PATH_OF_DENO" </dev/null)
fi
if [ -z "$deno" ]; then
    echo "No deno 2 in PATH and no npx to fetch it by: install Deno or Node" >&2
    exit 1
fi
mkdir -p "$(dirname "$1")"
ln -sf "$deno" "$1"
