#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The release of the kernel whose build folder is KDIR, as uname -r prints it.
#
#   release.sh KDIR
set -eu

# Not config/kernel.release: Debian 12's headers say there what upstream would call the kernel.
release=$(sed -n 's/^#define UTS_RELEASE "\(.*\)"$/\1/p' "$1/include/generated/utsrelease.h" 2>/dev/null) || true
[ -n "$release" ] || {
	echo "no prepared kernel build folder at $1: install the headers of that kernel (Debian: linux-headers-RELEASE), or name their folder with KDIR=" >&2
	exit 1
}
echo "$release"
