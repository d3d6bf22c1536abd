#!/bin/sh
# Puts Debian's musl for aarch64 into $1, with a separate apt, and beside it a musl-gcc that compiles for it.
set -eu

SUMS='55c2ca4bc3041c8ed8ac7dc3ef6080d9551a21650568b2fd7610b59eaf98a4f4  musl-dev_1.2.3-1_arm64.deb
6ccf2bf0f479b00411cb8e1eeb048e648718170db5d63bbb4bf4a89350b81468  musl_1.2.3-1_arm64.deb'

mkdir -p "$1/apt/lists/partial" "$1/apt/archives/partial"
cd "$1"

apt() {
    apt-get -qq -o APT::Sandbox::User=root -o APT::Architecture=arm64 -o APT::Architectures::=arm64 \
        -o Dir::State::status=/dev/null -o Dir::State::Lists="$PWD/apt/lists" -o Dir::Cache="$PWD/apt" "$@"
}

if ! echo "$SUMS" | sha256sum --check --status 2>/dev/null; then
    apt update
    apt download musl-dev=1.2.3-1 musl=1.2.3-1 || {
        echo "Cannot fetch musl 1.2.3-1 for arm64: Debian's archive has another version, or isn't reached: lay the" \
            "packages that $0 names in $PWD, or, to go on with another version, change its name and sum there" >&2
        exit 1
    }
    echo "$SUMS" | sha256sum --check --quiet
fi
for package in *.deb; do dpkg-deb -x "$package" .; done
cp -a lib/. usr/lib/
# Programs that are tried here find their C library here.
sed -e "s#/usr/\(include\|lib\)/aarch64#$PWD&#g; s#/lib/ld-musl#$PWD&#" \
    usr/lib/aarch64-linux-musl/musl-gcc.specs >musl-gcc.specs
cat >musl-gcc <<END
#!/bin/sh
exec aarch64-linux-gnu-gcc "\$@" -specs $PWD/musl-gcc.specs
END
chmod +x musl-gcc
