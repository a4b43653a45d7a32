# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The toolchain root: one Debian trixie that compiles the modules of all kernels but those whose
# compiler it does not have; for them there is a root of their own suite (native_root).
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
	clang-format-19 # of one version: each formats in its own way
	iproute2 util-linux nftables # for guests: what busybox's ip cannot do, chrt, rules of containers
	irqbalance ethtool # for guests: who else moves interrupts, and what sets up a NIC
	rust-clippy rustfmt busybox-static g++ # for tests on a host without a Rust toolchain
	qemu-system-x86 # newer than Debian 12's, which now and then breaks guests that patch their code
)

# What compiles modules in a root of another suite.
NATIVE_PACKAGES=(
	gcc libc6-dev make flex bison bc kmod pahole cpio xz-utils rsync libelf-dev libssl-dev
	rustc rust-src python3-minimal dpkg-dev ca-certificates
)

toolchain_done() {
	root_is_done root "$ROOT_SUITE" "${ROOT_PACKAGES[@]}"
}

verb_toolchain() {
	root_make root "$ROOT_SUITE" \
		'gcc-14 --version; gcc-12 --version; rustc --version; cargo --version; bindgen --version; clang-format-19 --version; pahole --version' \
		"${ROOT_PACKAGES[@]}"
	say "toolchain root: complete"
}

# native_root SUITE MAJOR: the root of a suite, with the compiler of its kernels.
native_root() {
	root_make "root-$1" "$1" "gcc-$2 --version; rustc --version; pahole --version" "gcc-$2" "${NATIVE_PACKAGES[@]}"
}

# root_id SUITE PACKAGE...: what the stamp of a finished root holds: another list is another root.
root_id() {
	printf '%s\n' "$@" | sha256sum | cut -c1-16
}

# root_is_done NAME SUITE PACKAGE...
root_is_done() {
	local name=$1
	shift
	[ "$(cat "$KBP_CACHE/$name/.kbp-done" 2>/dev/null)" = "$(root_id "$@")" ]
}

# root_make NAME SUITE CHECK PACKAGE...: <cache>/NAME/, where the commands CHECK work.
root_make() {
	local name=$1 suite=$2 check=$3 part=$KBP_CACHE/$1.partial id
	shift 3
	! root_is_done "$name" "$suite" "$@" || return 0
	need_root_user toolchain
	need_space 6144 "a first build"
	cache_lock
	! root_is_done "$name" "$suite" "$@" || return 0
	id=$(root_id "$suite" "$@")
	# A root with an older list of packages is completed, not built anew.
	[ ! -e "$KBP_CACHE/$name/.kbp-1-base" ] || [ -e "$part" ] || mv "$KBP_CACHE/$name" "$part"
	rm -f "$part/.kbp-done"
	[ -e "$part/.kbp-1-base" ] || root_base "$part" "$suite"
	[ "$(cat "$part/.kbp-2-packages" 2>/dev/null)" = "$id" ] || root_packages "$part" "$suite" "$id" "$@"
	say "$name 3/3: check"
	logged "$name-check" root_run "$part" sh -ec "$check" ||
		die "$name does not run its compilers: see $KBP_CACHE/log/$name-check.log; remove $part and run again"
	echo "$id" >"$part/.kbp-done"
	rm -rf "${KBP_CACHE:?}/$name"
	mv "$part" "$KBP_CACHE/$name"
}

root_base() {
	say "root of $2, 1/3: debootstrap (about 30 s)"
	bootstrap "$2" "$1"
	touch "$1/.kbp-1-base"
}

# root_packages FOLDER SUITE ID PACKAGE...
root_packages() {
	local part=$1 suite=$2 id=$3 valid
	shift 3
	mirror_find
	# What this machine's apt says of old Release files (mirrors that stand still) counts here, too.
	valid=$(apt-config dump --format '%v' Acquire::Check-Valid-Until)
	say "root of $suite, 2/3: compilers and libraries (about 60 s)"
	echo "deb $MIRROR $suite main" >"$part/etc/apt/sources.list"
	# shellcheck disable=SC2016 # expanded inside the root
	logged "toolchain-$suite" root_run "$part" sh -ec '
		valid=$1; shift
		dpkg --configure -a
		apt-get -o Acquire::Retries=3 -o Acquire::Check-Valid-Until="$valid" update
		exec apt-get -y --no-install-recommends -o Acquire::Retries=3 install "$@"
	' sh "${valid:-true}" "$@" ||
		die "apt cannot install the toolchain of $suite from $MIRROR: see $KBP_CACHE/log/toolchain-$suite.log, then run again"
	rm -rf "$part"/var/cache/apt/archives/*.deb
	echo "$id" >"$part/.kbp-2-packages"
}
