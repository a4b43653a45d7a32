# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Reproducible packages: what deb-test.sh asks of the build itself.
# shellcheck disable=SC2317,SC2034 # called through ok(), which reads SUITE

# built_again FOLDER: the packages in FOLDER/out/deb, from copies of the same files. All that may differ
# between two builders does: folder, cargo's home, times of files, rights of new files, time zone.
built_again() (
	folder=$1 time=$(git -C "$KBP_REPO" log -1 --format=%ct)
	umask 077
	rm -rf "$folder"
	mkdir -p "$folder"
	git -C "$KBP_REPO" ls-files -z | tar -C "$KBP_REPO" --null -T - -c |
		tar -C "$folder" --touch --no-same-permissions -x
	if host_cargo; then
		home=${CARGO_HOME:-$HOME/.cargo}
		mkdir -p "$folder/home/registry"
		cp -a --reflink=auto "$home/registry/index" "$home/registry/cache" "$folder/home/registry/"
		for file in config.toml config; do
			[ ! -f "$home/$file" ] || cp "$home/$file" "$folder/home/"
		done
		export CARGO_HOME=$folder/home
	fi
	unset CARGO_TARGET_DIR
	export KBP_CACHE SOURCE_DATE_EPOCH=$time TZ=Pacific/Kiritimati
	"$folder/kbuild/kbuild.sh" packaged && "$folder/packaging/build-deb.sh" "$folder/out/deb"
)

# same_again NAME FOLDER: that package is, byte for byte, the one in out/deb.
same_again() {
	local deb=$1_${VERSION}_amd64.deb
	local ours=$KBP_REPO/out/deb/$deb other=$2/out/deb/$deb
	cmp "$ours" "$other" && return 0
	diff <(contents "$ours") <(contents "$other")
	return 1
}

# contents DEB: a line for each file with its sum, and for each entry with its rights and its time.
contents() {
	local at
	at=$(mktemp -d)
	dpkg-deb --raw-extract "$1" "$at"
	(cd "$at" && find . -type f -exec sha256sum {} + | sort -k 2)
	rm -rf "$at"
	dpkg-deb -c "$1"
}

test_again() {
	local name at=$KBP_CACHE/clean/again/in-a-folder-of-another-length
	SUITE=build
	say "the packages, built again elsewhere"
	ok "they can be built elsewhere" built_again "$at"
	for name in kbp-dkms kbpctl; do
		ok "$name is the same, byte for byte" same_again "$name" "$at"
	done
	[ "$FAILED" -gt 0 ] || rm -rf "$KBP_CACHE/clean/again"
}
