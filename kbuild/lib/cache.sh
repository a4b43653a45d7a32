# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The cache folder: where it is, who may write to it, whether there is room.

KBP_CACHE=${KBP_CACHE:-$KBP_REPO/.kbp-cache}
# Relative to where the person stands, not to where a stage happens to run.
[[ $KBP_CACHE == /* ]] || KBP_CACHE=$PWD/$KBP_CACHE
# shellcheck disable=SC2034 # used by the parts that build
KBP_OUT=$KBP_REPO/out

need_root_user() {
	[ "$(id -u)" -eq 0 ] ||
		die "user '$(id -un)' is not root: '$1' mounts, changes root and installs packages; run it as root (sudo make ...)"
}

# cache_lock: one writer at a time; a second one says whom it waits for.
cache_lock() {
	[ -z "${KBP_LOCKED-}" ] || return 0
	mkdir -p "$KBP_CACHE" || die "cannot create the cache folder $KBP_CACHE: set KBP_CACHE to a writable place"
	exec 9>>"$KBP_CACHE/lock"
	if ! flock -n 9; then
		say "another build (pid $(cat "$KBP_CACHE/lock.pid" 2>/dev/null || echo unknown)) holds $KBP_CACHE/lock; waiting"
		flock 9
	fi
	echo "$$" >"$KBP_CACHE/lock.pid"
	KBP_LOCKED=1
}

# need_space MIB WHAT: a full disk in the middle of a build is a poor message.
need_space() {
	local need=$1 what=$2 free
	mkdir -p "$KBP_CACHE" || die "cannot create the cache folder $KBP_CACHE: set KBP_CACHE to a writable place"
	free=$(($(stat -f -c '%a * %S' "$KBP_CACHE") / 1048576))
	[ "$free" -ge "$need" ] ||
		die "$free MiB free in $KBP_CACHE: $what needs $need MiB; free some or set KBP_CACHE to a larger file system"
}
