#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests that a contract between C and Rust that is wrong does not compile: a copy of the module's
# sources, a change of a header, new bindings, rustc. Needs the toolchain root; ends with
# "N passed, N failed".
set -uo pipefail

KBP_REPO=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
KBP_LIB=$KBP_REPO/kbuild/lib
for part in say cache sources root bindings; do
	# shellcheck source=/dev/null
	. "$KBP_LIB/$part.sh"
done
# shellcheck source=kbuild/tests/is.sh
. "$KBP_REPO/kbuild/tests/is.sh"

# The root sees the repository and nothing else of this machine.
mkdir -p "$KBP_OUT"
TMP=$(mktemp -d "$KBP_OUT/bindings-test.XXXXXX") || exit 1
trap 'rm -rf "$TMP"' EXIT

# after FILE SED...: "compiles", or the functions and types that rustc says do not fit, when the sed
# script has changed FILE and the bindings have been made anew. Fails where it changes nothing.
after() {
	local file=$1 tree=$TMP/kbp-module
	shift
	rm -rf "$tree"
	mkdir "$tree"
	tar -C "$KBP_REPO/kbp-module" --exclude=tests -c . | tar -C "$tree" -x
	if [ $# -gt 0 ]; then
		sed -i "$@" "$tree/$file"
		! cmp -s "$tree/$file" "$KBP_REPO/kbp-module/$file" || { echo "nothing to change in $file"; return; }
	fi
	bindings_make "$tree" "$tree" || { echo "no bindings"; return; }
	# shellcheck disable=SC2016 # expanded inside the root
	root_enter sh -euc '
		cd "$0"
		check() { rustc --edition=2021 --crate-type=lib --emit=metadata --cap-lints=allow "$@"; }
		check --crate-name=kernel --out-dir . kernel-compat/src/lib.rs
		check --crate-name=kbp --out-dir . --extern kernel=libkernel.rmeta src/kbp_main.rs
	' "$tree" >"$TMP/rustc" 2>&1 && echo compiles && return
	# Calls, callbacks and fields, as rustc names them.
	# shellcheck disable=SC2016 # rustc's quotes
	sed -nE 's/^ *[0-9]+ +\|  .*shim::(kbp_[a-z_]+)\(.*/\1/p
		s/.*found fn item .*\{(kbp_[a-z_]+)\}.*/\1/p
		s/^error.*[`&:](kbp_[a-z_]+)`.*/\1/p' "$TMP/rustc" | sort -u | tr '\n' ' '
}

HEADER=shim/kbp_shim.h
is "the headers as they are" compiles "$(after "$HEADER")"

# The compiler cannot tell a nice from another number, but it can from a bool.
swapped='s/(kbp_thread_make)\(u32 core, bool fifo, s32 nice\)/\1(u32 core, s32 nice, bool fifo)/'
is "two parameters of a call into C change places" "kbp_thread_make " "$(after "$HEADER" -E "$swapped")"
is "its twin: they only change their names" compiles \
	"$(after "$HEADER" -E 's/(kbp_thread_make)\(u32 core, bool fifo, s32 nice\)/\1(u32 core, bool first, s32 second)/')"

is "a call from C gets another parameter" "kbp_rs_suspend " \
	"$(after "$HEADER" 's/kbp_rs_suspend(bool sleeps)/kbp_rs_suspend(u32 sleeps)/')"
is "its twin: another name" compiles "$(after "$HEADER" 's/kbp_rs_suspend(bool sleeps)/kbp_rs_suspend(bool slept)/')"

is "a call from C returns something else" "kbp_rs_core_leaves " \
	"$(after "$HEADER" 's/int kbp_rs_core_leaves/long kbp_rs_core_leaves/')"

is "a field of a configuration gets another name" "kbp_core_config " \
	"$(after uapi/kbp.h '/^struct kbp_core_config/,/^}/s/rescue_ms;/rescue_us;/')"

echo "$PASSED passed, $FAILED failed"
[ "$FAILED" -eq 0 ]
