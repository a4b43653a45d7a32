#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests of what runs on a machine that has only kernel headers: the check of the Rust object and
# which kernels are refused. Needs gcc; ends with "N passed, N failed".
set -uo pipefail

REPO=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
TMP=$(mktemp -d) || exit 1
trap 'rm -rf "$TMP"' EXIT
PASSED=0 FAILED=0

# is NAME WANTED GOT
is() {
	if [ "$2" = "$3" ]; then
		PASSED=$((PASSED + 1))
	else
		FAILED=$((FAILED + 1))
		printf 'FAILED %s\n  wanted: %s\n  got:    %s\n' "$1" "$2" "$3"
	fi
}

# object FLAGS SOURCE: what check.sh says to it, without the part that a compiler chooses.
object() {
	# shellcheck disable=SC2086 # a list of flags
	echo "$2" | gcc -xc -O2 -c -fcf-protection=none $1 -o "$TMP/kbp_rust.o" - || echo "does not compile"
	sh "$REPO/kbp-module/kernel-compat/check.sh" "$TMP/kbp_rust.o" 2>&1 && echo "fits"
}

short() { sed -E 's/.*kbp_rust\.o ([^(:]*[^(: ]).*/\1/'; }

# --- the Rust object -------------------------------------------------------------
SOFT='-mgeneral-regs-only -fno-pic'
is "an object that fits" fits "$(object "$SOFT" 'int kbp_shim(void *); void *memcpy(void *, const void *, unsigned long); int f(char *p) { memcpy(p, p + 9, 99); return kbp_shim(p) + 1; }')"
is "a symbol of nobody" "needs printf" "$(object "$SOFT" 'int printf(const char *, ...); int f(char *p) { return printf(p) + 1; }' | short)"
is "a name that only begins like a thunk" "needs __x86_indirect_thunk_rax.hack" "$(object "$SOFT" 'int g(void) __asm__("__x86_indirect_thunk_rax.hack"); int f(void) { return g() + 1; }' | short)"
is "SSE" "uses the FPU" "$(object -fno-pic 'double f(double a) { return a * 3; }' | short)"
is "x87 without a register's name" "uses the FPU" "$(object -fno-pic 'void f(long double *a, double *b) { __asm__ volatile("fldl (%rdi)\n\tfstpt (%rsi)"); }' | short)"
is "a table of offsets" "has a GOT relocation" "$(object "-fPIC -mgeneral-regs-only" 'extern int kbp_x; int f(void) { return kbp_x; }' | short)"

echo "$PASSED passed, $FAILED failed"
[ "$FAILED" -eq 0 ]
