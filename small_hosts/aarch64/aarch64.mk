# make aarch64         build/aarch64: interposer, keeper and archive for aarch64
# make shell-aarch64   build/aarch64/shell: the static shell for it, configured in the emulator
# make check-aarch64   runs the unit tests in an emulator (qemu-user-static)

A64 = build/aarch64
A64_CC = aarch64-linux-gnu-gcc
A64_MUSL = $(A64)/musl/usr/lib/aarch64-linux-musl/libc.a
# Programs that are tried here find the cross compiler's C library.
A64_ROOT = /usr/aarch64-linux-gnu/lib
A64_GLIBC = $(A64_CC) -w -Wl,-dynamic-linker,$(A64_ROOT)/ld-linux-aarch64.so.1 -Wl,-rpath,$(A64_ROOT) \
    -Wl,--disable-new-dtags
# The emulator's rt_sigprocmask looks at its operation before its memory, and so can't be a probe; it knows no
# filters of system calls.
A64_TESTS = $(patsubst build/%,$(A64)/%,$(filter-out %/user_memory_test %/keeper/supervise_test,$(C_TESTS)))

A64_MAKE = $(MAKE) --no-print-directory BUILD=$(A64) CC=$(A64_CC) MUSL=$(A64_MUSL) \
    SHELL_CC=$(CURDIR)/$(A64)/musl/musl-gcc EMULATE=small_hosts/aarch64/emulate.sh

aarch64: $(A64_MUSL)
	@$(A64_MAKE) native static

$(A64_MUSL): small_hosts/aarch64/musl.sh
	@echo "fetch musl for aarch64"
	$(Q)small_hosts/aarch64/musl.sh $(A64)/musl
	@touch $@

# Static, so that the emulator needs no folder of libraries for them; without the sanitizers, which it
# does not run.
$(A64)/unit/%.program: %.c interpose/testing/fake_slave.h interpose/testing/check.h small_hosts/aarch64/aarch64.mk
	@mkdir -p $(@D)
	@echo "compile $@"
	$(Q)$(A64_CC) $(C_STANDARD) -D_GNU_SOURCE -O1 -g -static -DBUILD='"$(A64)"' \
	    -DGLIBC_COMPILER='"$(A64_GLIBC)"' -DMUSL_COMPILER='"$(A64)/musl/musl-gcc -w"' -o $@ $<

$(A64)/unit/%: $(A64)/unit/%.program small_hosts/aarch64/aarch64.mk
	@printf '#!/bin/sh\nSH=$(A64)/shell/busybox-rpty exec small_hosts/aarch64/emulate.sh $< "$$@"\n' > $@
	@chmod +x $@

shell-aarch64: aarch64
	@$(A64_MAKE) $(A64)/shell/rpty-bash

# The tests' /bin/sh.
busybox-aarch64: aarch64
	@$(A64_MAKE) $(A64)/shell/busybox-rpty

check-aarch64: toolchain busybox-aarch64 $(A64_TESTS)
	@$(TEST) --name=unit-c-aarch64 --minutes=3 $(A64_TESTS)

.PHONY: aarch64 busybox-aarch64 shell-aarch64 check-aarch64

ifneq ($(shell command -v $(A64_CC)),)
LONG_CHECKS += check-aarch64
endif
