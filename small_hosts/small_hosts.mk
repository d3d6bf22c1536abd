# make portable        bin/rpty-slave-portable: rpty-slave with a loader and a C library of its own
# make static          build/librpty.a: the interposer, to be linked with musl's C library
# make static-shell    bin/rpty-bash and bin/busybox-rpty: a shell for hosts with nothing but a kernel

# ---- The portable slave

LAUNCHER_FLAGS = -D_GNU_SOURCE -ffreestanding -fno-stack-protector -fno-pie -static -nostdlib -no-pie \
    -Wl,-z,noexecstack -Wl,--build-id=none $(ARCHITECTURE_FLAGS)

portable: bin/rpty-slave-portable

$(BUILD)/carried/licences: small_hosts/carried.sh
	@echo "collect what $(BUILD)/rpty-launcher carries"
	$(Q)small_hosts/carried.sh '$(CC)' $(@D)

$(BUILD)/rpty-launcher: small_hosts/launcher.c interpose/library/memory.c \
    interpose/terminal/memory.h interpose/terminal/syscalls.h $(BUILD)/carried/licences small_hosts/small_hosts.mk
	@echo "compile $@"
	$(Q)$(CC) -std=c11 -Wall -Wextra -Werror -iquote interpose $(CFLAGS) $(LAUNCHER_FLAGS) \
	    -Wa,-I$(BUILD)/carried -s -o $@ small_hosts/launcher.c interpose/library/memory.c

# The slave begins at a multiple of 64 KB, the largest page there is. $(1): launcher, $(2): slave
PUT_TOGETHER = { cat $(1); head -c $$((-$$(stat -c %s $(1)) & 65535)) /dev/zero; cat $(2); } > $@.new && \
    chmod 755 $@.new && mv $@.new $@

bin/rpty-slave-portable: bin/rpty-slave $(BUILD)/rpty-launcher
	@echo "put together $@"
	$(Q)$(call PUT_TOGETHER,$(BUILD)/rpty-launcher,$<)

dist/rpty-slave-portable-%: dist/rpty-slave-% small_hosts/launcher.c small_hosts/carried.sh
	@$(MAKE) --no-print-directory build/$*/rpty-launcher BUILD=build/$* CC=$(CC_$*)
	@echo "put together $@"
	$(Q)$(call PUT_TOGETHER,build/$*/rpty-launcher,$<)

# ---- The archive

# The cross compiler's own, where there is one.
TOOLS = $(if $(filter %-gcc,$(CC)),$(patsubst %gcc,%,$(CC)))
MUSL = /usr/lib/$(patsubst %-linux-gnu,%,$(shell $(CC) -dumpmachine))-linux-musl/libc.a
ARCHIVE = $(BUILD)/librpty.a
ARCHIVE_OBJECTS = $(filter-out %/real.o,$(LIBRARY_OBJECTS)) $(BUILD)/interpose/library/real_static.o

static: $(ARCHIVE)

$(BUILD)/interpose/library/real_static.o: interpose/library/real.c Makefile
	@mkdir -p $(@D)
	@echo "compile $< for $(ARCHIVE)"
	$(Q)$(CC) $(C_STANDARD) $(CFLAGS) $(LIBRARY_FLAGS) -DRPTY_STATIC -c -o $@ $<

$(ARCHIVE): small_hosts/archive.sh $(ARCHIVE_OBJECTS)
	@test -f $(MUSL) || { echo "Not here: $(MUSL), which is in musl-dev"; exit 1; }
	@echo "link $@"
	$(Q)TOOLS=$(TOOLS) small_hosts/archive.sh $@ $(MUSL) $(ARCHIVE_OBJECTS)

-include $(BUILD)/interpose/library/real_static.d

# The library's unit test runs its probe with the archive, too.
ifneq ($(wildcard $(MUSL)),)
unit-c: static
endif

# ---- The static shell

SHELL_CC = musl-gcc
SHELL_SOURCES = build/shell/sources/fetched
SHELL_FILES = rpty-bash busybox-rpty rpty-shell.licences
# What configure's programs are run by, where they are another machine's.
EMULATE =
BUILD_SHELL = CC=$(SHELL_CC) TOOLS=$(TOOLS) $(EMULATE) small_hosts/shell/build.sh

# What goes beside the two programs where it was built.
SMALL_HOSTS = bin/rpty-slave-portable bin/rpty-bash bin/busybox-rpty

static-shell: $(SHELL_FILES:%=bin/%)

$(SHELL_FILES:%=bin/%): bin/%: build/shell/%
	@mkdir -p bin
	@echo "copy $@"
	$(Q)cp $< $@

$(SHELL_SOURCES): small_hosts/shell/fetch.sh small_hosts/shell/sources
	@echo "fetch the sources of bash and busybox"
	$(Q)small_hosts/shell/fetch.sh $(@D)
	@touch $@

$(BUILD)/shell/busybox-rpty: small_hosts/shell/build.sh small_hosts/shell/fallback.c \
    $(wildcard small_hosts/shell/script.[ch]) $(SHELL_SOURCES) $(ARCHIVE)
	@echo "build $@"
	$(Q)$(BUILD_SHELL) busybox $(dir $(SHELL_SOURCES)) $(@D) $(ARCHIVE)

$(BUILD)/shell/rpty-bash: $(BUILD)/shell/busybox-rpty $(wildcard small_hosts/shell/applets.[ch]) \
    small_hosts/shell/bash.patch
	@echo "build $@"
	$(Q)$(BUILD_SHELL) bash $(dir $(SHELL_SOURCES)) $(@D) $(ARCHIVE)

$(BUILD)/shell/rpty-shell.licences: $(BUILD)/shell/rpty-bash

# What the tests of whole sessions run. What can't be had here is named and left out: its tests then are.
test-sample test-long: static-programs

static-programs:
	@for target in static portable static-shell; do \
	    $(MAKE) --no-print-directory $$target || echo "Left out: $$target"; \
	done

.PHONY: portable static static-shell static-programs

include small_hosts/aarch64/aarch64.mk
