#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# deb-test.sh [build] [SUITE...]: the packages of out/deb (default: build bookworm trixie). build: a
# second build gives the same. A suite: in a clean root they install, build, sign, skip what does not
# suit, load in a guest, follow a kernel update, are updated, and leave nothing behind, and lintian and
# piuparts have nothing against them. Ends with "N passed, N failed".
set -uo pipefail

KBP_REPO=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
KBP_LIB=$KBP_REPO/kbuild/lib
PATH=$PATH:/usr/sbin:/sbin
for part in say cache sources suite root bootstrap resolve bins; do
	# shellcheck source=/dev/null
	. "$KBP_LIB/$part.sh"
done
# shellcheck source=packaging/tests/clean-root.sh
. "$KBP_REPO/packaging/tests/clean-root.sh"
for part in checks again life lint ansible; do
	# shellcheck source=/dev/null
	. "$KBP_REPO/packaging/tests/$part.sh"
done
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
	ok "the shells install" clean_install "deb-$SUITE-shells" fish zsh
	# shellcheck disable=SC2016 # expanded in the root
	ok "bash completes kbpctl with the cores of the machine" in_clean bash -c '
		compopt() { :; }
		. /usr/share/bash-completion/completions/kbpctl
		COMP_LINE="kbpctl enable --cores " COMP_POINT=22
		_kbpctl
		[ "${COMPREPLY[0]}" = "$(cut -d, -f1 /sys/devices/system/cpu/online | cut -d- -f1)" ]'
	# shellcheck disable=SC2016 # expanded by zsh
	ok "zsh can" in_clean zsh -fc 'autoload -U compinit && compinit -uD && [[ $_comps[kbpctl] == _kbpctl ]] && autoload +X _kbpctl'
	ok "a live zsh completes a verb" types_zsh "kbpctl irq pi" "kbpctl irq pin "
	ok "and the cores of a node of the machine" types_zsh "kbpctl enable --cores nu" "kbpctl enable --cores numa:0 "
	ok "what it does not complete is seen" no types_zsh "kbpctl irq pi" "kbpctl irq pen "
	ok "fish completes the cores of a node of the machine" in_clean sh -c 'fish -c "complete -C \"kbpctl enable --cores \"" | grep numa:0'
	ok "fish can" in_clean sh -c 'fish -c "complete -C \"kbpctl irq \"" | grep pin'
	ok "there is a page for kbpctl irq pin" in_clean test -s /usr/share/man/man8/kbpctl-irq-pin.8.gz
	ok "there is a page for the saved state" in_clean test -s /usr/share/man/man5/kbp.toml.5.gz
	ok "there are the documents" in_clean test -s /usr/share/doc/kbpctl/docs/installing.md
	ok "there are a dashboard and alerts" in_clean test -s /usr/share/kbp/monitoring/dashboard.json -a -s /usr/share/kbp/monitoring/alerts.yml
	ok "it finds nothing wrong with the units" in_clean sh -c 'systemd-analyze --man=no verify /usr/lib/systemd/system/kbp*.* 2>&1 | tee /dev/stderr | { ! grep kbp; }'
	ok "a kernel that is installed is verified" logged "deb-$SUITE-kernel" in_clean /etc/kernel/postinst.d/kbp "$RELEASE" "/kbp/kernels/$RELEASE/vmlinuz"
	ok "and it is said that KBP can be used on it" log_has kernel "^kbp: KBP can be used on kernel ${RELEASE//+/\\+}\$"
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
	# What follows would build for both.
	ok "the other kernel's headers go" logged "deb-$SUITE-less" in_clean apt-get -y purge --autoremove linux-headers-amd64
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
	ok "nothing stays" no named_kbp
}

# The manifest for Kubernetes: an object of its API, with the image of this release.
test_manifest() {
	local here=/kbp/repo/packaging
	local check=$here/tests/manifest.py schema=$here/kubernetes/daemonset-1.37.schema.json manifest=$here/kubernetes/kbpctl.yaml
	ok "what reads manifests installs" clean_install "deb-$SUITE-manifest" python3-yaml python3-jsonschema
	ok "the manifest fits the API's schema" in_clean python3 "$check" "$schema" "$manifest"
	sed 's/hostPID/hostPid/' "$KBP_REPO/packaging/kubernetes/kbpctl.yaml" >"$CLEAN/tmp/misspelt.yaml"
	ok "one that is misspelt does not" no in_clean python3 "$check" "$schema" /tmp/misspelt.yaml
	ok "it names this release" grep -E " image: kbpctl:$VERSION\$" "$KBP_REPO/packaging/kubernetes/kbpctl.yaml"
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
	ok "kbpctl in a container sees the machine, and only looks" guest "$RELEASE" guest-container.sh "${IN_DEBIAN[@]}" --copy "$KBP_REPO/packaging/container/Containerfile:/root/Containerfile" --copy "$KBP_REPO/out/packaged:/root/packaged"
	ok "a kernel that demands signatures misses only the key" guest "$RELEASE" guest-signed.sh --append module.sig_enforce=1
	say "$1: a kernel update, then removal"
	test_update
	test_removal
	say "$1: an update from a former version, then a purge"
	test_life
	if [ "$1" = trixie ]; then
		say "$1: the role for Ansible"
		test_ansible
	fi
	say "$1: plain install"
	test_plain
	say "$1: lintian, piuparts, and the manifest for Kubernetes"
	test_lint
	test_manifest
	[ "$FAILED" -gt 0 ] || rm -rf "$CLEAN"
}

main() {
	local suite
	[ $# -gt 0 ] || set -- build bookworm trixie
	for suite; do
		if [ "$suite" = build ]; then test_again; else test_suite "$suite"; fi
	done
	echo "$PASSED passed, $FAILED failed"
	[ "$FAILED" -eq 0 ] && [ "$PASSED" -gt 0 ]
}

# Read as a whole before it runs: editing the file does not disturb a running test.
{
	main "$@"
	exit
}
