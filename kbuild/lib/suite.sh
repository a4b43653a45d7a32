# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# A Debian suite seen through a private apt: own lists and cache for each suite, so
# neither the machine's apt nor the root's changes and suites do not shadow each other.

readonly KBP_SUITES="bookworm trixie trixie-backports forky sid"

is_suite() {
	[[ $1 != *' '* && " $KBP_SUITES " == *" $1 "* ]]
}

# suite_apt SUITE PROGRAM ARGUMENT...
suite_apt() {
	local dir=$KBP_CACHE/apt/$1 program=$2
	shift 2
	LC_ALL=C "$program" \
		-o Dir::State="$dir" -o Dir::State::lists="$dir/lists" -o Dir::State::status="$dir/status" \
		-o Dir::Cache="$dir/cache" -o Dir::Cache::pkgcache=pkgcache.bin -o Dir::Cache::srcpkgcache=srcpkgcache.bin \
		-o Dir::Etc::sourcelist="$dir/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
		-o APT::Architecture=amd64 -o APT::Architectures=amd64 -o APT::Default-Release= \
		-o Acquire::Languages=none -o Acquire::Retries=3 -o Acquire::http::Timeout=30 \
		-o APT::Sandbox::User=root -o APT::Update::Error-Mode=any "$@"
}

# suite_sources SUITE KEYRING: its lines for apt, with what fixes a stable suite after its release.
suite_sources() {
	local options="[arch=amd64 signed-by=$2]"
	echo "deb $options $MIRROR $1 main"
	case $1 in bookworm | trixie)
		echo "deb $options $MIRROR $1-updates main"
		echo "deb $options $MIRROR_SECURITY $1-security main"
		;;
	esac
}

# suite_update SUITE: reads the archive's lists, once in a run.
suite_update() {
	local suite=$1 dir=$KBP_CACHE/apt/$1
	[[ " ${SUITES_UPDATED-} " != *" $suite "* ]] || return 0
	mirror_find
	[ -r "$KBP_KEYRING" ] || die "no $KBP_KEYRING: the archive's signatures cannot be checked; install debian-archive-keyring"
	mirror_check "$suite"
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	: >"$dir/status"
	suite_sources "$suite" "$KBP_KEYRING" >"$dir/sources.list"
	say "reading the package lists of $suite"
	logged "apt-$suite" suite_apt "$suite" apt-get update ||
		die "apt cannot read the lists of $suite from $MIRROR: see $KBP_CACHE/log/apt-$suite.log; check the network or set KBP_MIRROR"
	SUITES_UPDATED="${SUITES_UPDATED-} $suite"
}

# suite_field SUITE PACKAGE[=VERSION] FIELD: of the newest version unless one is named.
suite_field() {
	suite_apt "$1" apt-cache show --no-all-versions "$2" 2>/dev/null |
		awk -v f="$3:" '$1 == f { sub(/^[^:]*: */, ""); print; exit }'
}
