#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Whether an object may become part of a kernel module: another rustc, another set of flags or a new
# call into core could bring in what a kernel cannot carry, and the module would still link.
#
#   check.sh OBJECT
#
# NM and OBJDUMP (default: as in PATH) choose tools.
set -eu

object=$1
: "${NM:=nm}" "${OBJDUMP:=objdump}"

fail() {
	echo "kernel-compat: ${object##*/} $*" >&2
	exit 1
}

# Module loaders know no global offset table.
found=$("$OBJDUMP" -r "$object" | grep -m1 GOT || true)
[ -z "$found" ] || fail "has a GOT relocation ($found): the flag -Zplt=y or the relocation model has no effect"

# The shim, what compilers call unasked, the mitigations' thunks.
allowed='kbp_[a-z0-9_]+|memcpy|memmove|memset|memcmp|bcmp|__x86_return_thunk|__x86_indirect_thunk_r[a-z0-9]+'
found=$("$NM" --undefined-only --format=just-symbols "$object" | grep -vxE "$allowed" | tr '\n' ' ')
[ -z "$found" ] || fail "needs ${found% }: only the shim's kbp_*, mem* and __x86_*_thunk are there; see what in src/ or core calls it"

# A kernel does not save these registers for its own code.
found=$("$OBJDUMP" -d --no-show-raw-insn "$object" |
	grep -m1 -E '%([xyz]?mm[0-9]|st\b)|^ *[0-9a-f]+:[[:space:]]+(f[a-z]|emms|ldmxcsr|stmxcsr|vld|vst)' || true)
[ -z "$found" ] || fail "uses the FPU ($found): look for floating point in src/, or at the target's features"
