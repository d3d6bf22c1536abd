# make initramfs          what tests/initramfs_test.ts boots: a kernel of Debian's, and an initramfs with the
#                         portable slave and the static shell
# make initramfs-aarch64  the same for aarch64

INITRAMFS = build/initramfs
MODULES = 0.ko 1.ko 2.ko 3.ko 4.ko 5.ko

initramfs: $(INITRAMFS)/amd64/initramfs
initramfs-aarch64: shell-aarch64
	@$(MAKE) --no-print-directory $(INITRAMFS)/arm64/initramfs

$(INITRAMFS)/%/kernel: tests/initramfs/fetch.sh
	@echo "fetch $@"
	$(Q)tests/initramfs/fetch.sh $* $(@D)
	@touch $@

# Process 1, and a program that asks the kernel itself, past musl's functions and so past us.
STATIC_PROGRAMS = init calls
COMPILE_STATIC = -static -s -std=c11 -Wall -Wextra -Werror -Os -o $@ $<

$(INITRAMFS)/amd64/%: tests/initramfs/%.c
	@mkdir -p $(@D)
	@echo "compile $@"
	$(Q)musl-gcc $(COMPILE_STATIC)

$(INITRAMFS)/amd64/%: tests/reach/%.c
	@mkdir -p $(@D)
	@echo "compile $@"
	$(Q)musl-gcc $(COMPILE_STATIC)

$(INITRAMFS)/arm64/%: tests/initramfs/%.c $(A64_MUSL)
	@mkdir -p $(@D)
	@echo "compile $@"
	$(Q)$(A64)/musl/musl-gcc $(COMPILE_STATIC)

$(INITRAMFS)/arm64/%: tests/reach/%.c $(A64_MUSL)
	@mkdir -p $(@D)
	@echo "compile $@"
	$(Q)$(A64)/musl/musl-gcc $(COMPILE_STATIC)

A64_PORTABLE = dist/rpty-slave-portable-aarch64-unknown-linux-gnu
A64_SHELL = $(A64)/shell/rpty-bash $(A64)/shell/busybox-rpty

# The kernel takes archives one after the other, but this one is small enough to be whole.
PACK = cd $(@D) && rm -rf root && mkdir root && cp $(STATIC_PROGRAMS) $(MODULES) root && cp $(abspath $(1)) root && \
    cp $(abspath $(2)) root/rpty-slave-portable && cd root && ls | $(CURDIR)/bin/busybox-rpty cpio -o -H newc >../initramfs && rm -rf ../root

$(INITRAMFS)/amd64/initramfs: $(patsubst %,$(INITRAMFS)/amd64/%,kernel $(STATIC_PROGRAMS)) \
    bin/rpty-slave-portable bin/rpty-bash bin/busybox-rpty tests/initramfs/initramfs.mk
	@echo "pack $@"
	$(Q)$(call PACK,bin/rpty-bash bin/busybox-rpty,bin/rpty-slave-portable)

$(INITRAMFS)/arm64/initramfs: $(patsubst %,$(INITRAMFS)/arm64/%,kernel $(STATIC_PROGRAMS)) \
    $(A64_PORTABLE) $(A64_SHELL) bin/busybox-rpty tests/initramfs/initramfs.mk
	@echo "pack $@"
	$(Q)$(call PACK,$(A64_SHELL),$(A64_PORTABLE))

# What can't be had here is named and left out: its tests then are.
test-long: machines

machines:
	@for target in initramfs initramfs-aarch64; do \
	    $(MAKE) --no-print-directory $$target || echo "Left out: $$target"; \
	done

.PHONY: initramfs initramfs-aarch64 machines
