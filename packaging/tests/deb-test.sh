#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# deb-test.sh [SUITE...]: the packages of out/deb in a clean root of each suite (default: bookworm
# trixie): they install, build, sign, skip what does not suit, follow a kernel update, load in a
# guest, and leave nothing behind. Ends with "N passed, N failed".
set -uo pipefail

KBP_REPO=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
KBP_LIB=$KBP_REPO/kbuild/lib
PATH=$PATH:/usr/sbin:/sbin
for part in say cache sources suite root bootstrap resolve; do
	# shellcheck source=/dev/null
	. "$KBP_LIB/$part.sh"
done
# shellcheck source=packaging/tests/clean-root.sh
. "$KBP_REPO/packaging/tests/clean-root.sh"
# shellcheck source=packaging/tests/checks.sh
. "$KBP_REPO/packaging/tests/checks.sh"
exec 3>&1

VERSION=$(cat "$KBP_REPO/kbp-module/VERSION")
PASSED=0 FAILED=0

test_install() {
	local name
	clean_install "deb-$SUITE-headers" "linux-headers-$RELEASE" linux-headers-rt-amd64 ||
		die "$SUITE serves no headers of $RELEASE: run 'make refresh KERNEL=$SUITE'"
	as_installed "$RELEASE"
	ok "the packages install" clean_install "deb-$SUITE-install" "/tmp/kbp-dkms_${VERSION}_amd64.deb" "/tmp/kbpctl_${VERSION}_amd64.deb"
	ok "the real-time kernel is skipped with the reason" log_has install "KBP does not suit kernel .*rt-amd64: it has CONFIG_PREEMPT_RT"
	ok "DKMS says so too" log_has install "BUILD_EXCLUSIVE directive"
	ok "no module for it" no status_has "rt-amd64"
	ok "the modules are installed" status_has ", $RELEASE, x86_64: installed"
	for name in kbp kbp_livepatch; do
		ok "$name.ko is there" unpacked "$RELEASE" "$name"
		ok "$name.ko is packed as the kernel's own" packed_alike "$name"
		ok "$name.ko is of $RELEASE" magic_is "$name" "$RELEASE"
		ok "$name.ko has livepatch relocations" klp_sections "$name"
		ok "$name.ko is signed by the machine" signed "$name"
	done
	ok "a module that changed after signing is found" spoiled kbp
	ok "the saved cores will be served at boot" in_clean test -L /etc/systemd/system/multi-user.target.wants/kbp.service
	ok "interrupts are kept only where that is asked for" no in_clean test -L /etc/systemd/system/multi-user.target.wants/kbp-watch.service
	ok "irqbalance can be told" in_clean /usr/lib/kbp/irqbalance-policy /sys/devices/none 1
	ok "systemd can be asked" clean_install "deb-$SUITE-systemd" systemd
	# shellcheck disable=SC2016 # expanded in the root
	ok "bash completes kbpctl with the cores of the machine" in_clean bash -c '
		compopt() { :; }
		. /usr/share/bash-completion/completions/kbpctl
		COMP_LINE="kbpctl enable --cores " COMP_POINT=22
		_kbpctl
		[ "${COMPREPLY[0]}" = "$(cut -d, -f1 /sys/devices/system/cpu/online | cut -d- -f1)" ]'
	ok "zsh and fish are told the same" in_clean grep -q KBPCTL_COMPLETE /usr/share/zsh/vendor-completions/_kbpctl /usr/share/fish/vendor_completions.d/kbpctl.fish
	ok "there is a page for kbpctl irq pin" in_clean test -s /usr/share/man/man8/kbpctl-irq-pin.8.gz
	ok "there is a page for the saved state" in_clean test -s /usr/share/man/man5/kbp.toml.5.gz
	ok "it finds nothing wrong with the units" in_clean sh -c 'systemd-analyze verify /usr/lib/systemd/system/kbp*.* 2>&1 | tee /dev/stderr | { ! grep kbp; }'
	ok "a kernel that is installed is verified" logged "deb-$SUITE-kernel" in_clean /etc/kernel/postinst.d/kbp "$RELEASE" "/kbp/kernels/$RELEASE/vmlinuz"
	ok "and it is said that KBP can be used on it" log_has kernel "^kbp: KBP can be used on kernel $RELEASE"
	ok "depmod knows who needs whom" grep -E 'kbp_livepatch.ko[.xz]*:.*/kbp.ko' "$CLEAN/lib/modules/$RELEASE/modules.dep"
}

