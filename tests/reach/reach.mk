# The programs of tests/reach_test.ts, which make system calls themselves. Programs whose compiler is missing are
# left out, and the tests say so.

REACH = build/reach
REACH_GO = $(patsubst %,$(REACH)/%,xterm tea cell prompt)
REACH_RUST = $(REACH)/screen-static $(REACH)/screen-dynamic
GO_SOURCES := $(wildcard tests/reach/go/*/*.go tests/reach/go/go.*)
RUST_SOURCES := $(wildcard tests/reach/rust/*.* tests/reach/rust/src/*)
GO_BUILD = cd tests/reach/go && CGO_ENABLED=0 GOFLAGS=-mod=readonly $(CURDIR)/build/go build -trimpath -buildvcs=false

reach-programs:
	@for program in $(REACH)/calls $(REACH_GO) $(REACH)/gum $(REACH_RUST); do \
	    $(MAKE) --no-print-directory $$program || echo "Left out (see above): $$program"; \
	done

build/go:
	@echo "find Go"
	$(Q)tests/reach/find_go.sh $@

$(REACH)/calls: tests/reach/calls.c
	@mkdir -p $(@D)
	@echo "compile $@"
	$(Q)musl-gcc -static -std=c11 -Wall -Wextra -Werror -O1 -o $@ $<

$(REACH_GO): $(REACH)/%: $(GO_SOURCES) | build/go
	@mkdir -p $(@D)
	@echo "compile $@"
	$(Q)$(GO_BUILD) -o $(CURDIR)/$@ ./$*

$(REACH)/gum: $(GO_SOURCES) | build/go
	@mkdir -p $(@D)
	@echo "compile $@"
	$(Q)$(GO_BUILD) -o $(CURDIR)/$@ github.com/charmbracelet/gum

$(REACH_RUST) &: tests/reach/build_rust.sh $(RUST_SOURCES)
	@mkdir -p $(REACH)
	@echo "compile $(REACH_RUST)"
	$(Q)tests/reach/build_rust.sh $(CURDIR)/$(REACH)

.PHONY: reach-programs
