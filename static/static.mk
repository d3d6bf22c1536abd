# make portable        bin/rpty-slave-portable: rpty-slave with a loader and a C library of its own
# make static          build/librpty.a: the interposer, to be linked with musl's C library
# make static-shell    bin/rpty-bash and bin/busybox-rpty: a shell for hosts with nothing but a kernel

# ---- The portable slave

LAUNCHER_FLAGS = -D_GNU_SOURCE -ffreestanding -fno-stack-protector -fno-pie -static -nostdlib -no-pie \
    -Wl,-z,noexecstack -Wl,--build-id=none $(ARCHITECTURE_FLAGS)

portable: bin/rpty-slave-portable

$(BUILD)/carried/licences: static/carried.sh
	static/carried.sh '$(CC)' $(@D)

$(BUILD)/rpty-launcher: static/launcher.c interpose/memory.c interpose/memory.h interpose/syscalls.h \
    $(BUILD)/carried/licences static/static.mk
	$(CC) -std=c11 -Wall -Wextra -Werror $(CFLAGS) $(LAUNCHER_FLAGS) -Wa,-I$(BUILD)/carried -s -o $@ \
	    static/launcher.c interpose/memory.c

# The slave begins at a multiple of 64 KB, the largest page there is.
%-portable: % $(BUILD)/rpty-launcher
	cp $(BUILD)/rpty-launcher $@.new
	truncate -s %65536 $@.new
	cat $< >> $@.new
	mv $@.new $@

# ---- The archive

MUSL = /usr/lib/$(patsubst %-linux-gnu,%,$(shell $(CC) -dumpmachine))-linux-musl/libc.a
ARCHIVE = $(BUILD)/librpty.a
ARCHIVE_OBJECTS = $(filter-out %/real.o,$(LIBRARY_OBJECTS)) $(BUILD)/interpose/real_static.o

static: $(ARCHIVE)

$(BUILD)/interpose/real_static.o: interpose/real.c Makefile
	@mkdir -p $(@D)
	$(CC) $(C_STANDARD) $(CFLAGS) $(LIBRARY_FLAGS) -DRPTY_STATIC -c -o $@ $<

$(ARCHIVE): static/archive.sh $(ARCHIVE_OBJECTS)
	@test -f $(MUSL) || { echo "Not here: $(MUSL), which is in musl-dev"; exit 1; }
	static/archive.sh $@ $(MUSL) $(ARCHIVE_OBJECTS)

-include $(BUILD)/interpose/real_static.d

# The library's unit test runs its probe with the archive, too.
ifneq ($(wildcard $(MUSL)),)
unit-c: static
endif

# ---- The static shell

SHELL_PROGRAMS = bin/rpty-bash bin/busybox-rpty

static-shell: $(SHELL_PROGRAMS)

# One rule makes both, and their licences.
$(SHELL_PROGRAMS) &: build/shell/made
	cp build/shell/rpty-bash build/shell/busybox-rpty build/shell/rpty-shell.licences bin/
	touch $(SHELL_PROGRAMS)

build/shell/made: static/shell/fetch.sh static/shell/build.sh static/shell/sources \
    static/shell/bash.patch static/shell/applets.c static/shell/applets.h build/librpty.a
	static/shell/fetch.sh build/shell/sources
	static/shell/build.sh build/shell/sources build/shell build/librpty.a
	touch $@

# What the tests of whole sessions run.
ifneq ($(wildcard $(MUSL)),)
test-sample test-long: static portable static-shell
endif

.PHONY: portable static static-shell
