#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests of kbuild.sh that need no network: how apt sources are read, the lock file, what
# is refused and with which words. Ends with "N passed, N failed".
# shellcheck disable=SC2016 # the texts given to part() expand in a process of their own
set -uo pipefail

REPO=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
TMP=$(mktemp -d) || exit 1
trap 'rm -rf "$TMP"' EXIT
# shellcheck source=kbuild/tests/is.sh
. "$REPO/kbuild/tests/is.sh"

# part FUNCTION ARGUMENT...: one function of the library, in a process of its own.
part() {
	env KBP_REPO="$REPO" KBP_LIB="$REPO/kbuild/lib" KBP_CACHE="$TMP/cache" bash -c '
		set -euo pipefail
		for p in say cache sources suite root bootstrap toolchain resolve fetch prepare kernel bins image; do . "$KBP_LIB/$p.sh"; done
		"$@"' part "$@" 2>&1
}

# kbuild COMMAND... code|line: the exit code, or the last line of stderr.
kbuild() {
	local text code=0
	text=$(env KBP_CACHE="$TMP/cache" "${@:1:$#-1}" 2>&1 >/dev/null) || code=$?
	case ${*: -1} in
	code) echo "$code" ;;
	*) tail -n1 <<<"$text" ;;
	esac
}

# apt NAME FILE TEXT: a machine's apt folder.
apt() {
	mkdir -p "$TMP/$1/sources.list.d"
	printf '%b' "$3" >"$TMP/$1/$2"
}

mirror() {
	KBP_APT_DIR="$TMP/$1" part eval 'mirror_find; echo "$MIRROR $MIRROR_SECURITY"'
}

# --- apt sources ---------------------------------------------------------------
KEY=/usr/share/keyrings/debian-archive-keyring.gpg
apt deb822 sources.list.d/debian.sources "Types: deb\n# a note\nURIs: http://m.test/debian/\nSuites: bookworm bookworm-updates\nComponents: main\nSigned-By: $KEY\n\nTypes: deb\nURIs: http://s.test/sec\nSuites: bookworm-security\nComponents: main\nSigned-By: $KEY\n"
is "deb822" "http://m.test/debian http://s.test/sec" "$(mirror deb822)"

apt list sources.list "# deb http://old.test/debian bookworm main\ndeb-src http://src.test/debian trixie main\ndeb http://m.test/debian trixie main contrib # ours\n"
is "one line, security derived" "http://m.test/debian http://m.test/debian-security" "$(mirror list)"

apt options sources.list.d/a.list "deb [ arch=amd64 signed-by=$KEY ] https://m.test/debian trixie main\n"
is "one line with options" "https://m.test/debian https://m.test/debian-security" "$(mirror options)"

apt third sources.list.d/a.list "deb [signed-by=/k/vendor.gpg] https://v.test/debian bookworm main\ndeb https://w.test/php bookworm main\ndeb https://x.test/debian bookworm-pgdg main\ndeb https://y.test/linux/debian bookworm stable\n"
is "third parties only" "kbuild: no Debian mirror in $TMP/third/sources.list and sources.list.d: add one for component main or set KBP_MIRROR=http://HOST/debian" "$(mirror third)"
apt third sources.list.d/z.sources "Types: deb deb-src\nURIs: http://m.test/debian\nSuites:\n trixie\n trixie-updates\nComponents: main non-free\n"
is "Debian behind third parties" "http://m.test/debian http://m.test/debian-security" "$(mirror third)"

apt off sources.list.d/a.sources "Types: deb\nEnabled: no\nURIs: http://off.test/debian\nSuites: trixie\nComponents: main\n\nTypes: deb\nURIs: cdrom:[x]/ http://on.test/debian\nSuites: trixie\nComponents: main\n"
is "disabled and cdrom" "http://on.test/debian http://on.test/debian-security" "$(mirror off)"

is "KBP_MIRROR wins" "http://k.test/debian http://k.test/debian-security" "$(KBP_MIRROR=http://k.test/debian/ mirror deb822)"
is "KBP_MIRROR is checked" "kbuild: KBP_MIRROR='k.test' is no http://, https:// or file:/ address of a Debian archive" "$(KBP_MIRROR=k.test mirror deb822)"

