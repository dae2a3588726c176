# stanch: all targets in one page. `make`, `make check` and `make demo` are the ones to know; V=1 shows commands.
VERSION := $(shell sed -n 's/.*STANCH_VERSION "\(.*\)"/\1/p' include/stanch.h)
BUILD   ?= build
PREFIX  ?= /usr/local
CFLAGS  ?= -O2 -g

# SANITIZE=address,undefined, =thread or =fuzzer builds into a folder of its own
comma   := ,
O       := $(BUILD)$(if $(SANITIZE),/$(subst $(comma),-,$(SANITIZE)))
ifeq ($(SANITIZE),fuzzer)
SAN_FLAGS := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
else ifdef SANITIZE
SAN_FLAGS := -fsanitize=$(SANITIZE) -fno-sanitize-recover=all
endif

# everything a fresh Debian needs: to build, to test, to check the text
DEBS := build-essential pkg-config libvectorscan-dev libpcre2-dev libarchive-dev libsodium-dev libjansson-dev libfyaml-dev \
	zlib1g-dev libdeflate-dev libbz2-dev liblzma-dev libzstd-dev liblz4-dev nettle-dev libisal-dev libcurl4-openssl-dev \
	check clang libclang-rt-dev clang-format shellcheck mandoc git ca-certificates python3 python3-venv python3-jsonschema python3-nacl strace age \
	podman crun buildah busybox-static \
	procps util-linux bzip2 xz-utils zstd lz4 zip 7zip cpio genisoimage rpm \
	skopeo umoci openssh-client docker-registry apache2-utils libmicrohttpd-dev etcd-server etcd-client
DEBS_DEMO := busybox-static skopeo umoci
LIBS := libhs libpcre2-8 libarchive libsodium jansson libfyaml nettle
# these are linked statically, because a commit hook waits for every library that must be loaded, which took half of its
# time: what scans of Vectorscan (its compiler is loaded where it is needed), of the others no more than is used.
# Or ARCHIVE_LIBS='-larchive -lhs_runtime -ldeflate -lz'; libraries of LIBS that this leaves open are linked as they come
ARCHIVE_LIBS ?= $(patsubst %,-l:lib%.a,hs_runtime archive deflate nettle zstd lzma lz4 bz2 z pcre2-8 sodium jansson fyaml)

accepts  = $(shell $(CC) -Werror $(1) -x c -c /dev/null -o /dev/null 2>/dev/null && echo '$(1)')
# thousands of rules are thousands of pointers to relocate: packed, they take a hundredth of the pages
RELR    := $(shell $(CC) -Werror -Wl,-z,pack-relative-relocs -xc -o /dev/null - </dev/null -shared 2>/dev/null && echo '-Wl,-z,pack-relative-relocs')
HARDEN  := $(call accepts,-fstack-protector-strong) $(call accepts,-fstack-clash-protection) $(call accepts,-fcf-protection)
ifneq ($(filter -O1 -O2 -O3 -Os -Og -O,$(CFLAGS)),)
ifndef SANITIZE
HARDEN  += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$(if $(call accepts,-O2 -D_FORTIFY_SOURCE=3 -include features.h),3,2)
endif
endif
ALL_CFLAGS   = -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -Iinclude -Isrc -I$(BUILD) -fPIE -pthread -MMD -MP \
	$(HARDEN) -ffunction-sections -fdata-sections $(SAN_FLAGS) $(shell pkg-config --cflags $(LIBS)) $(CPPFLAGS) $(CFLAGS)
ALL_LDFLAGS  = -pie -Wl,-z,relro,-z,now $(RELR) -pthread $(SAN_FLAGS) $(LDFLAGS)
INIT_LDFLAGS = -static-pie -s -Wl,-z,relro,-z,now,-z,noexecstack,-z,pack-relative-relocs,--gc-sections,--no-eh-frame-hdr,-T,src/stanch-init.ld $(LDFLAGS)
ALL_LIBS     = $(ARCHIVE_LIBS) -Wl,--as-needed $(shell pkg-config --libs $(filter-out libhs libarchive,$(LIBS)) 2>/dev/null) -lm

