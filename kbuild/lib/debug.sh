# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# A kernel that checks itself, named SUITE:debug-amd64: the sources of the suite's newest kernel, built as
# kbuild/debug/kernel.config says. In the cache it is a kernel like any other.

readonly DEBUG_FLAVOUR=debug-amd64

# debug_resolve SUITE: the newest kernel's sources have the version of its packages.
debug_resolve() {
	KBP_FLAVOUR=amd64 resolve_suite "$1" || return 1
	RELEASE=${VERSION%%[-~+]*}-$DEBUG_FLAVOUR
}

# debug_gcc: the compiler of the suite's own kernels.
debug_gcc() {
	[ "$SUITE" = bookworm ] && echo 12 || echo 14
}

# debug_build: <cache>/kernels/$RELEASE/ up to what kernel_build does for every kernel.
debug_build() {
	local dir=$KBP_CACHE/kernels/$RELEASE debs=$KBP_CACHE/apt/debs/${RELEASE}_$VERSION source
	source=$(kernel_source)
	need_space 8192 "the kernel $RELEASE"
	if [ ! -e "$dir/.kbp-source" ]; then
		rm -rf "$dir"
		say "$RELEASE: fetching and unpacking $source"
		fetch_debs "$SUITE" "$debs" "$source=$VERSION" ||
			die "$SUITE serves no $source $VERSION: see $KBP_CACHE/log/fetch-$SUITE.log; check the network, then run again"
		mkdir -p "$dir"
		source_unpack "$(find "$debs" -name "${source}_*.deb" -print -quit)" "$dir"
		rm -rf "$debs"
		touch "$dir/.kbp-source"
	fi
	say "$RELEASE: building it (about 20 minutes on 2 cores)"
	# shellcheck disable=SC2016 # expanded inside the root
	logged "debug-$RELEASE" root_run "$(root_dir)" bash -euc '
		cd "$1/build"; release=$2; config=$4
		args=(CC="x86_64-linux-gnu-gcc-$3" LOCALVERSION="-${release#*-}")
		# The sanitizers make the compiler clone more functions than it does for Debian, and a clone
		# has another name: not where the hooks are.
		args+=(CFLAGS_dev.o=-fno-ipa-cp CFLAGS_softirq.o=-fno-ipa-cp)
		make allnoconfig "${args[@]}"
		scripts/kconfig/merge_config.sh -m .config "$config"
		make olddefconfig "${args[@]}"
		built=$(make -s kernelrelease "${args[@]}")
		[ "$built" = "$release" ] || { echo "the tree calls itself $built, not $release"; exit 1; }
		make -j"$(nproc)" bzImage modules "${args[@]}"
		make INSTALL_MOD_PATH=../installed INSTALL_MOD_STRIP=1 modules_install "${args[@]}"
	' debug "$ROOT_KERNELS/$RELEASE" "$RELEASE" "$(debug_gcc)" "$ROOT_REPO/kbuild/debug/kernel.config" ||
		die "$RELEASE was not built: see $KBP_CACHE/log/debug-$RELEASE.log"
	cp "$dir/build/arch/x86/boot/bzImage" "$dir/vmlinuz"
	cp "$dir/build/.config" "$dir/config"
	rm -rf "$dir/modules"
	mv "$dir/installed/lib/modules/$RELEASE/kernel" "$dir/modules"
	rm -rf "$dir/installed"
	vermagic_check "$RELEASE"
	echo norust >"$dir/.kbp-done"
}
