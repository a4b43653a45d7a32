#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# KBP on this machine without a package: what 'make install' and 'make uninstall' run.
#
#   install.sh install KDIR KBPCTL    (KLP_RELOC and the variables of build.sh)
#   install.sh uninstall              (from every kernel)
#
# KDIR names the kernel. DESTDIR is put before every path, PREFIX (default /usr/local) is where the
# program goes, BUILD (default: a temporary folder) is where the modules are built.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
PATH=$PATH:/usr/sbin:/sbin
belongings=$here/../../packaging/install.sh

say() { echo "install: $*"; }

# depmod_for RELEASE: it wants the lists of the whole image, which a DESTDIR may not have.
depmod_for() {
	if [ -f "${DESTDIR-}/lib/modules/$1/modules.order" ]; then
		depmod -b "${DESTDIR:-/}" "$1"
	else
		say "no kernel image in ${DESTDIR-}/lib/modules/$1: run 'depmod $1' where there is one"
	fi
}

# sign FILE: with the key that DKMS made, if this machine has one and the kernel can check it.
sign() {
	key=/var/lib/dkms/mok.key
	if [ -r "$key" ] && [ -x "$kdir/scripts/sign-file" ] && grep -q '^CONFIG_MODULE_SIG=y' "$kdir/include/config/auto.conf"; then
		hash=$(sed -n 's/^CONFIG_MODULE_SIG_HASH="\(.*\)"/\1/p' "$kdir/include/config/auto.conf")
		"$kdir/scripts/sign-file" "${hash:-sha256}" "$key" /var/lib/dkms/mok.pub "$1"
		say "${1##*/} is signed with $key"
	else
		say "${1##*/} is not signed: with Secure Boot on, see docs/installing.md"
	fi
}

case ${1-}/$# in
install/3)
	kdir=$2
	release=$(sh "$here/release.sh" "$kdir")
	modules=${DESTDIR-}/lib/modules/$release/updates/kbp
	build=${BUILD:-$(mktemp -d)}
	sh "$here/build.sh" "$kdir" "$build"
	mkdir -p "$modules"
	for name in kbp kbp_livepatch; do
		sign "$build/$name.ko"
		install -m 644 "$build/$name.ko" "$modules/$name.ko"
		say "$modules/$name.ko"
	done
	[ -n "${BUILD-}" ] || rm -rf "$build"
	sh "$belongings" install "$3"
	depmod_for "$release"
	;;
uninstall/1)
	for modules in "${DESTDIR-}"/lib/modules/*/updates/kbp; do
		[ -d "$modules" ] || continue
		rm -rf "$modules"
		say "removed $modules"
		release=${modules%/updates/kbp}
		depmod_for "${release##*/}"
	done
	sh "$belongings" uninstall
	say "what is loaded stays until 'kbpctl unload', or the next boot"
	;;
*)
	echo "usage: install.sh install KDIR KBPCTL | uninstall" >&2
	exit 2
	;;
esac
