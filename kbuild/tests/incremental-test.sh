#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Modules that are built again after an edit are byte for byte those that are built from nothing, and only what
# an edit can change counts as stale. Works on a copy of the sources; needs 'make modules' of the kernel
# KBP_KERNEL [trixie-backports] once, for its tree and for out/bin/. Ends with "N passed, N failed".
set -uo pipefail

REPO=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
COPY=$REPO/out/incremental-test KERNEL=${KBP_KERNEL:-trixie-backports}
export KBP_CACHE=${KBP_CACHE:-$REPO/.kbp-cache}
rm -rf "$COPY"
mkdir -p "$COPY/out/bin" || exit 1
trap 'rm -rf "$COPY"' EXIT
# shellcheck source=kbuild/tests/is.sh
. "$REPO/kbuild/tests/is.sh"

tar -C "$REPO" --exclude=target -c kbuild kbp-module kbp-livepatch tests/nic tests/foreign | tar -C "$COPY" -x
cp "$REPO"/out/bin/{klp-reloc,kbpctl} "$COPY/out/bin/" || exit 1

# of_copy FUNCTION ARGUMENT...: one of the copy's build, which compiles no programs.
of_copy() {
	# shellcheck disable=SC2016 # expanded by the inner shell
	env KBP_REPO="$COPY" KBP_LIB="$COPY/kbuild/lib" bash -c '
		set -euo pipefail
		exec 3>&1 1>&2
		for part in say cache sources suite root bootstrap toolchain resolve fetch prepare kernel modules bins; do
			. "$KBP_LIB/$part.sh"
		done
		bins_build() { :; }
		bin_is_fresh() { :; }
		"$@"' of_copy "$@"
}
build() { of_copy verb_modules "$KERNEL" || is "the modules are built $1" yes no; }
stale() { of_copy verb_stale "$RELEASE" | tr '\n' ' '; }
# shows TEXT: in how many places kbp.ko has it.
shows() { grep -ac "$1" "$MODULES/kbp.ko"; }

# A file that is going to be deleted, and a header that only it includes.
M=$COPY/kbp-module
echo '#define EDIT "edit-of-nothing"' >"$M/shim/kbp_extra.h"
printf '#include <linux/compiler.h>\n#include "kbp_extra.h"\nstatic const char extra[] __used = "extra-file " EDIT;\n' >"$M/shim/extra.c"
echo 'kbp-y += shim/extra.o' >>"$M/Kbuild"

build "from nothing"
MODULES=$(echo "$COPY"/out/modules/*)
RELEASE=${MODULES##*/}
is "nothing is stale after a build" "" "$(stale)"
is "the extra file is in" 1 "$(shows extra-file)"

echo '# an edit' >>"$M/engine/Cargo.toml"
echo '// an edit' >>"$M/engine/tests/engine/main.rs"
echo 'an edit' >"$M/README.md"
is "pages, tests and Cargo's files change no module" "" "$(stale)"

echo 'static const char edit_c[] __used = "edit-of-c";' >>"$M/shim/sleep.c"
is "a C file makes only its module stale" "kbp.ko " "$(stale)"
echo '#[used] static EDIT_MAIN: [u8; 12] = *b"edit-of-main";' >>"$M/src/kbp_main.rs"
echo '#[used] static EDIT_ENGINE: [u8; 14] = *b"edit-of-engine";' >>"$M/engine/src/lib.rs"
sed -i 's/edit-of-nothing/edit-of-header/' "$M/shim/kbp_extra.h"
livepatch=$(stat -c %i "$MODULES/kbp_livepatch.ko")
build "after edits of C, of Rust and of a header"
is "the edit of C is in" 1 "$(shows edit-of-c)"
is "the edit of the header is in" 1 "$(shows edit-of-header)"
is "the livepatch was left alone" "$livepatch" "$(stat -c %i "$MODULES/kbp_livepatch.ko")"

# Within its guard.
sed -i '$i static const char edit_hooks[] __used = "edit-of-hooks";' "$M/shim/kbp_hooks.h"
is "a header of both makes both stale" "kbp.ko kbp_livepatch.ko " "$(stale)"
build "after an edit of the header of the hooks"
is "the edit of the hooks' header is in the livepatch" 1 "$(grep -ac edit-of-hooks "$MODULES/kbp_livepatch.ko")"

cp -r "$MODULES" "$COPY/incremental"
rm -rf "$COPY/out/build" "$COPY/out/modules"
build "from nothing again"
for ko in kbp.ko kbp_livepatch.ko tests/kbp_testnic.ko tests/kbp_foreign.ko; do
	cmp "$COPY/incremental/$ko" "$MODULES/$ko"
	is "$ko is the same from nothing" 0 $?
done

rm "$M/shim/extra.c" "$M/shim/kbp_extra.h"
sed -i '/extra/d' "$M/Kbuild"
is "a deleted file makes its module stale" "kbp.ko " "$(stale)"
build "after a file was deleted"
is "the deleted file is gone" "0 0" "$(find "$COPY/out/build" -name '*extra*' | wc -l) $(shows extra-file)"

echo "$PASSED passed, $FAILED failed"
[ "$FAILED" -eq 0 ]
