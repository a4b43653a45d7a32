#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The Rust part of kbp.ko without the kernel's Rust: core, the crate kernel and kbp's own sources
# become one object whose only undefined symbols are the shim's and the kernel's.
#
#   build.sh SOURCE OBJECT FEATURES FLAG...
#
# SOURCE: the folder kbp-module; FEATURES: of LLVM, joined by commas; FLAG: of rustc; both as the
# target's kernel wants every function compiled.
#
# RUSTC, LD, NM, OBJDUMP (default: as in PATH) and RUST_LIB_SRC (default: the compiler's rust-src) choose tools.
# KBP_CORE_CACHE: a folder for compiled cores, each used for every kernel that wants the same flags.
set -eu

# make's job server is not for programs that make knows nothing of.
unset MAKEFLAGS MFLAGS

source=$1 object=$2 features=$3
shift 3
: "${RUSTC:=rustc}" "${LD:=ld}" "${NM:=nm}"
here=$source/kernel-compat
work=$object.d

fail() {
	echo "kernel-compat: $*" >&2
	exit 1
}

# Language features of 1.82 and later; Debian 13 has 1.85.
minor=$("$RUSTC" --version | sed -E 's/^rustc 1\.([0-9]+)\..*/\1/')
[ "$minor" -ge 85 ] 2>/dev/null ||
	fail "$("$RUSTC" --version || echo "$RUSTC") is too old: KBP needs rustc 1.85 or later (set RUSTC)"
: "${RUST_LIB_SRC:=$("$RUSTC" --print sysroot)/lib/rustlib/src/rust/library}"
[ -f "$RUST_LIB_SRC/core/src/lib.rs" ] ||
	fail "no $RUST_LIB_SRC/core: install the Rust library sources (Debian: rust-src; rustup: component add rust-src)"

# The flags need the compiler's unstable options, as Rust-for-Linux does.
export RUSTC_BOOTSTRAP=1

# first_accepted FLAG...: names of options change, and distributions patch: the compiler is asked.
first_accepted() {
	for flag; do
		"$RUSTC" "$flag" --print cfg >/dev/null 2>&1 && echo "$flag" && return
	done
	fail "$("$RUSTC" --version) knows none of $*: KBP needs one of them; set RUSTC to another compiler"
}

# No jump tables: with IBT the compiler's would need marks that kernels do not honour.
set -- "$@" "$(first_accepted -Cjump-tables=n -Zno-jump-tables)"

# x86_64-unknown-none: no SSE, no floating point, no red zone. With the features in its specification, as
# Rust-for-Linux has them, too, rustc need not know them.
target() {
	"$RUSTC" -Zunstable-options --print target-spec-json --target x86_64-unknown-none |
		sed -E "s/^( *\"features\": \"[^\"]*)/\1${features:+,}$features/"
}

# Overflow checks as Debian's Rust-for-Linux kernels have them.
common() {
	"$RUSTC" -Zunstable-options --target="$work/target.json" --sysroot=/dev/null \
		-Cpanic=abort -Copt-level=2 -Ccodegen-units=1 -Cdebug-assertions=n -Coverflow-checks=y \
		-Crelocation-model=static -Ccode-model=kernel -Cforce-unwind-tables=n -Cforce-frame-pointers=n \
		-Cembed-bitcode=y -Zfunction-sections=y -Zplt=y \
		--remap-path-prefix="$source/=" --remap-path-prefix="$RUST_LIB_SRC/=" "$@"
}

rm -rf "$work"
mkdir -p "$work"
target >"$work/target.json"
grep -q "\"features\": .*$features" "$work/target.json" || fail "this rustc's target has no features to add $features to"
# core alone takes most of the time, and most kernels want it compiled in the same way.
core=$work/core
[ -z "${KBP_CORE_CACHE-}" ] ||
	core=$KBP_CORE_CACHE/$({ "$RUSTC" -vV && cat "$work/target.json" "$0" && echo "$@"; } | sha256sum | cut -c1-16)
if [ ! -d "$core" ]; then
	new=$core.$$
	mkdir -p "$new"
	core_edition=$(sed -n 's/^edition = "\(.*\)"/\1/p' "$RUST_LIB_SRC/core/Cargo.toml")
	common --out-dir "$new" --edition="$core_edition" --crate-type=rlib --crate-name=core --cap-lints=allow \
		--cfg=no_fp_fmt_parse "$@" "$RUST_LIB_SRC/core/src/lib.rs"
	common --out-dir "$new" -L "$new" --edition=2021 --crate-type=rlib --crate-name=compiler_builtins --cap-lints=allow \
		"$@" "$here/compiler_builtins.rs"
	# Complete or absent; who else made it meanwhile made the same.
	mv -T "$new" "$core" 2>/dev/null || rm -rf "$new"
fi
common --out-dir "$work" -L "$core" --edition=2021 --crate-type=rlib --crate-name=kernel "$@" "$here/src/lib.rs"
common --out-dir "$work" -L "$work" -L "$core" --edition=2021 --crate-type=staticlib --crate-name=kbp -Clto=fat \
	--extern kernel "$@" "$source/src/kbp_main.rs"

# Only what C calls, and what that needs.
roots=$("$NM" --defined-only --extern-only "$work/libkbp.a" 2>/dev/null | sed -n 's/.* \(kbp_rs_[a-z_]*\)$/-u \1/p' | sort -u)
[ -n "$roots" ] || fail "the Rust part defines no kbp_rs_ function"
# shellcheck disable=SC2086 # a list
"$LD" -r --gc-sections --whole-archive $roots -o "$work/kbp_rust.o" "$work/libkbp.a"
NM=$NM sh "$here/check.sh" "$work/kbp_rust.o"
mv "$work/kbp_rust.o" "$object"
rm -rf "$work"
