#!/bin/sh
# in_machine.sh FOLDER USER COMMAND [ARG...]: runs the command in the system that lies in a folder. Is run by
# `unshare --mount --pid --fork`: its mounts are seen by nobody else, and end with it.
set -eu
machine=$1 user=$2
shift 2

mount --make-rprivate /
# To pivot to it, and not merely chroot: below a chroot there are no namespaces for users.
mount --bind "$machine" "$machine"
cd "$machine"
mount -t proc proc proc
mount -t tmpfs -o mode=1777 none tmp
mount -t tmpfs -o mode=755 none dev
for device in null:3 zero:5 full:7 random:8 urandom:9; do
    mknod -m 666 "dev/${device%:*}" c 1 "${device#*:}"
done
mknod -m 666 dev/tty c 5 0
mknod -m 666 dev/ptmx c 5 2
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=666 none dev/pts
mount -t tmpfs -o mode=1777 none dev/shm
ln -s /proc/self/fd dev/fd
for number in 0:stdin 1:stdout 2:stderr; do ln -s "fd/${number%:*}" "dev/${number#*:}"; done

pivot_root . mnt
umount -l /mnt
cd /
exec setpriv --reuid "$user" --regid "$user" --init-groups "$@"