# Another kernel arrives, as an update brings it: DKMS's hook builds for it, unasked.
test_update() {
	ok "another kernel's headers install" clean_install "deb-$SUITE-update" linux-headers-amd64
	ok "its modules came with it" status_has "-amd64, x86_64: installed"
	# shellcheck disable=SC2016 # expanded in the root
	ok "a kernel that does not suit does not hold an update up" logged "deb-$SUITE-rt" in_clean sh -c 'exec /etc/kernel/header_postinst.d/dkms "$(basename /lib/modules/*-rt-amd64)"'
	ok "and is told why" log_has rt "KBP does not suit kernel .*rt-amd64: it has CONFIG_PREEMPT_RT"
	ok "and gets no module" no status_has "rt-amd64"
	ok "the first kernel keeps its own" status_has ", $RELEASE, x86_64: installed"
}

test_removal() {
	ok "the package goes" logged "deb-$SUITE-remove" in_clean apt-get -y remove kbp-dkms
	ok "no module stays" no find_modules
	ok "DKMS knows it no more" no status_has kbp/
	ok "nothing stays in /var/lib/dkms" no test -e "$CLEAN/var/lib/dkms/kbp"
	ok "what runs at boot stays with kbpctl" in_clean test -L /etc/systemd/system/multi-user.target.wants/kbp.service
	ok "kbpctl goes, with what it kept" logged "deb-$SUITE-purge" in_clean apt-get -y purge kbpctl
	ok "no file of configuration stays" no in_clean test -e /etc/kernel/postinst.d/kbp
	ok "no unit stays" no in_clean sh -c 'ls /etc/systemd/system/*/kbp* /usr/lib/systemd/system/kbp*'
	ok "depmod forgot it" no grep updates/ "$CLEAN/lib/modules/$RELEASE/modules.dep"
}

# Without the package: 'make install' does this after it has built the programs.
test_plain() {
	local name kdir=/lib/modules/$RELEASE/build at=$CLEAN/lib/modules/$RELEASE/updates/kbp install=/kbp/repo/kbuild/module/install.sh
	ok "plain install" in_clean env KLP_RELOC=/kbp/repo/out/bin/klp-reloc sh "$install" install "$kdir" /kbp/repo/out/bin/kbpctl
	ok "the program is there" in_clean /usr/local/sbin/kbpctl --version
	ok "shells can complete it" grep -q KBPCTL_COMPLETE "$CLEAN/usr/local/share/bash-completion/completions/kbpctl" "$CLEAN/usr/local/share/zsh/site-functions/_kbpctl"
	ok "its unit names it" grep -x "ExecStart=/usr/local/sbin/kbpctl reapply --boot" "$CLEAN/usr/local/lib/systemd/system/kbp.service"
	for name in kbp kbp_livepatch; do
		ok "$name.ko is installed" cp "$at/$name.ko" "$CLEAN/tmp/$name.ko"
		ok "$name.ko has livepatch relocations" klp_sections "$name"
		ok "$name.ko is signed" signed "$name"
	done
	ok "plain uninstall" in_clean sh "$install" uninstall
	ok "nothing stays" no find_modules
	ok "nor the program" no test -e "$CLEAN/usr/local/sbin/kbpctl"
	ok "nor its completion" no sh -c "find '$CLEAN/usr/local/share' -type f | grep kbpctl"
	ok "nor its manual" no sh -c "ls '$CLEAN'/usr/local/share/man/man*/kbp*"
	ok "nor the policy for irqbalance" no test -e "$CLEAN/usr/local/lib/kbp/irqbalance-policy"
	ok "nor a unit" no sh -c "ls '$CLEAN'/usr/local/lib/systemd/system/kbp*"
}

test_suite() {
	SUITE=$1
	RELEASE=$("$KBP_REPO/kbuild/kbuild.sh" kernel "$1") || die "no kernel for $1: build it with 'make kernel KERNEL=$1'"
	clean_root "$1"
	cp "$KBP_REPO"/out/deb/{kbp-dkms,kbpctl}_"$VERSION"_amd64.deb "$CLEAN/tmp/" ||
		die "no packages in out/deb: build them with 'make deb'"
	say "$1: the packages, with headers of $RELEASE and of the real-time kernel"
	test_install
	say "$1: what was installed, in guests"
	ok "it serves a core in a guest" guest "$RELEASE" guest.sh
	ok "a kernel that demands signatures misses only the key" guest "$RELEASE" guest-signed.sh --append module.sig_enforce=1
	say "$1: a kernel update, then removal"
	test_update
	test_removal
	say "$1: plain install"
	test_plain
	[ "$FAILED" -gt 0 ] || rm -rf "$CLEAN"
}

main() {
	local suite
	[ $# -gt 0 ] || set -- bookworm trixie
	for suite; do
		test_suite "$suite"
	done
	echo "$PASSED passed, $FAILED failed"
	[ "$FAILED" -eq 0 ] && [ "$PASSED" -gt 0 ]
}

# Read as a whole before it runs: editing the file does not disturb a running test.
{
	main "$@"
	exit
}
