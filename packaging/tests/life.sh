# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The life of the packages: an update keeps what the administrator set, and a purge leaves nothing.
# shellcheck disable=SC2317,SC2153 # some are called through ok(); VERSION and RELEASE are set in deb-test.sh

# A version before any other, of the same sources.
readonly FORMER=0.0.1

# found EXPRESSION...: by find in the root, less what every apt run changes, and what the test mounts.
found() {
	(cd "$CLEAN" && find . \( -path ./tmp -o -path ./var/log -o -path ./var/cache -o -path ./kbp -o -path ".$KBP_REPO" \) -prune -o "$@")
}

# entries: all that is in the root.
entries() { found -printf '%p %y %m %u:%g %l\n' | sort; }

# nothing_stays BEFORE: no entry is new, changed or gone.
nothing_stays() { diff "$1" <(entries); }

# named_kbp: what has KBP's name; the root's own settings do, too. Not skbprio, which the kernel has.
named_kbp() { found \( -name 'kbp*' -o -name '[!a-z]kbp*' \) ! -path ./etc/dpkg/dpkg.cfg.d/kbp ! -name .kbp-done -print | grep .; }

enabled() { in_clean test -L "/etc/systemd/system/multi-user.target.wants/$1"; }

test_life() {
	local before=$KBP_CACHE/log/deb-$SUITE-before saved=/etc/kbp/kbp.toml
	ok "nothing of KBP is there" no named_kbp
	entries >"$before"
	ok "a former version is made" "$KBP_REPO/packaging/build-deb.sh" --test "$CLEAN/tmp" "$FORMER"
	ok "it installs" clean_install "deb-$SUITE-former" "/tmp/kbp-dkms_${FORMER}_amd64.deb" "/tmp/kbpctl_${FORMER}_amd64.deb"
	ok "its modules are there" status_has "kbp/$FORMER, $RELEASE, x86_64: installed"
	ok "a purge would leave something" no nothing_stays "$before"
	ok "an administrator sets things" in_clean sh -ec "systemctl disable kbp.service; systemctl enable kbp-watch.service
		mkdir /etc/kbp; echo '# mine' >$saved"
	ok "the packages are updated" clean_install "deb-$SUITE-life" "/tmp/kbp-dkms_${VERSION}_amd64.deb" "/tmp/kbpctl_${VERSION}_amd64.deb"
	ok "its modules are those of now" status_has "kbp/$VERSION, $RELEASE, x86_64: installed"
	ok "not those of before" no status_has "kbp/$FORMER"
	ok "nor their sources" no in_clean test -e "/usr/src/kbp-$FORMER"
	ok "what was disabled stays disabled" no enabled kbp.service
	ok "what was enabled stays enabled" enabled kbp-watch.service
	ok "what was saved stays" in_clean grep -x "# mine" "$saved"
	ok "the files are those of the packages" in_clean dpkg --verify kbpctl kbp-dkms
	ok "where systemd runs, an update starts the watch anew, and a removal ends it" guest "$RELEASE" guest-units.sh \
		"${IN_DEBIAN[@]}" --copy "$CLEAN/tmp/kbpctl_${FORMER}_amd64.deb:/root/former.deb" --copy "$CLEAN/tmp/kbpctl_${VERSION}_amd64.deb:/root/now.deb"
	ok "both are purged" logged "deb-$SUITE-purge-all" in_clean apt-get -y purge kbpctl kbp-dkms
	ok "nothing stays" nothing_stays "$before"
}
