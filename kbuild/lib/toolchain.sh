# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The toolchain root: one Debian trixie that compiles the modules of all kernels.
#
#   root.partial/  --1 base--2 packages--3 check-->  root/
#
# Each stage leaves a stamp in the root, so an interrupted build goes on where it was;
# the rename at the end makes a root complete or absent, never half.

readonly ROOT_SUITE=trixie
ROOT_PACKAGES=(
	gcc gcc-14 gcc-12 libc6-dev make flex bison bc kmod pahole cpio xz-utils rsync
	libelf-dev libssl-dev rustc cargo rust-src bindgen libclang-dev
	python3-minimal dpkg-dev ca-certificates
	iproute2 util-linux # for guests: what busybox's ip cannot do, chrt
	rust-clippy rustfmt busybox-static # for tests on a host without a Rust toolchain
	qemu-system-x86 # newer than Debian 12's, which now and then breaks guests that patch their code
)

# What the stamp of a finished root holds: another list of packages is another root.
toolchain_id() {
	printf '%s\n' "$ROOT_SUITE" "${ROOT_PACKAGES[@]}" | sha256sum | cut -c1-16
}

toolchain_done() {
	[ "$(cat "$(root_dir)/.kbp-done" 2>/dev/null)" = "$(toolchain_id)" ]
}

verb_toolchain() {
	if toolchain_done; then
		say "toolchain root: complete"
		return 0
	fi
	need_root_user toolchain
	need_space 6144 "a first build"
	cache_lock
	toolchain_done && return 0
	local part=$KBP_CACHE/root.partial
	# A root with an older list of packages is completed, not built anew.
	[ ! -e "$KBP_CACHE/root/.kbp-1-base" ] || [ -e "$part" ] || mv "$KBP_CACHE/root" "$part"
	rm -f "$part/.kbp-done"
	[ -e "$part/.kbp-1-base" ] || toolchain_base "$part"
	[ "$(cat "$part/.kbp-2-packages" 2>/dev/null)" = "$(toolchain_id)" ] || toolchain_packages "$part"
	toolchain_check "$part"
	toolchain_id >"$part/.kbp-done"
	rm -rf "$KBP_CACHE/root"
	mv "$part" "$KBP_CACHE/root"
	say "toolchain root: complete"
}

toolchain_base() {
	say "toolchain 1/3: debootstrap $ROOT_SUITE (about 30 s)"
	bootstrap "$ROOT_SUITE" "$1"
	touch "$1/.kbp-1-base"
}

toolchain_packages() {
	local part=$1
	mirror_find
	say "toolchain 2/3: compilers and libraries (about 60 s)"
	echo "deb $MIRROR $ROOT_SUITE main" >"$part/etc/apt/sources.list"
	# shellcheck disable=SC2016 # expanded inside the root
	logged toolchain root_run "$part" sh -ec '
		dpkg --configure -a
		apt-get -o Acquire::Retries=3 update
		exec apt-get -y --no-install-recommends -o Acquire::Retries=3 install "$@"
	' sh "${ROOT_PACKAGES[@]}" ||
		die "apt cannot install the toolchain from $MIRROR: see $KBP_CACHE/log/toolchain.log, then run again"
	rm -rf "$part"/var/cache/apt/archives/*.deb
	toolchain_id >"$part/.kbp-2-packages"
}

toolchain_check() {
	say "toolchain 3/3: check"
	logged toolchain-check root_run "$1" sh -ec 'gcc-14 --version; gcc-12 --version; rustc --version; cargo --version; bindgen --version; pahole --version' ||
		die "the toolchain root does not run its compilers: see $KBP_CACHE/log/toolchain-check.log; remove $1 and run again"
}
