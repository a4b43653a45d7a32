#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# fresh-test.sh [TARGET...]: what README promises (default: demo test), on a Debian 12 as its
# installer leaves it: a root by debootstrap with the packages that README asks for, a clone of HEAD
# in it, and `make TARGET` for each target. Closes with the times and, if a target counted tests,
# with its "N passed, N failed"; stops at the first target that fails. Needs 12 GiB.
#
#   <cache>/fresh/root/        the root; removed after a success
#   <cache>/fresh/downloads/   what outlives it: packages, package lists, crates
#
# Of this machine the root has the network (resolver, proxies, trusted authorities, package mirror,
# cargo's registry settings), /dev, and a variable or two that a person may set. Everything runs in
# mount and PID namespaces of its own, so nothing is left mounted or running, however it ends.
set -euo pipefail

KBP_REPO=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
KBP_LIB=$KBP_REPO/kbuild/lib
PATH=$PATH:/usr/sbin:/sbin
for part in say cache sources suite root bootstrap; do
	# shellcheck source=/dev/null
	. "$KBP_LIB/$part.sh"
done

readonly SUITE=bookworm PACKAGES='git make ca-certificates'
readonly FRESH=$KBP_CACHE/fresh/root DOWNLOADS=$KBP_CACHE/fresh/downloads

main() {
	local package target begin log=$KBP_CACHE/log/fresh-test.log code=0
	local -a times=()
	need_root_user test-fresh
	need_space 12288 "a fresh machine with everything built"
	for package in $PACKAGES; do
		grep -qF "\`$package\`" "$KBP_REPO/README.md" ||
			die "README.md does not name \`$package\`, which a fresh machine needs: name it there"
	done
	mkdir -p "${FRESH%/*}" "$KBP_CACHE/log"
	exec 8>>"$KBP_CACHE/fresh/lock"
	flock -n 8 || die "another test-fresh holds $KBP_CACHE/fresh/lock: wait for its end"
	fresh_root
	[ $# -gt 0 ] || set -- demo test
	: >"$log"
	for target; do
		say "fresh machine: make $target"
		begin=$SECONDS
		in_fresh sh -c 'cd /root/kbp && exec make "$@"' sh "$target" ${KERNEL:+"KERNEL=$KERNEL"} 2>&1 |
			tee -a "$log" || code=$?
		times+=("$target $((SECONDS - begin)) s")
		[ "$code" -eq 0 ] || break
	done
	printf 'fresh machine: make %s\n' "${times[@]}"
	grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1 || true
	[ "$code" -eq 0 ] || die "make $target failed with code $code on a fresh machine: see $log and $FRESH"
	rm -rf --one-file-system "$FRESH"
}

# fresh_root: a new root with a clone of HEAD in /root/kbp.
fresh_root() {
	say "fresh machine: debootstrap of $SUITE (about 30 s)"
	bootstrap "$SUITE" "$FRESH"
	suite_sources "$SUITE" /usr/share/keyrings/debian-archive-keyring.gpg >"$FRESH/etc/apt/sources.list"
	apt-config dump | grep -E '^Acquire::(Check-|https?::Proxy)' >"$FRESH/etc/apt/apt.conf.d/90machine" || true
	[ -z "$(git -C "$KBP_REPO" status --porcelain)" ] ||
		say "fresh machine: what is not committed is not tested"
	# Not by links to this machine's objects.
	logged fresh-clone git clone --no-local "$KBP_REPO" "$FRESH/root/kbp" || die "git cannot clone $KBP_REPO"
	mkdir -p "$DOWNLOADS"/{archives/partial,apt,registry} "$FRESH"/root/kbp/.kbp-cache/{apt,cargo/registry}
	cargo_settings
	# shellcheck disable=SC2086 # a list of packages
	logged fresh-base in_fresh sh -ec 'apt-get update; exec apt-get -y --no-install-recommends install "$@"' sh $PACKAGES ||
		die "apt cannot install $PACKAGES in a fresh root: check the network and $MIRROR"
	# Last, because ca-certificates writes the file anew.
	root_trust "$FRESH"
	say "fresh machine: a clone of $(git -C "$FRESH/root/kbp" rev-parse --short HEAD)"
}

# cargo_settings: where this machine's cargo finds its registry, if it was told.
cargo_settings() {
	local name
	for name in config.toml config; do
		name=${CARGO_HOME:-$HOME/.cargo}/$name
		[ ! -f "$name" ] || cp "$name" "$FRESH/root/kbp/.kbp-cache/cargo/"
	done
}

# settings: of this machine's variables, those that say how the network is reached or what a person wants.
settings() {
	proxy_export
	env | grep -E '^(https?_proxy|HTTPS?_PROXY|no_proxy|NO_PROXY|CARGO_(HTTP|NET|SOURCE|REGISTR)[A-Z_]*|KBP_(ACCEL|MIRROR|MIRROR_SECURITY|FLAVOUR)|TERM)=' || true
}

# in_fresh COMMAND...: in the root, of which nothing leads back to this machine.
in_fresh() {
	local -a settings
	mapfile -t settings < <(settings)
	# shellcheck disable=SC2016 # expanded by the inner shell, after the mounts
	unshare --mount -- bash -euc '
		root=$1 downloads=$2; shift 2
		mount --bind "$root" "$root"
		cd "$root"
		mount --rbind /dev dev
		mount -t proc proc proc
		mount -t sysfs sysfs sys
		mount --bind "$downloads/archives" var/cache/apt/archives
		mount --bind "$downloads/apt" root/kbp/.kbp-cache/apt
		mount --bind "$downloads/registry" root/kbp/.kbp-cache/cargo/registry
		for file in etc/resolv.conf etc/hosts; do
			touch "$file"
			mount --bind "$(readlink -f "/$file")" "$file"
		done
		pivot_root . mnt
		cd /
		umount -l /mnt
		env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root "$@" </dev/null || exit
	' in_fresh "$FRESH" "$DOWNLOADS" "${settings[@]}" "$@" 8>&-
}

# apart ARGUMENT...: this script again, in namespaces that end with it. --pdeathsig, and --kill-child
# in turn, end all of it even if this process is killed.
apart() {
	local code=0
	KBP_APART=1 setpriv --pdeathsig KILL \
		unshare --mount --pid --fork --kill-child --mount-proc -- "${BASH_SOURCE[0]}" "$@" &
	# shellcheck disable=SC2064 # of this process
	trap "kill -KILL $!" INT TERM HUP
	wait $! || code=$?
	exit "$code"
}

# Read as a whole before it runs: editing the file does not disturb a running test.
{
	[ -n "${KBP_APART-}" ] || apart "$@"
	main "$@"
	exit
}
