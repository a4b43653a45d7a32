#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# One module of KBP from its sources, ready to load: the only place that knows the steps.
#
#   module.sh KDIR FOLDER NAME [BASE]
#
# KDIR    the kernel's build folder
# FOLDER  the module's sources; built in place, into FOLDER/NAME.ko
# BASE    the folder of a module built before, whose symbols the hooks of this one use
#
# KLP_RELOC names that program. CC, KBP_RUST and KBP_RUSTC go to Kbuild where they are set. KBP_STRIP=1
# drops what only debuggers read.
#
#   klp.syms --symvers--> klp.symvers --Kbuild--> NAME.ko --strip, rewrite, check--> NAME.ko
#
# Sign and compress what comes out of here, and nothing earlier: rewriting ends a signature. Never
# strip it: strip does not know livepatch relocations.
set -eu

kdir=$1 folder=$2 name=$3 base=${4-}
: "${KLP_RELOC:=klp-reloc}"

fail() {
	echo "$name.ko: $*" >&2
	exit 1
}

# A make that called us has flags that are not meant for Kbuild.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES

extra=
if [ -f "$folder/klp.syms" ]; then
	"$KLP_RELOC" symvers --symbols "$folder/klp.syms" --module-symvers "$kdir/Module.symvers" \
		--out "$folder/klp.symvers" || fail "klp-reloc symvers refuses $folder/klp.syms"
	extra=$folder/klp.symvers
fi
[ -z "$base" ] || extra="$extra $base/Module.symvers"

# Linked anew each time: what is rewritten below cannot be rewritten twice.
rm -f "$folder/$name.ko"
set -- KBUILD_EXTRA_SYMBOLS="$extra"
[ -z "${CC-}" ] || set -- "$@" CC="$CC"
[ -z "${KBP_RUST-}" ] || set -- "$@" KBP_RUST="$KBP_RUST"
[ -z "${KBP_RUSTC-}" ] || set -- "$@" KBP_RUSTC="$KBP_RUSTC"
make -j"$(nproc)" -C "$kdir" M="$folder" "$@" modules || fail "Kbuild failed in $kdir: its messages stand above"

[ -z "${KBP_STRIP-}" ] || strip --strip-debug "$folder/$name.ko" || fail "strip failed: its message stands above"

[ -f "$folder/klp.syms" ] || exit 0
"$KLP_RELOC" rewrite --symbols "$folder/klp.syms" "$folder/$name.ko" "$folder/$name.ko" ||
	fail "klp-reloc rewrite refuses it"
set -- --symvers "$kdir/Module.symvers"
[ -z "$base" ] || set -- "$@" --symvers "$base/Module.symvers" --hooks kbp_hook_
"$KLP_RELOC" check --symbols "$folder/klp.syms" "$@" "$folder/$name.ko" || fail "klp-reloc check refuses it"
