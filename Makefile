# make            the two programs, bin/rpty-master and bin/rpty-slave
# make run        a bash through rpty, without a terminal of the kernel's behind it
# make check      format, lint, types, C warnings, unit tests
# make test       builds all, then the unit tests and a sample of the others (ten minutes)
# make test-long  every test (forty minutes)
# make test-fresh the README's commands on fresh machines of Debian 12 and 13; as root, by debootstrap
# make fuzz       inputs that no one has tried yet; FUZZ=SEED for those from SEED on
# make suites     fetches and builds somebody else's tests, which test-long runs
# make oracle     what programs see under rpty and on a kernel pty, case by case; ORACLE=FAMILY, --static
# make programs   the program matrix alone, and its table, docs/programs.md
# make bench      measures beside ssh, socat and mosh, into docs/performance.md and .svg; BENCH=--help
# make fmt        formats TypeScript and C
# make dist       the programs for other machines, with checksums, in dist/
# make install    PREFIX=/usr/local, DESTDIR=; with what was built for small hosts (small_hosts/small_hosts.mk)
#
# V=1 shows the commands of each step.
#
# Deno comes from PATH or from npm; DENORT_BIN names the denort of `deno compile` where neither Deno's
# downloads nor PyPI are reached. docs/building.md tells what is pinned, and how to compare two builds.

PREFIX ?= /usr/local
BUILD = build
export DENO_TLS_CA_STORE ?= system
# Before a step's commands, which V=1 shows; without it the step's line stands alone.
Q = $(if $(V),,@)

DENO = build/deno
IMPORTS = --import-map=build/import_map.json

# What is not allowed fails without a question.
# --allow-ffi: the terminal, processes, and all files that are written or below /proc, by the C library.
# --allow-env: the whole environment goes to the transport and to the shell.
# --allow-read: the slave looks for terminal descriptions, and reads its library and its keeper.
MASTER_PERMISSIONS = --no-prompt --allow-ffi --allow-env
SLAVE_PERMISSIONS = --no-prompt --allow-ffi --allow-env --allow-read
# Small and still: a young generation that stays in the cache, and no thread that optimizes or collects beside a
# key's way to the terminal: Enter to prompt takes a tenth less so. What is hot is in the C library.
V8_FLAGS = --v8-flags=--max-semi-space-size=1,--min-semi-space-size=1,--single-threaded-gc,--no-opt,--no-maglev
COMPILE_FLAGS = --quiet --no-check --no-code-cache $(IMPORTS) $(V8_FLAGS)

CFLAGS ?= -O2
C_STANDARD = -std=c11 -Wall -Wextra -Werror -MMD -MP -iquote interpose
# Where this is built is not to be seen in what is built.
SAME_ANYWHERE = -ffile-prefix-map=$(CURDIR)=.
# The library has no C library of its own: it loads into programs of glibc and of musl.
LIBRARY_FLAGS = -D_GNU_SOURCE -fPIC -ffreestanding -fno-stack-protector -fvisibility=hidden \
    -fno-optimize-sibling-calls -ftls-model=initial-exec $(SAME_ANYWHERE) $(ARCHITECTURE_FLAGS)
UNIT_FLAGS = -D_GNU_SOURCE -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
    -fno-omit-frame-pointer

SOURCES := $(shell find mod.ts sys tty protocol cli master slave -name '*.ts' ! -name '*_test.ts' \
    2>/dev/null)
SCRIPTS := $(shell find . -name '*.ts' ! -path './build/*' ! -path './dist/*' ! -path './.git/*')
UNIT_TESTS := $(shell find mod_test.ts sys tty protocol cli master slave interpose tools \
    bench -name '*_test.ts' 2>/dev/null)