LIB     := $(O)/libstanch.a
GEN     := $(BUILD)/gen/builtin.c
RULES   := $(wildcard patterns/*.yaml)
OBJS    := $(patsubst %.c,$(O)/%.o,$(wildcard src/*/*.c))
UNITS   := $(wildcard tests/unit/*.c)
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
SHELLS  := $(shell grep -lIr '^\#! */bin/sh\|^\#!/usr/bin/env bash' .ci contrib corpus tests 2>/dev/null)

quiet    = $(if $(V),,@printf '  %-6s %s\n' '$(1)' '$(2)';)

LINK     = $(call quiet,LINK,$@)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o %.a,$^) $(ALL_LIBS)

.PHONY: image deliver-tools all deps check check-now demo bench bench-deliver fuzz fuzzers unit lint format install dist accuracy clean
.DELETE_ON_ERROR:
all: $(O)/stanch $(O)/stanch-init
deliver-tools: $(O)/stanch-init $(O)/deliver-forge $(O)/deliver-strike

$(O)/%.o: %.c
	@mkdir -p $(@D)
	$(call quiet,CC,$<)$(CC) $(ALL_CFLAGS) -c -o $@ $<
$(O)/gen/builtin.o: $(GEN)
	@mkdir -p $(@D)
	$(call quiet,CC,$<)$(CC) $(ALL_CFLAGS) -c -o $@ $<
$(LIB): $(OBJS)
	$(call quiet,AR,$@)rm -f $@ && $(AR) rcs $@ $^

# the built-in rules, compiled to C by a program that is made first; what comes out the same keeps its time, so that
# nothing is made anew that need not be
unchanged = if cmp -s $(1).new $(1); then rm $(1).new; else mv $(1).new $(1); fi
ifdef SANITIZE
$(GEN): $(RULES)
	@$(MAKE) --no-print-directory SANITIZE= CC=cc $@
else
$(GEN): $(O)/rulec $(RULES)
	@mkdir -p $(@D)
	$(call quiet,RULES,$@)$(O)/rulec -o $@.new $(RULES) && $(call unchanged,$@)
endif
$(O)/rulec: $(O)/src/rulec.o $(LIB)
	$(call quiet,LINK,$@)$(CC) $(ALL_LDFLAGS) -o $@.new $(filter %.o %.a,$^) $(ALL_LIBS) && $(call unchanged,$@)
$(O)/stanch: $(O)/src/stanch.o $(O)/gen/builtin.o $(LIB)
	$(LINK)
# the init helper: no library but libsodium, all of it inside, so that it runs in an image that holds nothing else
$(O)/stanch-init: $(O)/src/stanch-init.o $(LIB) src/stanch-init.ld
	$(call quiet,LINK,$@)$(CC) $(if $(SANITIZE),$(ALL_LDFLAGS),$(INIT_LDFLAGS)) -o $@ $(filter %.o %.a,$^) $(if $(SANITIZE),$(ALL_LIBS),-l:libsodium.a)
$(O)/deliver-%: $(O)/tests/deliver/%.o $(LIB)
	$(LINK)
# for the fault run, which leaves other libraries' allocations alone: libarchive does not survive all of its own
$(O)/stanch-faults: ARCHIVE_LIBS = -l:libhs_runtime.a -l:libdeflate.a -larchive -lnettle -lzstd -llzma -lbz2 -lz
$(O)/stanch-faults: $(O)/src/stanch.o $(O)/gen/builtin.o $(LIB)
	$(LINK)
$(O)/judge-features: $(O)/contrib/judge/features.o $(O)/gen/builtin.o $(LIB)
	$(LINK)
$(O)/bench-matcher: $(O)/tests/bench/matcher.o $(O)/gen/builtin.o $(LIB)
	$(LINK)
