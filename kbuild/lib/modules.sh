# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The verbs modules and stale: KBP's kernel modules for one kernel.
#
#   sources --what changed--> out/build/<release>/ --module/module.sh, in the root--> .ko --> out/modules/<release>/
#
# out/build/<release>/ keeps two lists of a module, each line a hash and a name:
#
#   NAME.copied    the sources in its build folder, and its tools: what has to be copied, or all made anew
#   NAME.inputs    what NAME.ko was built from, written last: whether it is stale

# FOLDER MODULE PLACE: the order matters, the livepatch uses symbols of kbp.ko.
readonly KBP_MODULES='kbp-module kbp .
kbp-livepatch kbp_livepatch .
tests/nic kbp_testnic tests
tests/foreign kbp_foreign tests'

# module_also MODULE: what of kbp-module it is made from, too; module_knows_its_inputs holds it to that.
module_also() {
	case $1 in
	kbp_livepatch) echo kbp-module/shim/kbp_hooks.h kbp-module/shim/compat ;;
	kbp_testnic) echo kbp-module/shim/compat/hrtimer.h ;;
	esac
}

verb_modules() {
	local folder name place
	kernel_ensure "$1"
	need_root_user modules
	cache_lock
	bins_build klp-reloc kbpctl
	kernel_root "$KBP_CACHE/kernels/$RELEASE"
	modules_places
	mkdir -p "$BUILD_DIR" "$MODULES_DIR/tests"
	while read -r folder name place; do
		module_is_fresh "$folder" "$name" "$place" || module_build "$folder" "$name" "$place"
	done <<<"$KBP_MODULES"
	kernel_verify
	say "modules of $RELEASE: $(cd "$MODULES_DIR" && echo -- *.ko tests/*.ko | cut -c4-)"
}

# verb_stale RELEASE: prints each program of a guest and each module that is not built from the sources of now.
verb_stale() {
	local folder name place
	RELEASE=$1
	[ -f "$KBP_CACHE/kernels/$RELEASE/.kbp-done" ] ||
		die "kernel '$RELEASE' is not in $KBP_CACHE/kernels: fetch it with 'kbuild.sh kernel $RELEASE'"
	modules_places
	for name in kbpctl kbp-bench; do
		bin_is_fresh "$name" || echo "$name" >&3
	done
	while read -r folder name place; do
		module_is_fresh "$folder" "$name" "$place" || echo "$name.ko" >&3
	done <<<"$KBP_MODULES"
}

# modules_places: where things are, and what compiles them, for $RELEASE.
modules_places() {
	KERNEL_DIR=$KBP_CACHE/kernels/$RELEASE
	# shellcheck disable=SC2153 # set in cache.sh
	BUILD_DIR=$KBP_OUT/build/$RELEASE
	MODULES_DIR=$KBP_OUT/modules/$RELEASE
	KBP_RUST=r4l
	[ "$(cat "$KERNEL_DIR/.kbp-done")" = rust ] || KBP_RUST=freestanding
	KERNEL_CC=$(kernel_cc "$KERNEL_DIR/config")
}

# module_sources PATH...: the files in there that can change a module.
module_sources() {
	(cd "$KBP_REPO" && find "$@" \( -name target -o -name tests \) -prune -o \
		-type f ! -name README.md ! -name Cargo.toml -print0 | LC_ALL=C sort -z | xargs -0 sha256sum)
}

# module_copied FOLDER: what is to stand in NAME.copied.
module_copied() {
	{
		echo "$RELEASE $KERNEL_CC $KBP_RUST"
		cat "$KERNEL_DIR/.kbp-done" "$(modules_root)/.kbp-done" "$KBP_LIB/modules.sh" \
			"$KBP_REPO/kbuild/module/module.sh" "$KBP_OUT/bin/klp-reloc"
	} | sha256sum | sed 's/-$/the tools/'
	module_sources "$1"
}

