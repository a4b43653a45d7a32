#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Whether KBP can be built for a kernel, and if not, every reason.
#
#   suits.sh KDIR
set -eu

kdir=$1
here=$(dirname -- "$0")
bad=

no() {
	echo "KBP does not suit kernel ${release:-of $kdir}: $*" >&2
	bad=1
}

config=$kdir/include/config/auto.conf
release=$(sh "$here/release.sh" "$kdir") || exit 1
if [ ! -f "$config" ] || [ ! -f "$kdir/Module.symvers" ]; then
	echo "$kdir is not prepared for modules (it lacks include/config/auto.conf or Module.symvers): use installed headers, or build that kernel first" >&2
	exit 1
fi

major=${release%%.*} minor=${release#*.}
minor=${minor%%[!0-9]*}
[ "$major" -gt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -ge 1 ]; } ||
	no "it is older than 6.1, the first whose receive path KBP knows; take a newer kernel"

while read -r name why; do
	case $name in
	'' | '#'*) ;;
	!*) ! grep -q "^${name#!}=[ym]" "$config" || no "it has ${name#!}, and $why; take a kernel without it" ;;
	*) grep -q "^$name=[ym]" "$config" || no "it lacks $name, and $why; take a kernel with it" ;;
	esac
done <"$here/needs"
[ -z "$bad" ]