$(O)/seal-vectors: $(patsubst %.c,$(O)/%.o,$(wildcard tests/seal/*.c)) $(LIB)
	$(LINK)
$(O)/replay-fuzz_%: $(O)/tests/fuzz/fuzz_%.o $(O)/tests/fuzz/driver.o $(O)/gen/builtin.o $(LIB)
	$(LINK)
$(O)/fuzz_%: $(O)/tests/fuzz/fuzz_%.o $(O)/gen/builtin.o $(LIB)
	$(LINK) -fsanitize=fuzzer

# unit tests: every *_suite of tests/unit runs
$(BUILD)/gen/suites.h: $(UNITS)
	@mkdir -p $(@D)
	@sed -n 's/^\(Suite \*\)\{0,1\}\([a-z0-9_]*_suite\)(void)$$/SUITE(\2)/p' $(UNITS) | sort -u > $@
$(O)/tests/unit/main.o: $(BUILD)/gen/suites.h
# the tests write archives too, for which the static library would need more libraries
$(O)/unit: ARCHIVE_LIBS = -l:libhs_runtime.a -l:libdeflate.a -larchive -lnettle -lzstd -llzma -lbz2 -lz
$(O)/unit: $(UNITS:%.c=$(O)/%.o) $(O)/gen/builtin.o $(LIB)
	$(LINK) $(shell pkg-config --libs check)
unit: $(O)/unit
	$(O)/unit

deps:
	@tests/deps.sh $(DEBS)
check: deps
	@$(MAKE) --no-print-directory check-now
check-now: all
	@BUILD='$(BUILD)' MAKE='$(MAKE)' tests/check.sh
demo: deps
	@tests/deps.sh $(DEBS_DEMO)
	@$(MAKE) --no-print-directory all
	@STANCH='$(abspath $(O)/stanch)' tests/demo.sh
bench: all $(O)/bench-matcher
	@STANCH='$(abspath $(O)/stanch)' MATCHER='$(abspath $(O)/bench-matcher)' tests/bench/run
	@STANCH='$(abspath $(O)/stanch)' tests/bench/seal
	@STANCH='$(abspath $(O)/stanch)' tests/bench/staged
	@STANCH='$(abspath $(O)/stanch)' tests/bench/history
	@STANCH='$(abspath $(O)/stanch)' tests/bench/image
	@STANCH='$(abspath $(O)/stanch)' tests/bench/manifest
bench-deliver: deliver-tools
	@BUILD='$(O)' tests/bench/deliver
fuzzers: $(FUZZERS:%=$(O)/%)
fuzz: all
	@$(MAKE) --no-print-directory CC=clang SANITIZE=fuzzer fuzzers
	@BUILD='$(BUILD)' tests/fuzz/run $(FUZZERS)
replay: $(FUZZERS:%=$(O)/replay-%)
lint:
	@SHELLS='$(SHELLS)' tests/lint.sh
format:
	clang-format -i $(wildcard include/*.h include/*/*.h src/*.c src/*/*.[ch] tests/*/*.[ch])
accuracy: all
	@STANCH='$(abspath $(O)/stanch)' CASES='$(abspath ../shared/cases)' tests/bench/accuracy
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man5 $(DESTDIR)$(PREFIX)/share/man/man8 \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/site-functions \
		$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	install -m 755 $(O)/stanch $(O)/stanch-init $(DESTDIR)$(PREFIX)/bin/
	install -m 644 src/man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	install -m 644 src/man/*.5 $(DESTDIR)$(PREFIX)/share/man/man5/
	install -m 644 src/man/*.8 $(DESTDIR)$(PREFIX)/share/man/man8/
	install -m 644 contrib/completions/stanch.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/stanch
	install -m 644 contrib/completions/_stanch $(DESTDIR)$(PREFIX)/share/zsh/site-functions/
	install -m 644 contrib/completions/stanch.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/
# the image of the init helper, as an archive that skopeo and podman load; the same source gives the same digest
image: $(O)/stanch-init $(O)/stanch
	@INIT=$(O)/stanch-init VERSION=$(VERSION) OUT=$(BUILD)/stanch-init-$(VERSION).oci.tar contrib/image/build.sh
	@$(O)/stanch scan --min-confidence likely $(BUILD)/stanch-init-$(VERSION).oci.tar
dist:
	@mkdir -p $(BUILD)
	git archive --format=tar --prefix=stanch-$(VERSION)/ HEAD | gzip -9n > $(BUILD)/stanch-$(VERSION).tar.gz
clean:
	rm -rf $(BUILD)

# objects are kept between links; what they included is in their .d files
.SECONDARY:
-include $(shell find $(O) -name '*.d' 2>/dev/null)