# module_inputs FOLDER MODULE: what is to stand in NAME.inputs.
module_inputs() {
	local also
	module_copied "$1"
	also=$(module_also "$2")
	# shellcheck disable=SC2086 # a list of names
	[ -z "$also" ] || module_sources $also
	[ "$2" != kbp_livepatch ] ||
		sha256sum <"$BUILD_DIR/kbp-module/Module.symvers" | sed 's/-$/the symbols of kbp.ko/'
}

# module_is_fresh FOLDER MODULE PLACE
module_is_fresh() {
	[ -f "$MODULES_DIR/$3/$2.ko" ] && module_inputs "$1" "$2" 2>/dev/null | cmp -s - "$BUILD_DIR/$2.inputs"
}

# module_copy FOLDER MODULE: what changed goes to the build folder, where make sees that it is new. A file more
# or less, or other tools: all is built anew, because make looks only at what there is.
module_copy() {
	local now=$BUILD_DIR/$2.copied.now before=$BUILD_DIR/$2.copied changed
	module_copied "$1" >"$now"
	if ! cmp -s <(module_shape "$now") <(module_shape "$before" 2>/dev/null); then
		rm -rf "${BUILD_DIR:?}/$1" "$before"
		: >"$before"
	fi
	# A line of the former list: nothing to do.
	changed=$({ grep -vxFf "$before" "$now" || true; } | sed -n "s#^[^ ]* *\($1/.*\)#\1#p")
	[ -z "$changed" ] || tar -C "$KBP_REPO" --files-from=- -c <<<"$changed" | tar -C "$BUILD_DIR" -xm
	mv "$now" "$before"
}
# module_shape LIST: the tools and the names.
module_shape() { sed -E '/the tools$/! s/^[^ ]* *//' "$1"; }

# module_build FOLDER MODULE PLACE
module_build() {
	local folder=$1 name=$2 ko=$MODULES_DIR/$3/$2.ko base=''
	local to=$BUILD_DIR/$folder at=$ROOT_REPO/out/build/$RELEASE log=modules-$RELEASE-$2
	say "$RELEASE: building $name.ko"
	rm -f "$BUILD_DIR/$name.inputs"
	# Listed before it is copied: who edits meanwhile makes it stale.
	module_inputs "$folder" "$name" >"$BUILD_DIR/$name.inputs.now"
	module_copy "$folder" "$name"
	[ "$name" != kbp_livepatch ] || base=$at/kbp-module
	logged "$log" root_run "$(modules_root)" env CC="$KERNEL_CC" KBP_RUST="$KBP_RUST" KBP_CORE_CACHE="$ROOT_CARGO/core" \
		KLP_RELOC="$ROOT_REPO/out/bin/klp-reloc" \
		sh "$ROOT_REPO/kbuild/module/module.sh" "$ROOT_KERNELS/$RELEASE/build" "$at/$folder" "$name" ${base:+"$base"} ||
		die "$name.ko was not built for $RELEASE: see $KBP_CACHE/log/$log.log"
	module_knows_its_inputs "$name" "$to"
	# A new file under the old name: a reader never sees half a module.
	cp "$to/$name.ko" "$ko.tmp"
	mv "$ko.tmp" "$ko"
	mv "$BUILD_DIR/$name.inputs.now" "$BUILD_DIR/$name.inputs"
}

# module_knows_its_inputs MODULE FOLDER: by what its compiler has read of kbp-module.
module_knows_its_inputs() {
	local file also
	while read -r file; do
		for also in $(module_also "$1"); do
			[[ $file != "$also" && $file != "$also"/* ]] || continue 2
		done
		die "$1.ko is made from $file, too, which module_also in kbuild/lib/modules.sh does not name: add it"
	done < <(find "$2" -name '.*.cmd' -exec grep -ohE '\.\./kbp-module/[^ ]+\.[ch]' {} + | cut -c4- | sort -u)
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
