# SPDX-License-Identifier: GPL-2.0
# One command for each thing a person wants; kbuild/kbuild.sh does the work.
#
# KERNEL=SUITE|RELEASE   the kernel to build for and to run (default trixie-backports)
# SCALE=NAME             bench: quick (default), full, paper
# NAME=TEXT              story: the stories of that name, or with it in their names
# ONLY=TEXT              matrix, bench: only releases, or cells, of that name
# KBP_CACHE=FOLDER       toolchain, kernels, downloads (default .kbp-cache)
# KBP_FLAVOUR=NAME       cloud-amd64 (default), amd64
# KBP_MIRROR=URL         Debian mirror in place of the one in this machine's apt sources
# KBP_REFRESH=1          resolve suites again instead of using kernels.lock
# FRESH=TARGETS          test-fresh: what to make there (default demo test)
# KDIR=FOLDER            install: build folder of the kernel (default: the running kernel's)
# DESTDIR=FOLDER         install: put before every path
# PREFIX=FOLDER          install: where kbpctl goes (default /usr/local)

KERNEL ?= trixie-backports
SCALE ?= quick
KDIR ?= /lib/modules/$(shell uname -r)/build
KBUILD := kbuild/kbuild.sh
STORIES = $(KBUILD) cargo test --release --locked -p kbp-stories --test stories --
# Kernels that some tests boot, whatever KERNEL is. The generic flavour has drivers that the cloud one lacks.
SERIES := bookworm trixie trixie:amd64
# The packages whose tests in tests/ boot guests.
GUESTS := kbp-vm kbp-stories
SHELL_SCRIPTS := .ci/run kbuild/kbuild.sh kbuild/*/*.sh kbp-module/kernel-compat/*.sh packaging/*.sh packaging/*/*.sh \
	tests/vm/guest/*.sh tests/vm/stories/*.sh tests/vm/stories/*/*.sh vm-images/guest/*
C_FOLDERS := kbp-module kbp-livepatch tests/nic tests/foreign
# Names, for $(KBUILD) in-root: the C that is formatted; in there the repository has its own path.
C_FILES = $$(find $(addprefix $(CURDIR)/,$(C_FOLDERS)) -name '*.[ch]')
.DEFAULT_GOAL := help
.NOTPARALLEL:
# No target is a file.
.PHONY: $(shell sed -n 's/^\([a-z-]*\):.*/\1/p' Makefile)

help: ## this list
	@awk -F ':.*## ' '/^##@ / { print "\n" substr($$0, 5) ":" } \
		/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile
	@echo; echo "Variables:"
	@sed -n 's/^# \([A-Z_]*=[^ ]* .*\)/  \1/p' Makefile

##@ Use it

demo: bins modules ## fetch, build, boot a guest, compare softirq NAPI with KBP; report in out/demo/
	out/bin/kbp-bench demo --kernel "$(KERNEL)"

shell: bins modules ## a prompt in a guest with KBP loaded and a NIC of two queues
	out/bin/kbp-vm shell --kernel "$(KERNEL)"

install: ## build and install modules and kbpctl for the running kernel, or the one of KDIR
	@$(KBUILD) bins klp-reloc kbpctl
	@KLP_RELOC="$(CURDIR)/out/bin/klp-reloc" DESTDIR="$(DESTDIR)" PREFIX="$(PREFIX)" BUILD=out/install \
		sh kbuild/module/install.sh install "$(KDIR)" out/bin/kbpctl

uninstall: ## remove what make install put there
	@DESTDIR="$(DESTDIR)" PREFIX="$(PREFIX)" sh kbuild/module/install.sh uninstall

deb: ## the packages kbp-dkms and kbpctl in out/deb/
	@$(KBUILD) packaged
	@packaging/build-deb.sh out/deb

bench: bins modules image ovs ## every way to poll side by side; SCALE=quick|full|paper; ONLY=WORDS; out/bench/ (quick: 15 minutes)
	out/bin/kbp-bench suite --kernel "$(KERNEL)" --scale "$(SCALE)" $(if $(ONLY),--filter "$(ONLY)")

bench-cost: bins modules ## count instructions per packet: softirq, threaded NAPI, KBP; report in out/cost/
	out/bin/kbp-bench cost --kernel "$(KERNEL)"

bench-delay: bins modules ## delays from interrupt to poll on a clock that counts instructions; ROWS=A,B; INSTRUCTIONS=20; out/delay/ (10 minutes)
	out/bin/kbp-bench delay --kernel "$(KERNEL)" $(if $(ROWS),--rows "$(ROWS)") $(if $(INSTRUCTIONS),--instructions "$(INSTRUCTIONS)")

bench-livepatch: bins modules ## time a foreign livepatch under KBP and under the kernel's busy poll; out/livepatch/
	out/bin/kbp-bench livepatch --kernel "$(KERNEL)"

##@ Build it

host: ## install the Debian packages this machine needs
	@$(KBUILD) host

toolchain: host ## build the root that compiles the modules
	@$(KBUILD) toolchain

