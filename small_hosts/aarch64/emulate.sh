#!/bin/sh
# Runs an aarch64 program and the aarch64 programs that it starts. In a separate user namespace it tells the kernel (6.7
# or later) which emulator runs them, and leaves the machine's own setting alone. SH names its /bin/sh.
set -eu

EMULATOR=$(command -v qemu-aarch64-static) || {
    echo "Not here: qemu-aarch64-static, which is in qemu-user-static" >&2
    exit 1
}
MAGIC='\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00'
MASK='\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff'
FORMATS=/proc/sys/fs/binfmt_misc

export EMULATOR MAGIC MASK FORMATS
exec unshare --user --map-root-user --mount sh -euc '
    mount -t binfmt_misc none $FORMATS
    printf %s ":aarch64:M::$MAGIC:$MASK:$EMULATOR:FP" >$FORMATS/register
    [ -z "${SH:-}" ] || mount --bind "$SH" /bin/sh
    unset SH EMULATOR MAGIC MASK FORMATS
    exec "$@"' emulate "$@"
