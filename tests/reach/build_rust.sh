#!/bin/sh
# Builds tests/reach/rust into $1/screen-static and $1/screen-dynamic, with Debian's crates if they are installed
# (Debian's cargo cannot read today's registry), otherwise with those of Cargo.lock.
set -eu
cd "$(dirname "$0")/rust"
to=$1
crates=/usr/share/cargo/registry
target=$(uname -m)-unknown-linux-gnu
if [ -d $crates/crossterm-0.25.0 ] && [ -x /usr/bin/cargo ]; then
    mkdir -p "$to/rust"
    cp -R Cargo.toml src "$to/rust"
    cd "$to/rust"
    export RUSTC=/usr/bin/rustc
    # Later compilers leave this note, by which programs of Rust's are known.
    cc -c -x assembler -o note.o - <<.
        .ident "rustc version (Debian)"
        .globl kept
kept:   .byte 0
.
    flags="-C link-arg=$PWD/note.o -C link-arg=-Wl,-u,kept"
    cargo() {
        /usr/bin/cargo "$@" --offline --config 'source.crates-io.replace-with="debian"' \
            --config "source.debian.directory=\"$crates\""
    }
else
    cargo() { command cargo "$@" --locked; }
fi
build() {
    export RUSTFLAGS="${flags:-} $2"
    cargo build --quiet --release --target "$target" --target-dir "$to/rust/$1"
    cp "$to/rust/$1/$target/release/screen" "$to/screen-$1"
}
build dynamic ""
build static "-C target-feature=+crt-static"
