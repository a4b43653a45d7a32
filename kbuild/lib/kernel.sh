# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The verb kernel: resolve, fetch, unpack and prepare one kernel.
#
# <cache>/kernels/<release>/ counts only when its .kbp-done is written, the last step: the
# paths inside a prepared tree contain the release, so there is no renaming at the end.

kernel_done() {
	[ -e "$KBP_CACHE/kernels/$1/.kbp-done" ]
}

# kernel_locked WANTED: from lock file and cache alone; nothing is asked of the archive.
kernel_locked() {
	[ "${KBP_REFRESH:-0}" = 0 ] && lock_find "$1" && kernel_done "$RELEASE"
}

verb_kernel() {
	kernel_ensure "$1"
	echo "$RELEASE" >&3
}

# kernel_ensure SUITE|SUITE:FLAVOUR|RELEASE
kernel_ensure() {
	local wanted=$1 key=-
	if [[ $wanted == *:* ]]; then
		# shellcheck disable=SC2034 # resolve.sh reads it
		wanted=${1%%:*} KBP_FLAVOUR=${1#*:}
		is_suite "$wanted" || die "'$1': only a suite has flavours; name one ($KBP_SUITES), as in trixie:amd64"
	fi
	is_suite "$wanted" && key=$wanted
	[ "$key" != - ] || is_release "$wanted" ||
		die "'$wanted' is no kernel: name a suite ($KBP_SUITES) or a release such as 6.1.0-53-cloud-amd64"
	if kernel_locked "$wanted"; then
		say "kernel $wanted: $RELEASE ($VERSION) from $KBP_LOCK"
		return 0
	fi
	need_root_user kernel
	toolchain_done || die "no toolchain root in $KBP_CACHE/root: build it with 'kbuild.sh toolchain' first"
	cache_lock
	kernel_locked "$wanted" && return 0
	kernel_resolve "$wanted" "$key"
	if ! kernel_done "$RELEASE"; then
		case $RELEASE in
		*-"$DEBUG_FLAVOUR") debug_build ;;
		*) kernel_build ;;
		esac
	fi
	RUST=$(cat "$KBP_CACHE/kernels/$RELEASE/.kbp-done")
	lock_put "$key"
	say "kernel $wanted: $RELEASE ($VERSION, $RUST) is ready"
}

kernel_resolve() {
	local wanted=$1 key=$2 old
	if [ "${KBP_REFRESH:-0}" = 0 ] && lock_find "$wanted"; then
		# Locked but not in the cache: the same again, if the archive still has it.
		old=$RELEASE
		say "kernel $wanted: locked to $old"
		kernel_resolve_release "$old" && return 0
		[ "$key" != - ] || die "$old is locked but the archive serves it no more: name another release or a suite"
		say "kernel $wanted: $old has left the archive; resolving the newest"
	fi
	if [ "$key" = - ]; then
		resolve_release "$wanted" ||
			die "no suite of $MIRROR serves linux-image-$wanted ($KBP_SUITES were asked): name a suite for its newest kernel"
	else
		kernel_resolve_suite "$wanted" || die "$SUITE names $RELEASE as its newest kernel but does not serve it yet: try again later"
	fi
	say "kernel $wanted: $RELEASE ($VERSION) of $SUITE"
}

kernel_resolve_suite() {
	case $KBP_FLAVOUR in
	"$DEBUG_FLAVOUR") debug_resolve "$1" ;;
	*) resolve_suite "$1" ;;
	esac
}

# kernel_resolve_release RELEASE: a kernel that checks itself is in no archive, but its source is.
kernel_resolve_release() {
	case $1 in
	*-"$DEBUG_FLAVOUR") suite_update "$SUITE" && [ -n "$(suite_field "$SUITE" "$(kernel_source)=$VERSION" Version)" ] ;;
	*) resolve_release "$1" ;;
	esac
}

# kernel_root FOLDER: where the toolchain root lacks the compiler of the kernel in FOLDER, makes the
# root of the kernel's own suite, and notes the suite for modules_root.
kernel_root() {
	local major of
	major=$(gcc_major "$1/config")
	[ ! -x "$(root_dir)/usr/bin/x86_64-linux-gnu-gcc-$major" ] || return 0
	of=$(cat "$1/.kbp-suite" 2>/dev/null) || of=$SUITE
	is_suite "$of" || die "$RELEASE needs gcc $major, and no suite is known to have it: remove $1 and run again"
	native_root "$of" "$major"
	echo "$of" >"$1/.kbp-suite"
}

kernel_build() {
	local dir=$KBP_CACHE/kernels/$RELEASE rust
	# Unpacked once; an interrupted preparation goes on from there.
	[ "$(cat "$dir/.kbp-unpacked" 2>/dev/null)" = "$VERSION" ] || kernel_unpack "$dir"
	kernel_root "$dir"
	rust=$(kernel_rust "$dir/config")
	if [ "$rust" = rust ]; then
		prepare_rust "$dir" "$RELEASE"
	else
		prepare_headers "$dir" "$RELEASE"
	fi
	vermagic_check "$RELEASE"
	echo "$rust" >"$dir/.kbp-done"
}

# kernel_rust CONFIG: whether kbp.ko is built with this kernel's own Rust: when it has one, of the
# root's compiler, and KBP_RUST=freestanding does not say otherwise.
kernel_rust() {
	if [ "${KBP_RUST:-}" != freestanding ] && [ "$(config_value "$1" CONFIG_RUST)" = y ] && rustc_fits "$1"; then
		echo rust
	else
		echo norust
	fi
}

# kernel_source: the package with the source of $RELEASE.
kernel_source() {
	echo "linux-source-$(grep -oE '^[0-9]+\.[0-9]+' <<<"$RELEASE")"
}

kernel_unpack() {
	local dir=$1 debs=$KBP_CACHE/apt/debs/${RELEASE}_$VERSION deb source
	need_space 4096 "the kernel $RELEASE"
	rm -rf "$dir"
	local -a packages
	mapfile -t packages < <(fetch_closure "$SUITE" "$VERSION" "linux-image-$RELEASE" "linux-headers-$RELEASE")
	say "$RELEASE: fetching ${#packages[@]} packages"
	fetch_debs "$SUITE" "$debs" "${packages[@]}" ||
		die "cannot fetch the packages of $RELEASE: see $KBP_CACHE/log/fetch-$SUITE.log; check the network, then run again"
	mkdir -p "$dir/stock"
	for deb in "$debs"/*.deb; do
		[[ $deb == */linux-source-* ]] || deb_unpack "$deb" "$dir/stock"
	done
	kernel_layout "$dir"
	kernel_root "$dir"
	if [ "$(kernel_rust "$dir/config")" = rust ]; then
		# Before the large download: a tree that cannot be prepared need not be fetched.
		kernel_cc "$dir/config" >/dev/null
		source=$(kernel_source)
		say "$RELEASE: fetching $source (about 170 MB)"
		fetch_debs "$SUITE" "$debs" "$source=$VERSION" ||
			die "$SUITE serves no $source $VERSION, which the Rust metadata of $RELEASE needs: name another kernel or run 'make refresh'"
		say "$RELEASE: unpacking the kernel source"
		source_unpack "$(find "$debs" -name "${source}_*.deb" -print -quit)" "$dir"
	fi
	echo "$VERSION" >"$dir/.kbp-unpacked"
	rm -rf "$debs"
}

# kernel_layout FOLDER: one layout from both ways Debian packs kernels.
kernel_layout() {
	local dir=$1 lib=
	local s=$1/stock f
	for f in "$s/usr/lib/modules/$RELEASE" "$s/lib/modules/$RELEASE"; do
		[ ! -d "$f/kernel" ] || lib=$f
	done
	[ -n "$lib" ] || die "the packages of $RELEASE contain no modules: report this kernel"
	for f in "$lib/vmlinuz" "$s/boot/vmlinuz-$RELEASE"; do
		[ ! -f "$f" ] || cp "$f" "$dir/vmlinuz"
	done
	for f in "$lib/config" "$s/boot/config-$RELEASE"; do
		[ ! -f "$f" ] || cp "$f" "$dir/config"
	done
	[[ -f $dir/vmlinuz && -f $dir/config ]] ||
		die "the packages of $RELEASE contain no vmlinuz or no config: report this kernel"
	mv "$lib/kernel" "$dir/modules"
}
