#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# kbuild.sh VERB: the toolchain, the kernels and the modules built for them.
# docs/building.md describes the verbs, the variables and the cache.
set -euo pipefail

KBP_REPO=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
readonly KBP_REPO KBP_LIB=$KBP_REPO/kbuild/lib

# Programs of the system folders are needed even where PATH has none (su, cron).
PATH=$PATH:/usr/sbin:/sbin

for part in say cache sources suite root host bootstrap toolchain ovs resolve fetch prepare debug kernel modules bins packaged image bindings; do
	# shellcheck source=/dev/null
	. "$KBP_LIB/$part.sh"
done

usage() {
	cat >&2 <<-EOF
		usage: kbuild.sh VERB [ARGUMENT...]
		  host                     install the Debian packages the host needs
		  toolchain                build the trixie root that compiles the modules
		  ovs                      build the trixie root with Open vSwitch, for the benchmark
		  kernels                  list the kernels of the archive: release, suite, version
		  kernel SUITE|RELEASE     fetch and prepare a kernel; prints its release
		  modules SUITE|RELEASE    build out/modules/<release>/
		  stale RELEASE            print what is not built from the sources of now: programs of guests, modules
		  image                    make the Debian that guests can boot into (systemd, podman)
		  bins [NAME...]           build out/bin/, or only these programs of it
		  packaged                 build the programs of the Debian packages, out/packaged/
		  bindings [--check]       make the Rust of the C headers again, or say what is stale
		  cargo ARGUMENT...        this host's cargo; 'build' falls back to the root's
		  in-root COMMAND...       run a command in the toolchain root
		suites: $KBP_SUITES
	EOF
	exit 2
}

main() {
	# Everything but an answer goes to stderr, so that RELEASE=$(kbuild.sh kernel X) works.
	exec 3>&1 1>&2

	local verb=${1-}
	[ $# -eq 0 ] || shift
	case $verb in
	host | toolchain | ovs | kernels | image | packaged)
		[ $# -eq 0 ] || usage
		"verb_$verb"
		;;
	bins) verb_bins "$@" ;;
	bindings) verb_bindings "$@" ;;
	kernel | modules | stale)
		[[ $# -eq 1 && -n $1 ]] || usage
		"verb_$verb" "$1"
		;;
	cargo)
		[ $# -gt 0 ] || usage
		exec 1>&3
		cargo_run "$@"
		;;
	in-root)
		[ $# -gt 0 ] || usage
		exec 1>&3
		root_enter "$@"
		;;
	*) usage ;;
	esac
}

# Read as a whole before it runs: editing the file does not disturb a running build.
{
	main "$@"
	exit
}