PROGRAM_TESTS := $(wildcard tests/programs/*_test.ts)
SYSTEM_TESTS := $(filter-out $(PROGRAM_TESTS),$(shell find tests -name '*_test.ts' 2>/dev/null))
# The library is made of what lies in three folders, the keeper of two: it answers programs that the library can't reach
# by the library's own code, terminal/.
ROOM = $(filter-out %_test.c,$(sort $(wildcard interpose/$(1)/*.c)))
LIBRARY_SOURCES := $(foreach room,terminal library calls,$(call ROOM,$(room)))
KEEPER_SOURCES := $(foreach room,terminal keeper,$(call ROOM,$(room)))
LIBRARY_OBJECTS = $(LIBRARY_SOURCES:%.c=$(BUILD)/%.o)
KEEPER_OBJECTS = $(KEEPER_SOURCES:%.c=$(BUILD)/keeper/%.o)
KEEPER_FLAGS = -D_GNU_SOURCE $(SAME_ANYWHERE) $(ARCHITECTURE_FLAGS)
C_TESTS := $(patsubst %.c,build/unit/%,$(wildcard interpose/*/*_test.c))
# The keeper's are linked with its sources; they filter system calls and ask for pidfds, which valgrind can't.
VALGRIND_TESTS := $(patsubst %.c,build/valgrind/%,$(filter-out interpose/keeper/% %/user_memory_test.c, \
    $(wildcard interpose/*/*_test.c)))
C_FILES := $(shell find . -name '*.[ch]' ! -path './build/*' ! -path './dist/*' ! -path './.git/*')
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
	@echo "find Deno"
	$(Q)tools/find_deno.sh $@

# deno.lock names each package and its sum, and deno.json has it frozen: a package that it doesn't name fails the
# build. JSR=no takes our stand-ins for the packages of JSR wherever this is built.
build/import_map.json: tools/import_map.ts tools/sha256.ts deno.json deno.lock | build/deno
	@echo "write $@"
	$(Q)$(DENO) run -A --no-lock tools/import_map.ts $@

toolchain: build/deno build/import_map.json

# How to compile for a target ("host" is this machine).
build/denort/%.sh: tools/denort.ts tools/command.ts tools/sha256.ts \
    $(filter-out %_test.ts,$(wildcard tools/offline/*)) | build/deno
	@mkdir -p $(@D)
	@echo "find denort for $*"
	$(Q)$(DENO) run -A --no-lock tools/denort.ts $* $@

# ---- C

LIBRARY = $(BUILD)/librpty.so
KEEPER = $(BUILD)/rpty-keeper

native: $(LIBRARY) $(KEEPER)

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "compile $<"
	$(Q)$(CC) $(C_STANDARD) $(CFLAGS) $(LIBRARY_FLAGS) -c -o $@ $<

$(LIBRARY): $(LIBRARY_OBJECTS)
	@echo "link $@"
	$(Q)$(CC) -shared -nostdlib -Wl,-e,rpty_reach_start -Wl,-z,defs -Wl,-z,noexecstack -Wl,-z,relro -o $@ $^

# Static where the C library can be, so that it runs wherever the slave does.
$(KEEPER): $(KEEPER_OBJECTS)
	@echo "link $@"
	$(Q)$(CC) $(CFLAGS) -static -s -pthread -o $@ $^ || $(CC) $(CFLAGS) -s -pthread -o $@ $^

$(BUILD)/keeper/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "compile $< for the keeper"
	$(Q)$(CC) $(C_STANDARD) $(CFLAGS) $(KEEPER_FLAGS) -pthread -c -o $@ $<

# The keeper's unit tests are linked with what of the keeper they need.
KEEPER_UNIT_OBJECTS = $(KEEPER_SOURCES:%.c=build/unit/keeper/%.o)

build/unit/keeper/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "compile $< for the tests of the keeper"
	$(Q)$(CC) $(C_STANDARD) $(UNIT_FLAGS) -pthread -c -o $@ $<

build/unit/keeper.a: $(KEEPER_UNIT_OBJECTS)
	$(Q)rm -f $@ && ar rc $@ $^

build/unit/interpose/keeper/%: interpose/keeper/%.c build/unit/keeper.a Makefile
	@mkdir -p $(@D)
	@echo "compile $@"
	$(Q)$(CC) $(C_STANDARD) $(UNIT_FLAGS) -pthread -o $@ $< build/unit/keeper.a

build/unit/%: %.c Makefile
	@mkdir -p $(@D)
	@echo "compile $@"
	$(Q)$(CC) $(C_STANDARD) $(UNIT_FLAGS) -o $@ $<

# The unit tests once more, and the programs that they start with the library, under valgrind: without the
# sanitizers, which exclude it. It can't stop a process (jobs), nor let musl's handler change what a thread goes
# on with (cancelled); it keeps its own allocator out of musl's way, and leaves the C library's buffers as they
# are. What is in /usr it leaves alone.
comma = ,
VALGRIND = valgrind -q --error-exitcode=99 --trace-children=yes --trace-children-skip='/usr/*,/bin/*' \
    --run-libc-freeres=no --soname-synonyms=somalloc=nouserintercepts
build/valgrind/%: %.c Makefile
	@mkdir -p $(@D)
	@echo "compile $@"
	$(Q)$(CC) $(C_STANDARD) -D_GNU_SOURCE -O1 -g -pthread -MF $@.d -MT $@ -o $@.program $<
	@echo '#!/bin/sh' > $@
	@echo "exec $(VALGRIND) $@.program $(if $(filter %/librpty_test,$@),-jobs$(comma)cancelled)" >> $@
	@chmod +x $@

-include $(LIBRARY_OBJECTS:.o=.d) $(KEEPER_OBJECTS:.o=.d) $(KEEPER_UNIT_OBJECTS:.o=.d) $(C_TESTS:%=%.d) \
    $(VALGRIND_TESTS:%=%.d)

# ---- The programs

# They are compiled from a copy of the sources, beside which lie library and keeper, and in which all files have one
# time: deno compile embeds the files' times, and two builds should give the same bytes.
TREE = build/tree/$(notdir $@)
COPY_SOURCES = rm -rf $(TREE) && mkdir -p $(@D) $(TREE)/build && tar cf - $(SOURCES) deno.json deno.lock \
    build/import_map.json build/cbor-x | tar xf - -C $(TREE)
# $(1): the target's shell file, $(2): arguments
COMPILE = . $(1) && (cd $(TREE) && find . -type f -exec env TZ=UTC0 touch -t 200001010000 {} + && \
    "$$DENO_COMPILE" compile $(COMPILE_FLAGS) --output $(CURDIR)/$@.new $(2)) && mv $@.new $@
MASTER = $(MASTER_PERMISSIONS) master/main.ts
SLAVE = $(SLAVE_PERMISSIONS) --include build/librpty.so --include build/rpty-keeper slave/main.ts
TO_COMPILE = $(SOURCES) deno.json deno.lock Makefile build/import_map.json

bin/rpty-master: $(TO_COMPILE) build/denort/host.sh
	@echo "compile $@"
	$(Q)$(COPY_SOURCES)
	$(Q)$(call COMPILE,build/denort/host.sh,$(MASTER))

bin/rpty-slave: $(TO_COMPILE) build/denort/host.sh $(LIBRARY) $(KEEPER)
	@echo "compile $@"
	$(Q)$(COPY_SOURCES) && cp $(LIBRARY) $(KEEPER) $(TREE)/build
	$(Q)$(call COMPILE,build/denort/host.sh,$(SLAVE))

# The program itself, past make's variables: no wrapper stands between it and ^C.
run: all
	@exec env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u MAKE_TERMERR -u MAKE_TERMOUT \
	    bin/rpty-master -- bin/rpty-slave bash

INSTALL_TO = $(DESTDIR)$(PREFIX)

install: all
	@echo "install into $(INSTALL_TO)"
	$(Q)install -d $(INSTALL_TO)/bin $(INSTALL_TO)/share/doc/rpty
	$(Q)install -m 755 $(PROGRAMS) $(wildcard $(SMALL_HOSTS)) $(INSTALL_TO)/bin
	$(Q)install -m 644 LICENSE $(wildcard bin/rpty-shell.licences) $(INSTALL_TO)/share/doc/rpty
	$(if $(wildcard $(ARCHIVE)),$(Q)install -D -m 644 $(ARCHIVE) $(INSTALL_TO)/lib/librpty.a)

# ---- Checks and tests

check: check-format check-lint check-types check-c unit

check-format: toolchain
	@echo "check format"
	$(Q)$(DENO) fmt --check
	$(Q)$(CHECK_C_FORMAT)

# CI has clang-format and checks all; elsewhere C is left to those who have it.
CHECK_C_FORMAT = if command -v clang-format >/dev/null; then clang-format --dry-run --Werror $(C_FILES); \
    elif [ "$$CI" = true ]; then echo "Cannot check the format of C: clang-format is missing" >&2; exit 1; \
    else echo "Not checked: the format of C (clang-format is missing)"; fi

check-lint: toolchain
	@echo "check lint"
	$(Q)$(DENO) lint

check-types: toolchain
	@echo "check types"
	$(Q)$(DENO) check --quiet $(IMPORTS) $(SCRIPTS)

ifeq ($(shell uname -s),Linux)
check-c: native
else
check-c:
endif

TEST = $(DENO) run -A tools/run_tests.ts
# A collection on demand tells what memory is in use.
TEST_FLAGS = -A $(IMPORTS) --v8-flags=--expose-gc

unit: unit-c unit-deno unit-doc

unit-c: toolchain check-c $(C_TESTS)
	@$(TEST) --name=unit-c --minutes=1 $(C_TESTS)

unit-deno: export RPTY_TEST_SAMPLE = 1
unit-deno: toolchain check-c
	@$(TEST) --name=unit --minutes=5 $(TEST_FLAGS) --trace-leaks $(UNIT_TESTS)

unit-valgrind: toolchain native $(VALGRIND_TESTS)
	@$(TEST) --name=valgrind --minutes=4 $(VALGRIND_TESTS)

# The documented examples are tests too.
unit-doc: toolchain check-c
	@$(TEST) --name=doc --minutes=1 $(TEST_FLAGS) --doc mod.ts protocol/frame_streams.ts

# One that fails doesn't keep the others from being run. What is said at the end is no affair of CI's, which counts
# the long tests, too.
SAMPLE_RUNS = unit-c unit doc sample
test:
	@rm -f $(SAMPLE_RUNS:%=build/results/%.json)
	@$(MAKE) -k --no-print-directory unit test-sample; status=$$?; \
	    CI= $(DENO) run -A tools/count_tests.ts $(SAMPLE_RUNS:%=--run=%) && exit $$status

test-sample: export RPTY_TEST_SAMPLE = 1
test-sample: all toolchain program-packages reach-programs
	@$(TEST) --name=sample --minutes=14 --again $(TEST_FLAGS) $(SYSTEM_TESTS) $(PROGRAM_TESTS)

# One that fails doesn't keep the others from being run.
test-long: all toolchain suites program-packages reach-programs
	@$(MAKE) -k --no-print-directory test-long-unit test-long-system test-long-programs unit-valgrind $(LONG_CHECKS)

test-long-unit test-long-system test-long-programs: export RPTY_TEST_LONG = 1
test-long-unit:
	@$(TEST) --name=long-unit --minutes=10 $(TEST_FLAGS) $(UNIT_TESTS)

test-long-system:
	@$(TEST) --name=long --minutes=46 --again $(TEST_FLAGS) $(SYSTEM_TESTS)

FUZZ ?= $(shell date +%s)
fuzz: export RPTY_TEST_LONG = 1
fuzz: export RPTY_FUZZ_SEED = $(FUZZ)
fuzz: all toolchain
	@$(TEST) --name=fuzz --minutes=30 $(TEST_FLAGS) $(filter tests/fuzz/%,$(SYSTEM_TESTS))

test-fresh: build/denort/host.sh
	@tests/fresh/run.sh

# ---- Somebody else's tests

SUITES = bash cpython newer libuv node zsh fish

# What can't be had here is named and left out: its tests then are.
suites:
	@for suite in $(SUITES); do \
	    $(MAKE) --no-print-directory build/suites/$$suite.ready || echo "Left out: tests of $$suite"; \
	done

build/suites/%.ready: tests/suites/fetch.sh tests/suites/build.sh tests/suites/sources.txt
	@mkdir -p $(@D)
	@echo "fetch tests of $*"
	$(Q)tests/suites/fetch.sh $* build/suites/$*
	@echo "build tests of $*"
	$(Q)tests/suites/build.sh $* build/suites/$*
	@touch $@

oracle: all toolchain
	@$(DENO) run -A $(IMPORTS) tests/oracle/main.ts $(ORACLE)

# ---- The program matrix

# Two tables at a time, since a row mostly waits for processes that start.
TEST_PROGRAMS = DENO_JOBS=2 $(TEST) --minutes=12 --again $(TEST_FLAGS) --parallel

test-long-programs:
	@$(TEST_PROGRAMS) --name=programs $(PROGRAM_TESTS)

# Writes the table, whatever the result.
programs: export RPTY_PROGRAMS_RECORD = 1
programs: all toolchain program-packages
	@rm -rf build/programs/results
	@$(TEST_PROGRAMS) --name=programs $(PROGRAM_TESTS); status=$$?; \
	    $(DENO) run -A $(IMPORTS) tests/programs/write_table.ts docs/programs.md && exit $$status

# What is not to be had is named by the tests that miss it.
program-packages: build/programs/packages

# pip and npm take only files with the sums that are written there, and run nothing of theirs.
PACKAGES = tests/programs/packages

build/programs/packages: $(wildcard $(PACKAGES)/*)
	@rm -rf build/programs/*python build/programs/*node && mkdir -p $(@D)/new-node
	@echo "install packages of PyPI and npm for the program matrix"
	@PATH=/usr/bin:$$PATH python3 -m pip install --quiet --no-deps --require-hashes --only-binary=:all: \
	    --root-user-action=ignore --target $(@D)/new-python --requirement $(PACKAGES)/requirements.txt && \
	    mv $(@D)/new-python $(@D)/python || rm -rf $(@D)/new-python
	@cp $(PACKAGES)/package*.json $(@D)/new-node && \
	    (cd $(@D)/new-node && npm ci --silent --ignore-scripts --no-audit --no-fund) && \
	    mv $(@D)/new-node $(@D)/node || rm -rf $(@D)/new-node
	@if [ -d $(@D)/python ] && [ -d $(@D)/node ]; then touch $@; fi

fmt: build/deno
	@echo "format"
	$(Q)$(DENO) fmt
	$(Q)clang-format -i $(C_FILES)

include small_hosts/small_hosts.mk
include tests/reach/reach.mk
include tests/initramfs/initramfs.mk

# ---- Measurement

bench: all bench-programs
	@$(DENO) run -A $(IMPORTS) bench/main.ts $(BENCH)

bench-programs: toolchain $(BENCH_PROGRAMS)

build/bench/relay: bench/line.c bench/line.h

build/bench/%: bench/%.c Makefile
	@mkdir -p $(@D)
	@echo "compile $@"
	$(Q)$(CC) -std=c11 -Wall -Wextra -Werror $(CFLAGS) -o $@ $(filter %.c,$^)

# ---- Other machines

DIST_NEEDED = rpty-master-x86_64-unknown-linux-gnu rpty-slave-x86_64-unknown-linux-gnu \
    rpty-master-x86_64-apple-darwin
DIST_WANTED = rpty-master-aarch64-unknown-linux-gnu rpty-slave-aarch64-unknown-linux-gnu \
    rpty-master-aarch64-apple-darwin rpty-slave-portable-x86_64-unknown-linux-gnu \
    rpty-slave-portable-aarch64-unknown-linux-gnu

# What lacks its runtime or its C compiler on this machine is named and left out.
dist: toolchain
	@rm -rf dist && mkdir dist
	@for program in $(DIST_NEEDED); do $(MAKE) --no-print-directory dist/$$program || exit 1; done
	@left=; for program in $(DIST_WANTED); do \
	    $(MAKE) --no-print-directory dist/$$program || left="$$left $$program"; \
	done; \
	for program in $$left; do echo "Left out (see above): $$program"; done
	@cd dist && $$(command -v sha256sum || echo shasum -a 256) rpty-* > SHA256SUMS && cat SHA256SUMS

dist/rpty-master-%: build/denort/%.sh $(TO_COMPILE)
	@echo "compile $@"
	$(Q)$(COPY_SOURCES)
	$(Q)$(call COMPILE,$<,--target $* $(MASTER))

CC_x86_64-unknown-linux-gnu = $(if $(filter x86_64,$(shell uname -m)),$(CC),x86_64-linux-gnu-gcc)
CC_aarch64-unknown-linux-gnu = $(if $(filter aarch64,$(shell uname -m)),$(CC),aarch64-linux-gnu-gcc)
ARCHITECTURE_FLAGS = $(if $(findstring aarch64,$(shell $(CC) -dumpmachine)),-mno-outline-atomics)

dist/rpty-slave-%: build/denort/%.sh $(TO_COMPILE)
	@command -v $(CC_$*) >/dev/null || { echo "Not here: $(CC_$*), to compile C for $*"; exit 1; }
	@$(MAKE) --no-print-directory native BUILD=build/$* CC=$(CC_$*)
	@echo "compile $@"
	$(Q)$(COPY_SOURCES) && cp build/$*/librpty.so build/$*/rpty-keeper $(TREE)/build
	$(Q)$(call COMPILE,$<,--target $* $(SLAVE))

clean:
	@echo "remove bin, build and dist"
	$(Q)rm -rf bin build dist

.PHONY: all toolchain native run install check check-format check-lint check-types check-c unit \
    unit-c unit-deno unit-doc unit-valgrind test test-sample test-long test-long-unit \
    test-long-system \
    test-fresh test-long-programs suites oracle fuzz programs program-packages bench bench-programs fmt dist clean
.SECONDARY:
.DELETE_ON_ERROR:
