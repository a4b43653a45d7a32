# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The verb modules: KBP's kernel modules for one kernel.
#
#   sources --copy--> out/build/<release>/ --module/module.sh, in the root--> .ko --> out/modules/<release>/

# FOLDER MODULE PLACE: the order matters, the livepatch uses symbols of kbp.ko.
readonly KBP_MODULES='kbp-module kbp .
kbp-livepatch kbp_livepatch .
tests/nic kbp_testnic tests
tests/foreign kbp_foreign tests'

verb_modules() {
	local folder name place base=''
	kernel_ensure "$1"
	need_root_user modules
	cache_lock
	bins_build klp-reloc kbpctl
	KERNEL_DIR=$KBP_CACHE/kernels/$RELEASE
	kernel_root "$KERNEL_DIR"
	# shellcheck disable=SC2153 # set in cache.sh
	BUILD_DIR=$KBP_OUT/build/$RELEASE
	MODULES_DIR=$KBP_OUT/modules/$RELEASE
	KBP_RUST=r4l
	[ "$(cat "$KERNEL_DIR/.kbp-done")" = rust ] || KBP_RUST=freestanding
	KERNEL_CC=$(kernel_cc "$KERNEL_DIR/config")
	mkdir -p "$BUILD_DIR" "$MODULES_DIR/tests"
	while read -r folder name place; do
		[ -e "$KBP_REPO/$folder/Kbuild" ] || continue
		module_build "$folder" "$name" "$place" "$base"
		# The livepatch includes kbp-module's headers: it changes when they do.
		[ "$folder" != kbp-module ] || base=$(cat "$BUILD_DIR/$name.stamp")
	done <<<"$KBP_MODULES"
	kernel_verify
	say "modules of $RELEASE: $(cd "$MODULES_DIR" && echo -- *.ko tests/*.ko | cut -c4-)"
}

# module_stamp FOLDER BASE: everything the result depends on.
module_stamp() {
	{
		echo "$RELEASE $KERNEL_CC $KBP_RUST $2"
		cat "$KERNEL_DIR/.kbp-done" "$(modules_root)/.kbp-done" "$KBP_LIB/modules.sh" "$KBP_REPO/kbuild/module/module.sh"
		sha256sum <"$KBP_OUT/bin/klp-reloc"
		cd "$KBP_REPO" && find "$1" -name target -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
	} | sha256sum | cut -c1-16
}

# module_build FOLDER MODULE PLACE BASE
module_build() {
	local folder=$1 name=$2 place=$3 stamp base='' ko
	local to=$BUILD_DIR/$folder at=$ROOT_REPO/out/build/$RELEASE log=modules-$RELEASE-$2
	[ "$folder" = kbp-livepatch ] || set -- "$1" "$2" "$3" ''
	stamp=$(module_stamp "$folder" "$4")
	ko=$MODULES_DIR/$place/$name.ko
	[ "$(cat "$BUILD_DIR/$name.stamp" 2>/dev/null)" != "$stamp" ] || [ ! -f "$ko" ] || return 0
	say "$RELEASE: building $name.ko"
	rm -rf "$to" "$BUILD_DIR/$name.stamp"
	mkdir -p "$to"
	tar -C "$KBP_REPO/$folder" --exclude=./target -c . | tar -C "$to" -x
	[ "$folder" != kbp-livepatch ] || base=$at/kbp-module
	logged "$log" root_run "$(modules_root)" env CC="$KERNEL_CC" KBP_RUST="$KBP_RUST" KBP_CORE_CACHE="$ROOT_CARGO/core" \
		KLP_RELOC="$ROOT_REPO/out/bin/klp-reloc" \
		sh "$ROOT_REPO/kbuild/module/module.sh" "$ROOT_KERNELS/$RELEASE/build" "$at/$folder" "$name" ${base:+"$base"} ||
		die "$name.ko was not built for $RELEASE: see $KBP_CACHE/log/$log.log"
	# A new file under the old name: a reader never sees half a module.
	cp "$to/$name.ko" "$ko.tmp"
	mv "$ko.tmp" "$ko"
	echo "$stamp" >"$BUILD_DIR/$name.stamp"
}

# kernel_verify: whether KBP may be loaded on this kernel, for guests, which have no image to ask.
kernel_verify() {
	local verdict=$MODULES_DIR/verified.json image=$KERNEL_DIR/vmlinuz code=0
	local kbpctl=$KBP_OUT/bin/kbpctl
	if [[ $verdict -nt $kbpctl && $verdict -nt $image && $verdict -nt $KERNEL_DIR/config ]] &&
		grep -q '"verdict":"ok","checks"' "$verdict"; then
		return 0
	fi
	"$kbpctl" verify --json --image "$image" --config "$KERNEL_DIR/config" >"$verdict.tmp" || code=$?
	case $code in
	0) ;;
	4 | 5)
		say "$RELEASE: $("$kbpctl" verify --image "$image" --config "$KERNEL_DIR/config")"
		[ "${KBP_UNVERIFIED-}" = 1 ] ||
			die "$RELEASE is not verified, for the reasons above; KBP_UNVERIFIED=1 builds it all the same, and guests need kbpctl load --unverified"
		;;
	*) die "kbpctl verify failed with code $code: $(cat "$verdict.tmp")" ;;
	esac
	mv "$verdict.tmp" "$verdict"
}
