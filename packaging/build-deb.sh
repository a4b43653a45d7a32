#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# build-deb.sh OUT: the Debian packages kbp-dkms and kbpctl in the folder OUT, from the sources here
# and the static programs in out/bin/. Needs dpkg-deb, nothing else.
set -euo pipefail

[ $# -eq 1 ] || { echo "usage: build-deb.sh OUT" >&2; exit 2; }
REPO=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
PACKAGING=$REPO/packaging
VERSION=$(cat "$REPO/kbp-module/VERSION")
mkdir -p "$1"
OUT=$(cd -- "$1" && pwd)
TMP=$(mktemp -d)
trap 'rm -rf "$TMP"' EXIT
umask 022

# The same commit gives the same packages.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$REPO" log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH

# One list of what a kernel must have, for DKMS and for the build.
config() { awk '!/^(#|$)/ { printf "%s%s", n++ ? " " : "", $1 }' "$REPO/kbuild/module/needs"; }

# fill IN OUT MODE
fill() {
	sed -e "s/@VERSION@/$VERSION/g" -e "s/@CONFIG@/$(config)/g" "$1" >"$2"
	chmod "$3" "$2"
}

# program NAME FOLDER: only a static program runs on every release.
program() {
	local file=$REPO/out/bin/$1
	[ -x "$file" ] || { echo "no $file: build it with 'make bins'" >&2; exit 1; }
	if readelf -lW "$file" | grep -q INTERP; then
		echo "$file is not static: it would need this machine's libc; build it with 'make bins'" >&2
		exit 1
	fi
	mkdir -p "$2"
	install -m 755 "$file" "$2/$1"
}

# pack NAME: TMP/NAME becomes OUT/NAME_VERSION_amd64.deb.
pack() {
	local root=$TMP/$1 deb=$OUT/$1_${VERSION}_amd64.deb
	mkdir -p "$root/DEBIAN" "$root/usr/share/doc/$1"
	cp "$PACKAGING/copyright" "$root/usr/share/doc/$1/copyright"
	fill "$PACKAGING/$1/control.in" "$root/DEBIAN/control" 644
	for script in postinst prerm postrm; do
		[ ! -f "$PACKAGING/$1/$script.in" ] || fill "$PACKAGING/$1/$script.in" "$root/DEBIAN/$script" 755
	done
	# An administrator's change of what is in /etc stays.
	[ ! -d "$root/etc" ] || (cd "$root" && find etc -type f -printf '/%p\n') >"$root/DEBIAN/conffiles"
	chmod -R u=rwX,go=rX "$root"
	dpkg-deb --root-owner-group -Zxz --build "$root" "$TMP/$1.deb" >/dev/null
	mv "$TMP/$1.deb" "$deb"
	echo "$deb"
}

src=$TMP/kbp-dkms/usr/src/kbp-$VERSION
mkdir -p "$src/kbuild"
(cd "$REPO" && tar --exclude=target --exclude=tests --exclude=Cargo.toml\
	-c kbp-module kbp-livepatch) | tar -C "$src" -x
cp -r "$REPO/kbuild/module" "$src/kbuild/module"
fill "$PACKAGING/kbp-dkms/dkms.conf.in" "$src/dkms.conf" 644
program klp-reloc "$TMP/kbp-dkms/usr/lib/kbp"
pack kbp-dkms

program kbpctl "$TMP/kbpctl/usr/sbin"
PACK=1 sh "$PACKAGING/completion/install.sh" "$REPO/out/bin/kbpctl" "$TMP/kbpctl/usr/share"
PACK=1 sh "$PACKAGING/man/install.sh" "$REPO/out/bin/kbpctl" "$TMP/kbpctl/usr/share/man"
sh "$PACKAGING/systemd/install.sh" /usr/sbin/kbpctl "$TMP/kbpctl/usr/lib/systemd/system"
install -D -m 755 "$PACKAGING/kernel/postinst.sh" "$TMP/kbpctl/etc/kernel/postinst.d/kbp"
install -D -m 755 "$PACKAGING/irqbalance/policy.sh" "$TMP/kbpctl/usr/lib/kbp/irqbalance-policy"
pack kbpctl