bins: toolchain ## build the host programs in out/bin/
	@$(KBUILD) bins

bindings: toolchain ## make the Rust of kbp.h and kbp_shim.h again
	@$(KBUILD) bindings

kernel: toolchain ## fetch and prepare KERNEL
	@$(KBUILD) kernel "$(KERNEL)"

modules: kernel ## build out/modules/<release>/ for KERNEL
	@$(KBUILD) modules "$(KERNEL)"

series: kernel ## the same for the kernels of Debian 12 and 13 that some tests boot
	@for kernel in $(SERIES); do $(KBUILD) kernel $$kernel && $(KBUILD) modules $$kernel || exit; done

debug-kernel: toolchain ## a kernel that checks itself, of KERNEL's sources, and the modules for it (40 minutes, once)
	@$(KBUILD) kernel "$(KERNEL):debug-amd64" && $(KBUILD) modules "$(KERNEL):debug-amd64"

image: toolchain ## make the Debian that guests can boot into: systemd, podman (about 2 minutes, once)
	@$(KBUILD) image

ovs: host ## fetch Open vSwitch with DPDK, for the rows ovs-* of bench (400 MiB)
	@$(KBUILD) ovs

##@ Test it

story: named bins modules ## build what changed, and tell the stories whose names contain NAME, with their transcripts
	KBP_KERNEL="$(KERNEL)" $(STORIES) "$(NAME)" --nocapture

named:
	@$(if $(NAME),,$(error name a story, or a part of some names: make story NAME=unload))
	@$(if $(wildcard tests/vm/stories/*$(NAME)*.sh),,$(error no story's name contains '$(NAME)': see tests/vm/stories))

quick: check ## what an edit needs each time: format, lints, the tests that boot no guest
	kbuild/lib/sum-tests.sh kbuild/tests/kbuild-test.sh kbuild/tests/module-test.sh kbuild/tests/bindings-test.sh \
		'$(KBUILD) cargo test --workspace $(GUESTS:%=--exclude %) --release --locked --no-fail-fast' \
		'$(KBUILD) cargo test $(GUESTS:%=-p %) --lib --bins --release --locked --no-fail-fast'

fmt: toolchain ## format the sources, Rust and C
	$(KBUILD) cargo fmt
	$(KBUILD) in-root clang-format-19 -i $(C_FILES)

check: toolchain ## formatting, clippy, bindings, shellcheck, documents, licences
	$(KBUILD) cargo fmt --check
	@# The profile of the tests: macros of the dependencies are compiled once.
	$(KBUILD) cargo clippy --workspace --all-targets --release --locked -- -D warnings
	$(KBUILD) bindings --check
	$(KBUILD) in-root clang-format-19 --dry-run -Werror $(C_FILES)
	@# One process for each CPU: each script is read with all that it sources, which takes minutes in sum.
	printf '%s\n' $(SHELL_SCRIPTS) | xargs -n 10 -P "$$(nproc)" shellcheck -x
	kbuild/tests/docs-check.sh
	@# Not a part of the toolchain root: see deny.toml.
	@if command -v cargo-deny >/dev/null; then cargo deny --offline check licenses bans sources; \
		else echo "not checked: licences and sources of dependencies (cargo-deny is not installed)"; fi

test: toolchain ## every test, in guests too; ends with "N passed, N failed"
	@kbuild/lib/side-by-side.sh '$(MAKE) --no-print-directory bins check compiled' \
		'$(MAKE) --no-print-directory unpacked image ovs modules series'
	KBP_KERNEL="$(KERNEL)" kbuild/lib/sum-tests.sh kbuild/tests/kbuild-test.sh kbuild/tests/module-test.sh \
		kbuild/tests/bindings-test.sh kbuild/tests/incremental-test.sh \
		'$(KBUILD) cargo test --workspace --release --locked --no-fail-fast'

compiled: toolchain
	@$(KBUILD) cargo test --workspace --release --locked --quiet --no-run

unpacked: kernel
	@for kernel in $(SERIES); do $(KBUILD) kernel $$kernel || exit; done

matrix: bins ## build for every kernel of the archive and boot each; ONLY=TEXT; out/matrix/ (30 to 50 minutes)
	$(KBUILD) cargo run --release --locked --quiet -p kbp-stories --bin kbp-matrix -- $(foreach text,$(ONLY),--only "$(text)")

test-deb: bins deb image ## install, build, sign, load and remove the packages in clean roots (about 10 minutes)
	@packaging/tests/deb-test.sh

test-fresh: host ## make demo and make test in a clean Debian 12 with a fresh clone of HEAD (75 minutes, 12 GiB)
	@KERNEL="$(KERNEL)" kbuild/tests/fresh-test.sh $(FRESH)

##@ Put it in order

refresh: toolchain ## resolve KERNEL again and record it in kernels.lock
	@KBP_REFRESH=1 $(KBUILD) kernel "$(KERNEL)"

clean: ## remove what was built (out/)
	rm -rf out

distclean: clean ## remove out/, target/ and the cache
	rm -rf target "$${KBP_CACHE:-.kbp-cache}"