# --- the lock file -------------------------------------------------------------
put='RELEASE=$1 VERSION=$2 RUST=$3; lock_put "$4"'
find='lock_find "$1" && echo "$SUITE $RELEASE $VERSION $RUST"'
mkdir -p "$TMP/cache"
part eval "lock() { $put; }; lock 6.1.0-1-cloud-amd64 6.1.1-1 norust bookworm"
part eval "lock() { $put; }; lock 6.1.0-2-cloud-amd64 6.1.2-1 norust bookworm"
part eval "lock() { $put; }; lock 6.1.0-2-amd64 6.1.2-1 norust bookworm"
part eval "lock() { $put; }; lock 6.1.2-debug-amd64 6.1.2-1 norust bookworm"
part eval "lock() { $put; }; lock 7.3.4+deb13-cloud-amd64 7.3.4-1 rust -"
look() { part eval "look() { $find; }; look '$1'"; }
is "the newer line replaces" "bookworm 6.1.0-2-cloud-amd64 6.1.2-1 norust" "$(look bookworm)"
is "each flavour has its line" "bookworm 6.1.0-2-amd64 6.1.2-1 norust" "$(KBP_FLAVOUR=amd64 look bookworm)"
is "a kernel that checks itself" "bookworm 6.1.2-debug-amd64 6.1.2-1 norust" "$(KBP_FLAVOUR=debug-amd64 look bookworm)"
is "a release of a suite" "bookworm 6.1.0-2-amd64 6.1.2-1 norust" "$(look 6.1.0-2-amd64)"
is "a release named exactly" "- 7.3.4+deb13-cloud-amd64 7.3.4-1 rust" "$(look 7.3.4+deb13-cloud-amd64)"
is "not in the file" "" "$(look trixie)"
is "lines" 4 "$(grep -vc '^#' "$TMP/cache/kernels.lock")"

# Locked and in the cache: answered without archive, toolchain or lock.
mkdir -p "$TMP/cache/kernels/6.1.0-2-cloud-amd64"
echo norust >"$TMP/cache/kernels/6.1.0-2-cloud-amd64/.kbp-done"
is "stdout is the release" 6.1.0-2-cloud-amd64 "$(KBP_CACHE=$TMP/cache "$REPO/kbuild/kbuild.sh" kernel bookworm 2>/dev/null)"
mkdir -p "$TMP/cache/kernels/6.1.0-2-amd64"
echo norust >"$TMP/cache/kernels/6.1.0-2-amd64/.kbp-done"
is "a suite's other flavour" 6.1.0-2-amd64 "$(KBP_CACHE=$TMP/cache "$REPO/kbuild/kbuild.sh" kernel bookworm:amd64 2>/dev/null)"

# --- two at once ---------------------------------------------------------------
# until_true COMMAND...: it becomes true; only what hangs is given up.
until_true() {
	local n
	for ((n = 0; n < 1200; n++)); do
		! "$@" || return 0
		sleep 0.1
	done
	return 1
}
rm -f "$TMP/cache/lock.pid"
part eval "cache_lock; until [ -e '$TMP/let-go' ]; do sleep 0.1; done" &
until_true test -s "$TMP/cache/lock.pid"
part cache_lock >"$TMP/said" &
until_true grep -sqE 'another build \(pid [0-9]+\) holds .*/lock; waiting' "$TMP/said"
is "the second says whom it waits for" 0 "$?"
touch "$TMP/let-go"
wait

# --- what is refused -----------------------------------------------------------
K=$REPO/kbuild/kbuild.sh
is "no verb" 2 "$(kbuild "$K" code)"
is "unknown verb" 2 "$(kbuild "$K" brew code)"
is "ovs takes no name" 2 "$(kbuild "$K" ovs now code)"
is "kernel without a name" 2 "$(kbuild "$K" kernel code)"
is "unknown suite" 1 "$(kbuild "$K" kernel woody code)"
is "unknown suite, words" "kbuild: 'woody' is no kernel: name a suite (bookworm trixie trixie-backports forky sid) or a release such as 6.1.0-53-cloud-amd64" "$(kbuild "$K" kernel woody line)"
is "a release with a flavour, words" "kbuild: '6.1.0-2:amd64': only a suite has flavours; name one (bookworm trixie trixie-backports forky sid), as in trixie:amd64" "$(kbuild "$K" kernel 6.1.0-2:amd64 line)"
is "unknown program" "kbuild: 'kbpd' is no program of KBP: name one of kbpctl kbp-vm klp-reloc kbp-bench" "$(kbuild "$K" bins kbpd line)"
is "no root yet" "kbuild: no toolchain root in $TMP/cache/root: build it with 'kbuild.sh toolchain'" "$(kbuild "$K" in-root true line)"
is "space" 1 "$(part need_space 999999999 'a first build' | grep -cE '^kbuild: [0-9]+ MiB free in .*: a first build needs 999999999 MiB; free some or set KBP_CACHE')"

