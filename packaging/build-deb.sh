#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# build-deb.sh OUT: the Debian packages kbp-dkms and kbpctl in the folder OUT, from the sources here and
# the static programs in out/packaged/. The same sources and programs give the same packages: times are
# that of the commit. Needs dpkg-deb and readelf, nothing else.
#
# build-deb.sh --test OUT [VERSION]: the same in little time, for tests: with the programs in out/bin/,
# without the notices of what is in them, not compressed, and with any VERSION.
set -euo pipefail

usage() {
	echo "usage: build-deb.sh OUT | --test OUT [VERSION]" >&2
	exit 2
}

REPO=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
PACKAGING=$REPO/packaging VERSION=$(cat "$REPO/kbp-module/VERSION")
PROGRAMS=$REPO/out/packaged MAKE=deb COMPRESS=xz TEST=''
if [ "${1-}" = --test ]; then
	PROGRAMS=$REPO/out/bin MAKE=bins COMPRESS=none TEST=yes VERSION=${3:-$VERSION}
	[[ $# -eq 2 || $# -eq 3 ]] || usage
	set -- "$2"
fi
[ $# -eq 1 ] || usage
mkdir -p "$1"
OUT=$(cd -- "$1" && pwd)
TMP=$(mktemp -d)
trap 'rm -rf "$TMP"' EXIT
umask 022
export LC_ALL=C

SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$REPO" log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH

# One list of what a kernel must have, for DKMS and for the build.
config() { awk '!/^(#|$)/ { printf "%s%s", n++ ? " " : "", $1 }' "$REPO/kbuild/module/needs"; }

# fill IN OUT MODE
fill() {
	sed -e "s/@VERSION@/$VERSION/g" -e "s/@CONFIG@/$(config)/g" "$1" >"$2"
	chmod "$3" "$2"
}

# program NAME: only a static program runs on every release. Prints where it is.
program() {
	local file=$PROGRAMS/$1
	[ -x "$file" ] || { echo "no $file: build it with 'make $MAKE'" >&2; exit 1; }
	if readelf -lW "$file" | grep -q INTERP; then
		echo "$file is not static: it would need this machine's libc; build it with 'make $MAKE'" >&2
		exit 1
	fi
	echo "$file"
}

# documents NAME PROGRAM: what is in each package's folder of documents.
documents() {
	local to=$TMP/$1/usr/share/doc/$1
	mkdir -p "$to"
	cp "$PACKAGING/copyright" "$REPO/CHANGELOG.md" "$to/"
	[ -n "$TEST" ] || cp "$PROGRAMS/$2.third-party" "$to/third-party.txt"
	# Debian's form of a changelog names a version and a date; what has changed is in ours.
	cat >"$to/changelog" <<-EOF
		$1 ($VERSION) unstable; urgency=medium

		  * Release $VERSION: CHANGELOG.md beside this file says what has changed.

		 -- $(sed -n 's/^Maintainer: //p' "$PACKAGING/$1/control.in")  $(date -uRd "@$SOURCE_DATE_EPOCH")
	EOF
	gzip -9n "$to/changelog"
	install -D -m 644 "$PACKAGING/$1/lintian-overrides" "$TMP/$1/usr/share/lintian/overrides/$1"
}

# size FOLDER: what it takes when installed, in KiB, as dpkg-gencontrol counts.
size() { find "$1" -path "$1/DEBIAN" -prune -o \( -type f -printf '%s\n' -o -printf '0\n' \) | awk '{ n += $1 ? int(($1 + 1023) / 1024) : 1 } END { print n }'; }

# pack NAME: TMP/NAME becomes OUT/NAME_VERSION_amd64.deb.
pack() {
	local root=$TMP/$1 deb=$OUT/$1_${VERSION}_amd64.deb script
	chmod -R u=rwX,go=rX "$root"
	mkdir "$root/DEBIAN"
	fill "$PACKAGING/$1/control.in" "$root/DEBIAN/control" 644
	sed -i "/^Maintainer:/a Installed-Size: $(size "$root")" "$root/DEBIAN/control"
	for script in postinst prerm postrm; do
		[ ! -f "$PACKAGING/$1/$script.in" ] || fill "$PACKAGING/$1/$script.in" "$root/DEBIAN/$script" 755
	done
	# An administrator's change of what is in /etc stays.
	[ ! -d "$root/etc" ] || (cd "$root" && find etc -type f -printf '/%p\n') >"$root/DEBIAN/conffiles"
	(cd "$root" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
	find "$root" -exec touch -hd "@$SOURCE_DATE_EPOCH" {} +
	# One thread: how many there are changes what xz writes.
	dpkg-deb --root-owner-group --threads-max=1 "-Z$COMPRESS" --build "$root" "$TMP/$1.deb" >/dev/null
	mv "$TMP/$1.deb" "$deb"
	echo "$deb"
}

kbp_dkms() {
	local root=$TMP/kbp-dkms
	local src=$root/usr/src/kbp-$VERSION
	mkdir -p "$src/kbuild"
	tar -C "$REPO" --exclude=target --exclude=tests --exclude=Cargo.toml -c kbp-module kbp-livepatch | tar -C "$src" -x
	cp -r "$REPO/kbuild/module" "$src/kbuild/module"
	fill "$PACKAGING/kbp-dkms/dkms.conf.in" "$src/dkms.conf" 644
	install -D -m 755 "$(program klp-reloc)" "$root/usr/lib/kbp/klp-reloc"
	documents kbp-dkms klp-reloc
	pack kbp-dkms
}

kbpctl() {
	local root=$TMP/kbpctl file
	file=$(program kbpctl)
	mkdir -p "$root"
	DESTDIR=$root PREFIX=/usr PACK=1 sh "$PACKAGING/install.sh" install "$file" >/dev/null
	install -D -m 755 "$PACKAGING/kernel/postinst.sh" "$root/etc/kernel/postinst.d/kbp"
	documents kbpctl kbpctl
	cp -r "$REPO/README.md" "$REPO/SECURITY.md" "$REPO/docs" "$root/usr/share/doc/kbpctl/"
	pack kbpctl
}

kbp_dkms
kbpctl
