#!/bin/sh
# fetch.sh ARCHITECTURE FOLDER: puts a Debian kernel into FOLDER as `kernel`, and the modules that a virtio-serial port
# needs as 0.ko, 1.ko, …, in the order in which they depend on each other. A separate apt fetches the package from the
# archive that this system installs from, without installing it. It is always the current one: apt checks its signature,
# and the tests must pass with any kernel.
set -eu

MODULES='virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci virtio_console'

architecture=$1
mkdir -p "$2/apt/lists/partial" "$2/apt/archives/partial"
cd "$2"

own_apt() {
    command=$1
    shift
    "$command" -qq -o APT::Sandbox::User=root -o APT::Architecture="$architecture" \
        -o APT::Architectures::="$architecture" -o Dir::State::status=/dev/null \
        -o Dir::State::Lists="$PWD/apt/lists" -o Dir::Cache="$PWD/apt" "$@"
}

own_apt apt-get update
# The newest, on which this package of no files depends.
image=$(own_apt apt-cache depends "linux-image-cloud-$architecture" | sed -n 's/.*Depends: //p')
[ -n "$image" ] || { echo "Cannot find a kernel of Debian's for $architecture" >&2; exit 1; }
own_apt apt-get download "$image"

rm -rf unpacked
dpkg-deb -x "$image"_*.deb unpacked
number=0
for module in $MODULES; do
    cp "$(find unpacked/lib/modules -name "$module.ko")" "$number.ko"
    number=$((number + 1))
done
cp unpacked/boot/vmlinuz-* kernel
rm -rf unpacked apt ./*.deb