# --- the image of guests ---------------------------------------------------------
stamped() {
	mkdir -p "$TMP/cache/image"
	echo "$1" >"$TMP/cache/image/.kbp-done"
	part image_is_done && echo "done" || echo "to do"
}
is "an image is done once" "done" "$(stamped "$(part image_id)")"
is "another recipe is another image" "to do" "$(stamped "of before")"

# --- versions of a kernel's configuration ---------------------------------------
printf 'CONFIG_CC_VERSION_TEXT="x86_64-linux-gnu-gcc-14 (Debian 14.2.0-19) 14.2.0"\nCONFIG_RUST=y\n' >"$TMP/config"
is "gcc major" 14 "$(part gcc_major "$TMP/config")"
is "config value" y "$(part config_value "$TMP/config" CONFIG_RUST)"

# --- the sum of the tests ------------------------------------------------------
SUM=$REPO/kbuild/lib/sum-tests.sh
is "sum" "5 passed, 1 failed" "$("$SUM" 'echo "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured"' 'echo "2 passed, 1 failed"' | tail -n1)"
is "what failed is said at the end" "failed: a::b
    thread panicked
    left: 1
failed: a key
      wanted: 1
1 passed, 2 failed" "$("$SUM" 'printf "%s\n" "---- a::b stdout ----" "" "thread panicked" "left: 1" "FAILED a key" "  wanted: 1" "1 passed, 2 failed"' | tail -n6)"
is "a command that breaks is a failure" "1 passed, 1 failed" "$("$SUM" 'echo "1 passed, 0 failed"; exit 3' | tail -n1)"
"$SUM" 'echo "1 passed, 0 failed"' >"$TMP/sum"
is "all passed" 0 $?
"$SUM" true >"$TMP/sum"
is "no test at all is no success" 1 $?

# --- two commands at once --------------------------------------------------------
side_by_side() { timeout 20 "$REPO/kbuild/lib/side-by-side.sh" "$@" 2>&1; }
is "what the first says comes last" "second
first" "$(side_by_side 'echo first' 'sleep 0.3; echo second')"
side_by_side 'exit 0' 'exit 0'
is "both are well" 0 $?
echo "trap 'sleep 0.1' DEBUG" >"$TMP/slow"
BASH_ENV=$TMP/slow side_by_side 'exit 0' 'exit 0' >"$TMP/sides"
is "both are well when a slow machine asks after both have ended" 0 $?
BASH_ENV=$TMP/slow side_by_side 'exit 0' 'exit 5' >"$TMP/sides"
is "and one that has failed by then is seen" 5 $?
is "one that fails ends the other" "begun
side-by-side: 'sleep 0.3; exit 7' ended with code 7" "$(side_by_side 'echo begun; sleep 60; echo late' 'sleep 0.3; exit 7' | sort)"
side_by_side 'sleep 0.3; exit 6' 'sleep 60' >"$TMP/sides"
is "its code is the code" 6 $?

# fresh: whether a program with one source is, by its mark of the last build.
fresh() { part eval 'KBP_OUT=$KBP_CACHE/out; bin_is_fresh kbpctl && echo fresh || echo stale'; }
mkdir -p "$TMP/cache/out/bin"
touch -d @1000 "$TMP/main.rs"
is "a program that was never built is stale" stale "$(fresh)"
touch "$TMP/cache/out/bin/kbpctl"
echo "target/kbpctl: $TMP/main.rs" >"$TMP/cache/out/bin/.kbpctl.d"
touch -d @2000 "$TMP/cache/out/bin/.kbpctl.d"
is "a program younger than its source is fresh" fresh "$(fresh)"
touch -d @3000 "$TMP/main.rs"
is "a program whose source has changed is stale" stale "$(fresh)"
rm "$TMP/main.rs"
is "a program whose source is gone is stale" stale "$(fresh)"

echo "$PASSED passed, $FAILED failed"
[ "$FAILED" -eq 0 ]
