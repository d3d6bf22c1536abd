#!/bin/sh
# Makes $1 a deno 2: a link to the one in PATH, or else the one that fetch_deno.sh fetches. The link leads to the
# program itself, not to npm's wrapper, whose session would break at the first ^C.
set -eu

PATH_OF_DENO='if (Deno.version.deno.startsWith("2.")) console.log(Deno.execPath())'

deno=
if command -v deno >/dev/null; then
    deno=$(deno eval --no-config "$PATH_OF_DENO" </dev/null)
fi
if [ -n "$deno" ]; then
    mkdir -p "$(dirname "$1")"
    ln -sf "$deno" "$1"
elif command -v npm >/dev/null; then
    "$(dirname "$0")/fetch_deno.sh" "$1"
else
    echo "No deno 2 in PATH and no npm to fetch it by: install Deno or Node" >&2
    exit 1
fi
