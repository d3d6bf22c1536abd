# make            the two programs, bin/rpty-master and bin/rpty-slave
# make run        a bash through rpty, without a terminal of the kernel's behind it
# make check      format, lint, types, C warnings, unit tests
# make test       builds all, then the unit tests and a sample of the others (ten minutes)
# make test-long  every test (forty minutes)
# make bench      measures beside ssh, socat and mosh, into docs/performance.*; BENCH=--help
# make fmt        formats TypeScript and C
# make dist       the programs for other machines, with checksums, in dist/
# make install    PREFIX=/usr/local, DESTDIR=
#
# Deno comes from PATH or by npx; DENORT_BIN names the denort of `deno compile` where neither Deno's
# downloads nor PyPI are reached.

PREFIX ?= /usr/local
BUILD = build
export DENO_TLS_CA_STORE ?= system

DENO = build/deno
IMPORTS = --import-map=build/import_map.json

# No --allow-run, since programs are started by FFI; the whole environment, since it goes to the transport
# and to the shell; --allow-write for RPTY_DEBUG=FILE and the slave's runtime directory. (Files below /proc
# are read by FFI: Deno's own calls would need --allow-all.) What is not allowed fails without a question.
MASTER_PERMISSIONS = --no-prompt --allow-ffi --allow-env --allow-read=/dev --allow-write
SLAVE_PERMISSIONS = --no-prompt --allow-ffi --allow-env --allow-read --allow-write
COMPILE_FLAGS = --quiet --no-check --no-code-cache $(IMPORTS)

CFLAGS ?= -O2
C_STANDARD = -std=c11 -Wall -Wextra -Werror -MMD -MP
# The library has no C library of its own: it loads into programs of glibc and of musl.
LIBRARY_FLAGS = -D_GNU_SOURCE -fPIC -ffreestanding -fno-stack-protector -fvisibility=hidden \
    -fno-optimize-sibling-calls -ftls-model=initial-exec $(ARCHITECTURE_FLAGS)
UNIT_FLAGS = -D_GNU_SOURCE -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
    -fno-omit-frame-pointer

SOURCES := $(shell find mod.ts sys tty protocol master slave -name '*.ts' ! -name '*_test.ts' \
    2>/dev/null)
SCRIPTS := $(shell find . -name '*.ts' ! -path './build/*' ! -path './dist/*' ! -path './.git/*')
UNIT_TESTS := $(shell find mod_test.ts sys tty protocol master slave interpose tools \
    bench -name '*_test.ts' 2>/dev/null)
