# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The verb packaged: the programs of the packages, in out/packaged/. From the same sources and compilers
# they are the same, byte for byte, wherever they are built: without symbols, and with names of files
# that do not say where cargo or this repository lie.

readonly PACKAGED_TARGET=x86_64-unknown-linux-gnu
PACKAGED=(kbpctl klp-reloc)

verb_packaged() {
	local name from to=$KBP_OUT/packaged
	local -a select=()
	for name in "${PACKAGED[@]}"; do
		select+=(--bin "$name")
	done
	# The folders of the dependencies are there before the compiler is told about them.
	cargo_run fetch --locked --quiet --target "$PACKAGED_TARGET" || die "cargo cannot fetch the dependencies: its messages stand above"
	cargo_run build --profile packaged --locked --quiet --config "$(packaged_flags)" "${select[@]}" ||
		die "cargo build of ${PACKAGED[*]} failed: the compiler's messages stand above"
	from=$(cargo_target)/$PACKAGED_TARGET/packaged
	mkdir -p "$to"
	for name in "${PACKAGED[@]}"; do
		packaged_is_clean "$from/$name"
		cp "$from/$name" "$to/$name.tmp"
		mv "$to/$name.tmp" "$to/$name"
		packaged_notices "$name" >"$to/$name.third-party"
	done
	say "programs of the packages: $(printf 'out/packaged/%s ' "${PACKAGED[@]}")"
}

# Where cargo has the sources of the dependencies: as cargo names the folder, and as this script does.
crates_seen() { host_cargo && crates_here || echo "$ROOT_CARGO/registry/src"; }
crates_here() {
	if host_cargo; then
		echo "${CARGO_HOME:-$HOME/.cargo}/registry/src"
	else
		echo "$KBP_CACHE/cargo/registry/src"
	fi
}

# packaged_flags: for cargo --config. What .cargo/config.toml says stays in force beside it.
packaged_flags() {
	local folder flags="'--remap-path-prefix=$KBP_REPO=/kbp'"
	for folder in "$(crates_here)"/*/; do
		folder=${folder%/}
		flags+=", '--remap-path-prefix=$(crates_seen)/${folder##*/}=/crates'"
	done
	echo "target.$PACKAGED_TARGET.rustflags=[$flags]"
}

packaged_is_clean() {
	local path
	for path in "$KBP_REPO/" "$(crates_seen)/"; do
		! grep -qaF "$path" "$1" || die "$1 names files in $path: it would differ from one built elsewhere; see packaged_flags"
	done
}

# packaged_notices NAME: whose work is in that program, and the notices that go with it.
packaged_notices() {
	local crate version licence address
	cat <<-EOF
		The program $1 is static. Beside KBP's own code it has in it:

		GNU C Library, LGPL-2.1-or-later; Debian's source package glibc.
		Rust's standard library, MIT or Apache-2.0; https://github.com/rust-lang/rust

	EOF
	cargo_run tree --locked --target "$PACKAGED_TARGET" -p "$1" -e normal,no-proc-macro --prefix none --no-dedupe -f '{p}|{l}|{r}' |
		sort -u | while IFS='|' read -r crate licence address; do
		# KBP's own have a path.
		[[ $crate != *"("* ]] || continue
		read -r crate version <<<"$crate"
		printf '%s\n%s %s, %s; %s\n\n' "$(printf -- '-%.0s' {1..80})" "$crate" "$version" "$licence" "$address"
		packaged_texts "$crate-${version#v}"
	done
}

# packaged_texts CRATE-VERSION: of the licences that one may choose, all but Apache's, which does not
# go with the GPL's version 2.
packaged_texts() {
	local file found=''
	for file in "$(crates_here)"/*/"$1"/{COPYING,COPYRIGHT,LICENCE,LICENSE,NOTICE,license}*; do
		[[ -f $file && $file != *APACHE* && $file != *Apache* ]] || continue
		cat "$file"
		echo
		found=yes
	done
	[ -n "$found" ] || printf 'Its sources came without a text of the licence.\n\n'
}
