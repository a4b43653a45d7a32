# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What Debian's own checks of packages say: lintian reads them, piuparts installs, removes and purges
# them in a root of its own and compares.
# shellcheck disable=SC2317 # called through ok()

# lintian_of FILE...: an error or a warning is a failure; those that an override explains are none.
lintian_of() { in_clean lintian --allow-root --fail-on error,warning --tag-display-limit 0 "$@"; }

piuparts_of() {
	in_clean piuparts --existing-chroot /tmp/base --keep-sources-list --no-eatmydata --tmpdir /tmp --distribution "$SUITE" "$@"
}

# spoil COMMAND: the package kbpctl after that command in it, as /tmp/spoiled.deb.
spoil() {
	rm -rf "$CLEAN/tmp/spoil"
	dpkg-deb --raw-extract "$KBP_REPO/out/deb/kbpctl_${VERSION}_amd64.deb" "$CLEAN/tmp/spoil"
	(cd "$CLEAN/tmp/spoil" && sh -ec "$1") && dpkg-deb --root-owner-group --build "$CLEAN/tmp/spoil" "$CLEAN/tmp/spoiled.deb"
}

# another_root: a clean root in the clean root, with what was downloaded.
another_root() {
	cp -a --reflink=auto "${CLEAN%.run}" "$CLEAN/tmp/base" &&
		find "$KBP_CACHE/clean/debs-$SUITE" -name '*.deb' -exec cp -lf -t "$CLEAN/tmp/base/var/cache/apt/archives" {} +
}

test_lint() {
	local name
	local -a files=()
	for name in kbp-dkms kbpctl; do
		files+=("/tmp/${name}_${VERSION}_amd64.deb")
	done
	ok "lintian and piuparts install" clean_install "deb-$SUITE-lint" lintian piuparts
	ok "lintian finds no error and no warning" lintian_of "${files[@]}"
	ok "a package loses its copyright" spoil "rm usr/share/doc/kbpctl/copyright"
	ok "lintian finds that" no lintian_of /tmp/spoiled.deb
	ok "piuparts has a root" another_root
	ok "piuparts finds nothing left behind" piuparts_of "${files[@]}"
	ok "a package leaves a file" spoil "sed -i '2i touch /etc/left' DEBIAN/postinst"
	ok "piuparts finds that" no piuparts_of /tmp/spoiled.deb
	rm -rf "$CLEAN/tmp/base"
}
