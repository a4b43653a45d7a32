# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# A small Debian in a folder: the first stage of every root.

# bootstrap SUITE FOLDER: minbase, for a root that nobody boots.
bootstrap() {
	local suite=$1 part=$2 script=/usr/share/debootstrap/scripts
	command -v debootstrap >/dev/null || die "no debootstrap on this host: install it with 'kbuild.sh host'"
	mirror_find
	mirror_check "$suite"
	proxy_export
	# An older debootstrap does not know a newer suite, which is made like sid.
	[ -e "$script/$suite" ] && script+=/$suite || script+=/sid
	rm -rf "$part"
	mkdir -p "$part" "$KBP_CACHE/apt/debs"
	# --cache-dir keeps the downloads of an interrupted run.
	logged debootstrap unshare -m -- debootstrap --variant=minbase --arch=amd64 --keyring="$KBP_KEYRING" \
		--cache-dir="$KBP_CACHE/apt/debs" --include=ca-certificates "$suite" "$part" "$MIRROR" "$script" ||
		die "debootstrap of $suite from $MIRROR failed: see $KBP_CACHE/log/debootstrap.log, then run again"
	# No fsync for each file, no manuals, no service starts.
	echo force-unsafe-io >"$part/etc/dpkg/dpkg.cfg.d/kbp"
	printf 'path-exclude=/usr/share/%s/*\n' doc man locale info >>"$part/etc/dpkg/dpkg.cfg.d/kbp"
	printf '#!/bin/sh\nexit 101\n' >"$part/usr/sbin/policy-rc.d"
	chmod 755 "$part/usr/sbin/policy-rc.d"
}
