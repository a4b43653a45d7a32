# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What deb-test.sh asks of a clean root (CLEAN, of SUITE) in which KBP was installed.
# shellcheck disable=SC2317,SC2153 # most functions are called through ok(); CLEAN, SUITE, RELEASE are set there

# ok NAME COMMAND...: the command succeeds; the end of its output is shown when it does not, the whole is kept.
ok() {
	local name=$1 out kept
	shift
	if out=$("$@" 2>&1); then
		PASSED=$((PASSED + 1))
	else
		FAILED=$((FAILED + 1))
		kept=$KBP_CACHE/log/deb-$SUITE-failed-$FAILED.log
		printf '%s\n' "$out" >"$kept"
		printf 'FAILED %s: %s\n%s\nthe whole output: %s\n' "$SUITE" "$name" "$(tail -n 30 "$kept")" "$kept"
	fi
}

in_clean() { root_run "$CLEAN" "$@"; }
no() { ! "$@"; }
log_has() { grep -E -- "$2" "$KBP_CACHE/log/deb-$SUITE-$1.log" || { tail -n 20 "$KBP_CACHE/log/deb-$SUITE-$1.log"; false; }; }
types_zsh() { in_clean timeout 60 zsh /kbp/repo/packaging/tests/types.zsh "$@"; }
status_has() { in_clean dkms status | grep -F -- "$1"; }
find_modules() { find "$CLEAN/lib/modules/" -name 'kbp*.ko*' | grep .; }

# installed RELEASE NAME: the file DKMS installed, plain or packed.
installed() {
	find "$CLEAN/lib/modules/$1/updates/dkms" "$CLEAN/usr/lib/modules/$1/updates/dkms" -name "$2.ko*" -print -quit 2>/dev/null
}

# unpacked RELEASE NAME: copies it to the root's /tmp/NAME.ko.
unpacked() {
	local file
	file=$(installed "$1" "$2")
	case $file in
	*.ko) cp "$file" "$CLEAN/tmp/$2.ko" ;;
	*.ko.xz) xz -dc "$file" >"$CLEAN/tmp/$2.ko" ;;
	*) echo "no $2.ko in updates/dkms of $1" && return 1 ;;
	esac
}

# packed_alike NAME: compressed if the modules of the kernel's image are.
packed_alike() {
	local ours own
	ours=$(installed "$RELEASE" "$1")
	own=$(find "$CLEAN/lib/modules/$RELEASE/kernel/" -name 'virtio_net.ko*' -print -quit)
	echo "$ours $own"
	[[ -n $own && ${ours##*.ko} == "${own##*.ko}" ]]
}

magic_is() { [[ $(in_clean modinfo -F vermagic "/tmp/$1.ko") == "$2 "* ]]; }
signed() { in_clean sh /kbp/repo/packaging/tests/signature.sh "/tmp/$1.ko" /var/lib/dkms/mok.pub; }
# spoiled NAME: the check of signatures can fail.
spoiled() {
	cp "$CLEAN/tmp/$1.ko" "$CLEAN/tmp/spoiled.ko"
	printf x | dd of="$CLEAN/tmp/spoiled.ko" bs=1 seek=4096 conv=notrunc status=none
	no signed spoiled
}
klp_sections() { readelf -SW "$CLEAN/tmp/$1.ko" | grep -E '\.klp\.rela\.vmlinux\.'; }

# as_installed RELEASE: some modules of the real image, so that DKMS packs as it does beside one.
as_installed() {
	local to=$CLEAN/lib/modules/$1/kernel
	mkdir -p "$to"
	cp "$KBP_CACHE/kernels/$1/modules/drivers/net/"virtio_net.ko* "$to/"
	# It misses the lists of a whole image.
	depmod -b "$CLEAN" "$1" 2>/dev/null
}

# For a guest with a Debian and its systemd.
# shellcheck disable=SC2034 # used beside this file
IN_DEBIAN=(--root "$KBP_CACHE/image/debian.ext4" --nic queues=1)

# guest RELEASE SCRIPT OPTION...: SCRIPT in a guest that has what was installed, and the kernel's image
# where a machine has it: kbpctl load verifies it.
guest() {
	local release=$1 script=$2 name file
	local -a copies=()
	shift 2
	for name in vmlinuz config; do
		copies+=(--copy "$KBP_CACHE/kernels/$release/$name:/boot/$name-$release")
	done
	for name in kbp kbp_livepatch; do
		file=$(installed "$release" "$name")
		copies+=(--copy "$file:/lib/modules/$release/updates/dkms/${file##*/}")
	done
	"$KBP_REPO/out/bin/kbp-vm" run --kernel "$release" "${copies[@]}" "$@" \
		--copy "$CLEAN/usr/sbin/kbpctl:/sbin/kbpctl" --copy "$KBP_REPO/packaging/tests/$script:/root/$script" \
		-- sh "/root/$script" "$release" >"$CLEAN/tmp/guest.log" 2>&1 && grep -qx DONE "$CLEAN/tmp/guest.log" && return 0
	cat "$CLEAN/tmp/guest.log"
	return 1
}