SYSTEM_TESTS := $(shell find tests -name '*_test.ts' 2>/dev/null)
LIBRARY_SOURCES := $(filter-out interpose/keeper% interpose/%_test.c,$(wildcard interpose/*.c))
LIBRARY_OBJECTS = $(LIBRARY_SOURCES:%.c=$(BUILD)/%.o)
# The keeper answers programs that the library can't reach, by the library's own code.
KEEPER_SOURCES := $(filter-out %_test.c,$(wildcard interpose/keeper*.c)) $(patsubst %,interpose/%.c, \
    change clock control filter input ioctl pass process read_plan requests state terminal termios_form unreached)
KEEPER_OBJECTS = $(KEEPER_SOURCES:%.c=$(BUILD)/keeper/%.o)
KEEPER_FLAGS = -D_GNU_SOURCE -DRPTY_KEEPER $(ARCHITECTURE_FLAGS)
C_TESTS := $(patsubst %.c,build/unit/%,$(wildcard interpose/*_test.c))
C_FILES := $(wildcard interpose/*.[ch] bench/*.[ch] tests/reach/*.c)
BENCH_PROGRAMS = $(patsubst %,build/bench/%,terminal relay stamps calls)

# The master runs on Darwin too; the slave, with what is preloaded, on Linux alone.
ifeq ($(shell uname -s),Darwin)
PROGRAMS = bin/rpty-master
else
PROGRAMS = bin/rpty-master bin/rpty-slave
endif

all: $(PROGRAMS)

# ---- Deno, and what it imports

build/deno:
	@tools/find_deno.sh $@

build/import_map.json: tools/import_map.ts deno.json | build/deno
	@$(DENO) run --allow-run --allow-write=build --no-lock tools/import_map.ts $@

toolchain: build/deno build/import_map.json

# How to compile for a target ("host" is this machine).
build/denort/%.sh: tools/denort.ts tools/denort_cut.ts tools/denort_wheels.txt | build/deno
	@mkdir -p $(@D)
	@$(DENO) run -A --no-lock tools/denort.ts $* $@

# ---- C

LIBRARY = $(BUILD)/librpty.so
KEEPER = $(BUILD)/rpty-keeper

native: $(LIBRARY) $(KEEPER)

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(C_STANDARD) $(CFLAGS) $(LIBRARY_FLAGS) -c -o $@ $<

$(LIBRARY): $(LIBRARY_OBJECTS)
	$(CC) -shared -nostdlib -Wl,-e,rpty_reach_start -Wl,-z,noexecstack -Wl,-z,relro -o $@ $^

# Static where the C library can be, so that it runs wherever the slave does.
$(KEEPER): $(KEEPER_OBJECTS)
	$(CC) $(CFLAGS) -static -s -pthread -o $@ $^ || $(CC) $(CFLAGS) -s -pthread -o $@ $^

$(BUILD)/keeper/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(C_STANDARD) $(CFLAGS) $(KEEPER_FLAGS) -pthread -c -o $@ $<

build/unit/interpose/keeper_%: interpose/keeper_%.c $(KEEPER_SOURCES) $(wildcard interpose/*.h) Makefile
	@mkdir -p $(@D)
	$(CC) -std=c11 -Wall -Wextra -Werror $(UNIT_FLAGS) -DRPTY_KEEPER -pthread -o $@ $< \
	    $(filter-out interpose/keeper.c,$(KEEPER_SOURCES))

build/unit/%: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(C_STANDARD) $(UNIT_FLAGS) -o $@ $<

-include $(LIBRARY_OBJECTS:.o=.d) $(KEEPER_OBJECTS:.o=.d) $(C_TESTS:%=%.d)

# ---- The programs

bin/rpty-master: $(SOURCES) deno.json deno.lock Makefile build/import_map.json build/denort/host.sh
	@echo "compile $@"
	@. build/denort/host.sh && "$$DENO_COMPILE" compile $(COMPILE_FLAGS) $(MASTER_PERMISSIONS) \
	    --output $@.new master/main.ts && mv $@.new $@

bin/rpty-slave: $(SOURCES) deno.json deno.lock Makefile build/import_map.json build/denort/host.sh \
    $(LIBRARY) $(KEEPER)
	@echo "compile $@"
	@. build/denort/host.sh && "$$DENO_COMPILE" compile $(COMPILE_FLAGS) $(SLAVE_PERMISSIONS) \
	    --include $(LIBRARY) --include $(KEEPER) --output $@.new slave/main.ts && mv $@.new $@

# The program itself, past make's variables: no wrapper stands between it and ^C.
run: all
	@exec env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u MAKE_TERMERR -u MAKE_TERMOUT \
	    bin/rpty-master -- bin/rpty-slave bash

install: all
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin

# ---- Checks and tests

check: check-format check-lint check-types check-c unit

check-format: toolchain
	$(DENO) fmt --check
	@if ! command -v clang-format >/dev/null; then echo "not checked: C format (no clang-format)"; \
	elif [ -n "$(C_FILES)" ]; then clang-format --dry-run --Werror $(C_FILES); fi

check-lint: toolchain
	$(DENO) lint

check-types: toolchain
	@echo "$(DENO) check"; $(DENO) check --quiet $(IMPORTS) $(SCRIPTS)

ifeq ($(shell uname -s),Linux)
check-c: native
else
check-c:
endif

TEST = $(DENO) run -A tools/run_tests.ts

unit: unit-c unit-deno unit-doc

unit-c: toolchain check-c $(C_TESTS)
	@$(TEST) --name=unit-c --minutes=1 $(C_TESTS)

unit-deno: export RPTY_TEST_SAMPLE = 1
unit-deno: toolchain check-c
	@$(TEST) --name=unit --minutes=5 -A $(IMPORTS) --trace-leaks $(UNIT_TESTS)

# The documented examples are tests too.
unit-doc: toolchain check-c
	@$(TEST) --name=doc --minutes=1 -A $(IMPORTS) --doc mod.ts protocol/frame_streams.ts

test: unit test-sample

test-sample: export RPTY_TEST_SAMPLE = 1
test-sample: all toolchain reach-programs
	@$(TEST) --name=sample --minutes=9 --again -A $(IMPORTS) $(SYSTEM_TESTS)

test-long: export RPTY_TEST_LONG = 1
test-long: all toolchain reach-programs
	@$(TEST) --name=long --minutes=38 --again -A $(IMPORTS) $(UNIT_TESTS) $(SYSTEM_TESTS)

fmt: build/deno
	$(DENO) fmt
	$(if $(C_FILES),clang-format -i $(C_FILES))

include tests/reach/reach.mk

# ---- Measurement

bench: all bench-programs
	@$(DENO) run -A $(IMPORTS) bench/main.ts $(BENCH)

bench-programs: toolchain $(BENCH_PROGRAMS)

build/bench/relay: bench/line.c bench/line.h

build/bench/%: bench/%.c Makefile
	@mkdir -p $(@D)
	$(CC) -std=c11 -Wall -Wextra -Werror $(CFLAGS) -o $@ $(filter %.c,$^)

# ---- Other machines

DIST_NEEDED = rpty-master-x86_64-unknown-linux-gnu rpty-slave-x86_64-unknown-linux-gnu \
    rpty-master-x86_64-apple-darwin
DIST_WANTED = rpty-master-aarch64-unknown-linux-gnu rpty-slave-aarch64-unknown-linux-gnu \
    rpty-master-aarch64-apple-darwin

# What lacks its runtime or its C compiler on this machine is named and left out.
dist: toolchain
	@rm -rf dist && mkdir dist
	@for program in $(DIST_NEEDED); do $(MAKE) --no-print-directory dist/$$program || exit 1; done
	@left=; for program in $(DIST_WANTED); do \
	    $(MAKE) --no-print-directory dist/$$program || left="$$left $$program"; \
	done; \
	for program in $$left; do echo "Left out (see above): $$program"; done
	@cd dist && $$(command -v sha256sum || echo shasum -a 256) rpty-* > SHA256SUMS && cat SHA256SUMS

dist/rpty-master-%: build/denort/%.sh build/import_map.json $(SOURCES)
	@echo "compile $@"
	@. build/denort/$*.sh && "$$DENO_COMPILE" compile $(COMPILE_FLAGS) $(MASTER_PERMISSIONS) \
	    --target $* --output $@ master/main.ts

CC_x86_64-unknown-linux-gnu = $(if $(filter x86_64,$(shell uname -m)),$(CC),x86_64-linux-gnu-gcc)
CC_aarch64-unknown-linux-gnu = $(if $(filter aarch64,$(shell uname -m)),$(CC),aarch64-linux-gnu-gcc)
ARCHITECTURE_FLAGS = $(if $(findstring aarch64,$(shell $(CC) -dumpmachine)),-mno-outline-atomics)

# Compiled from a copy of the sources, beside which lie the target's library and keeper.
dist/rpty-slave-%: build/denort/%.sh build/import_map.json $(SOURCES)
	@command -v $(CC_$*) >/dev/null || { echo "Not here: $(CC_$*), to compile C for $*"; exit 1; }
	@rm -rf build/tree/$* && mkdir -p build/tree/$*/build
	@$(MAKE) --no-print-directory native BUILD=build/tree/$*/build CC=$(CC_$*)
	@tar cf - $(SOURCES) deno.json deno.lock build/import_map.json | tar xf - -C build/tree/$*
	@echo "compile $@"
	@. build/denort/$*.sh && cd build/tree/$* && "$$DENO_COMPILE" compile $(COMPILE_FLAGS) \
	    $(SLAVE_PERMISSIONS) --include build/librpty.so --include build/rpty-keeper \
	    --target $* --output $(CURDIR)/$@ slave/main.ts

clean:
	rm -rf bin build dist

.PHONY: all toolchain native run install check check-format check-lint check-types check-c unit \
    unit-c unit-deno unit-doc test test-sample test-long bench bench-programs fmt dist clean
.SECONDARY:
.DELETE_ON_ERROR:
