# make initramfs          what tests/initramfs_test.ts boots: a kernel of Debian's, and an initramfs with the
#                         portable slave and the static shell
# make initramfs-aarch64  the same for aarch64

INITRAMFS = build/initramfs
MODULES = 0.ko 1.ko 2.ko 3.ko 4.ko 5.ko

initramfs: $(INITRAMFS)/amd64/initramfs
initramfs-aarch64: shell-aarch64
	@$(MAKE) --no-print-directory $(INITRAMFS)/arm64/initramfs

$(INITRAMFS)/%/kernel: tests/initramfs/fetch.sh
	tests/initramfs/fetch.sh $* $(@D)
	@touch $@

INIT = -static -s -std=c11 -Wall -Wextra -Werror -Os -o $@ $<

$(INITRAMFS)/amd64/init: tests/initramfs/init.c
	@mkdir -p $(@D)
	musl-gcc $(INIT)

$(INITRAMFS)/arm64/init: tests/initramfs/init.c $(A64_MUSL)
	@mkdir -p $(@D)
	$(A64)/musl/musl-gcc $(INIT)

A64_PORTABLE = dist/rpty-slave-portable-aarch64-unknown-linux-gnu
A64_SHELL = $(A64)/shell/rpty-bash $(A64)/shell/busybox-rpty

# The kernel takes archives one after the other, but this one is small enough to be whole.
PACK = cd $(@D) && rm -rf root && mkdir root && cp init $(MODULES) root && cp $(abspath $(1)) root && \
    cd root && ls | $(CURDIR)/bin/busybox-rpty cpio -o -H newc >../initramfs && rm -rf ../root

$(INITRAMFS)/amd64/initramfs: $(INITRAMFS)/amd64/kernel $(INITRAMFS)/amd64/init bin/rpty-slave-portable \
    bin/rpty-bash bin/busybox-rpty
	@echo "pack $@"
	@$(call PACK,bin/rpty-slave-portable bin/rpty-bash bin/busybox-rpty)

$(INITRAMFS)/arm64/initramfs: $(INITRAMFS)/arm64/kernel $(INITRAMFS)/arm64/init $(A64_PORTABLE) $(A64_SHELL) \
    bin/busybox-rpty
	@echo "pack $@"
	@$(call PACK,$(A64_PORTABLE) $(A64_SHELL))

.PHONY: initramfs initramfs-aarch64
