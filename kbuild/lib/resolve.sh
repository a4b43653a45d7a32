# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# From what a person names (a suite or a release) to one kernel of the archive, and the
# lock file that remembers the answer.
#
# Results are returned in: SUITE (the suite that serves it), RELEASE, VERSION (of the
# packages) and, from the lock file only, RUST (rust|norust).

KBP_FLAVOUR=${KBP_FLAVOUR:-cloud-amd64}
KBP_LOCK=$KBP_CACHE/kernels.lock

# lock_find WANTED: a suite has one line for each flavour; a release named exactly
# has the suite '-', but a line of its suite serves as well.
lock_find() {
	local line
	[ -r "$KBP_LOCK" ] || return 1
	line=$(awk -F '\t' -v w="$1" -v fl="-$KBP_FLAVOUR" '
		/^#/ || NF < 5 { next }
		$2 == w { hit = $0 }
		$1 == w && flavour($2) == fl { hit = $0 }
		function flavour(r) { return match(r, /-(cloud-|rt-|debug-)?amd64$/) ? substr(r, RSTART) : "" }
		END { if (hit != "") print hit }' "$KBP_LOCK")
	[ -n "$line" ] || return 1
	IFS=$'\t' read -r SUITE RELEASE VERSION RUST _ <<<"$line"
}

# lock_put SUITE|-: records RELEASE VERSION RUST in place of the older line.
lock_put() {
	local tmp=$KBP_LOCK.tmp
	{
		echo "# kernels resolved by kbuild.sh: suite, release, package version, rust|norust, date"
		[ ! -r "$KBP_LOCK" ] || awk -F '\t' -v s="$1" -v r="$RELEASE" '
			function flavour(r) { return match(r, /-(cloud-|rt-|debug-)?amd64$/) ? substr(r, RSTART) : "" }
			BEGIN { fl = flavour(r) }
			/^#/ { next }
			s == "-" && $1 == "-" && $2 == r { next }
			s != "-" && $1 == s && flavour($2) == fl { next }
			{ print }' "$KBP_LOCK"
		printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$RELEASE" "$VERSION" "$RUST" "$(date -u +%F)"
	} >"$tmp"
	mv "$tmp" "$KBP_LOCK"
}

# resolve_suite SUITE: the newest kernel of the flavour, through its metapackage.
resolve_suite() {
	local meta=linux-image-$KBP_FLAVOUR
	SUITE=$1
	suite_update "$SUITE"
	RELEASE=$(suite_field "$SUITE" "$meta" Depends | grep -oE 'linux-image-[0-9][^ ,]*' | head -n1) || true
	RELEASE=${RELEASE#linux-image-}
	[ -n "$RELEASE" ] || die "$SUITE has no kernel of the flavour '$KBP_FLAVOUR' (no package $meta): set KBP_FLAVOUR to cloud-amd64, amd64, rt-amd64 or debug-amd64"
	resolve_version
}

resolve_version() {
	VERSION=$(suite_field "$SUITE" "linux-image-$RELEASE" Version)
	[ -n "$VERSION" ]
}

# resolve_release RELEASE: the first suite that serves exactly this one.
resolve_release() {
	local s
	RELEASE=$1
	# In a subshell an unreachable suite is only a suite that does not serve it.
	for s in $(release_suites "$1"); do
		suite_update "$s"
		SUITE=$s
		resolve_version && return 0
	done
	return 1
}

# release_suites RELEASE: all suites, the likely ones first.
release_suites() {
	case $1 in
	*+deb12-* | 6.1.*) echo "bookworm trixie trixie-backports forky sid" ;;
	6.12.*) echo "trixie trixie-backports bookworm forky sid" ;;
	*+deb1[3-9]-*) echo "trixie-backports trixie forky sid bookworm" ;;
	*) echo "forky sid trixie-backports trixie bookworm" ;;
	esac
}

# A release names a version and a flavour: 6.1.0-53-cloud-amd64, 7.3.4+deb13-cloud-amd64.
is_release() {
	[[ $1 =~ ^[0-9]+\.[0-9]+[0-9a-z.+~-]*-amd64$ ]]
}

# The verb kernels: every kernel of the flavour that the archive serves with headers, a line each:
# RELEASE SUITE VERSION. One that two suites serve is the first one's.
verb_kernels() {
	local suite release
	local -A seen=()
	for suite in $KBP_SUITES; do
		suite_update "$suite"
		while read -r release; do
			[ -z "${seen[$release]-}" ] || continue
			SUITE=$suite RELEASE=$release
			resolve_version || continue
			seen[$release]=1
			echo "$release $suite $VERSION" >&3
		done < <(suite_apt "$suite" apt-cache pkgnames linux-headers- |
			sed -nE "s/^linux-headers-([0-9]+\.[0-9]+\.[0-9].*-$KBP_FLAVOUR)$/\1/p" |
			if [ "$KBP_FLAVOUR" = amd64 ]; then grep -vE -- '-(cloud|rt)-amd64$'; else cat; fi | sort -V)
	done
}
