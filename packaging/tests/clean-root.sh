# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# A Debian as the installer of a suite leaves it, to try packages in.
#
#   <cache>/clean/SUITE/      debootstrap, once; its package lists are read again in every run
#   <cache>/clean/SUITE.run/  the copy that a test may spoil

readonly CLEAN_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# clean_lock: one test at a time; the cache's own lock stays free for builds.
clean_lock() {
	mkdir -p "$KBP_CACHE/clean"
	exec 8>>"$KBP_CACHE/clean/lock"
	flock -n 8 || {
		say "another test of the packages holds $KBP_CACHE/clean/lock; waiting"
		flock 8
	}
}

# clean_root SUITE: sets CLEAN to a fresh root.
clean_root() {
	local suite=$1 base=$KBP_CACHE/clean/$1
	need_root_user test-deb
	need_space 5120 "a clean $suite"
	clean_lock
	mirror_find
	if [ ! -e "$base/.kbp-done" ]; then
		say "$suite: debootstrap (about 30 s)"
		bootstrap "$suite" "$base"
		rm -f "$base"/var/cache/apt/archives/*.deb
		# Roots have no manuals and documents; here those of KBP are looked at.
		printf 'path-include=/usr/share/%s\n' 'doc/kbp*' 'man/man?/kbp*' >>"$base/etc/dpkg/dpkg.cfg.d/kbp"
		touch "$base/.kbp-done"
	fi
	suite_sources "$suite" "$CLEAN_KEYRING" >"$base/etc/apt/sources.list"
	logged "clean-$suite-lists" root_run "$base" apt-get -o Acquire::Retries=3 update ||
		die "apt cannot read the lists of $suite from $MIRROR: see $KBP_CACHE/log/clean-$suite-lists.log; check the network"
	CLEAN=$base.run
	rm -rf "$CLEAN"
	cp -a --reflink=auto "$base" "$CLEAN"
	# Downloads outlive the root they were made for.
	mkdir -p "$KBP_CACHE/clean/debs-$suite"
	find "$KBP_CACHE/clean/debs-$suite" -name '*.deb' -exec cp -lf -t "$CLEAN/var/cache/apt/archives" {} +
}

# clean_install LOG PACKAGE...: as an administrator would, but only what is demanded.
clean_install() {
	local log=$1 code=0
	shift
	logged "$log" root_run "$CLEAN" apt-get -y --no-install-recommends -o Acquire::Retries=3 install "$@" || code=$?
	find "$CLEAN/var/cache/apt/archives" -maxdepth 1 -name '*.deb' -exec cp -lf -t "$KBP_CACHE/clean/debs-${SUITE:?}" {} + || true
	return "$code"
}
