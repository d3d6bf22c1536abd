#!/bin/sh
# fetch.sh ARCHITECTURE FOLDER: lays there a kernel of Debian's, as `kernel`, and those of its modules that a
# virtio-serial port needs, as 0.ko, 1.ko, … in the order in which they need each other. The package comes by an
# apt of its own, from the archive that this system installs from, and is not installed. It is today's: apt
# checks its signature, and the tests are to hold on whatever kernel that is.
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
