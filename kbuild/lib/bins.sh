# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The verb bins: the host programs, static, in out/bin/.

readonly KBP_BINS='kbpctl kbp-vm klp-reloc kbp-bench' RUST_MIN=1.85

verb_bins() {
	local b
	# shellcheck disable=SC2086 # a list of names
	[ $# -gt 0 ] || set -- $KBP_BINS
	for b; do
		[[ " $KBP_BINS " == *" $b "* ]] || die "'$b' is no program of KBP: name one of $KBP_BINS"
	done
	bins_build "$@"
	say "programs: $(printf 'out/bin/%s ' "$@")"
}

# host_cargo: whether this machine's own cargo is new enough.
host_cargo() {
	local have
	have=$(cargo --version 2>/dev/null | cut -d' ' -f2) || return 1
	[ -n "$have" ] && [ "$(printf '%s\n' "$RUST_MIN" "$have" | sort -V | head -n1)" = "$RUST_MIN" ]
}

cargo_target() {
	if host_cargo; then
		echo "${CARGO_TARGET_DIR:-$KBP_REPO/target}"
	else
		echo "$KBP_REPO/target/root"
	fi
}

# cargo_run ARGUMENT...: the machine's cargo, or the one of the toolchain root.
cargo_run() {
	if host_cargo; then
		(cd "$KBP_REPO" && cargo "$@")
	else
		toolchain_done || die "no cargo >= $RUST_MIN on this host and no toolchain root: run 'kbuild.sh toolchain' first"
		# Its own target folder: two versions of rustc would undo each other's work.
		# shellcheck disable=SC2016 # expanded inside the root
		root_run "$(root_dir)" env CARGO_TARGET_DIR="$(cargo_target)" \
			sh -c 'cd "$0" && exec cargo "$@"' "$KBP_REPO" "$@"
	fi
}

# bin_is_fresh NAME: whether no file that cargo noted for it has changed since out/bin/NAME was built.
# What cargo has now is not compared: a test of the workspace builds the same programs with other
# features of their libraries.
bin_is_fresh() {
	local file noted=$KBP_OUT/bin/.$1.d
	local -a files
	[[ -f $KBP_OUT/bin/$1 && -f $noted ]] || return 1
	# shellcheck disable=SC2162 # cargo escapes spaces with a backslash
	read -a files < <(sed 's/^.*[^\\]: //' "$noted")
	for file in "${files[@]}"; do
		[[ -e $file && ! $file -nt $noted ]] || return 1
	done
}

# bins_build NAME...: cargo itself knows whether there is anything to do.
bins_build() {
	local b from begin
	local -a select=()
	mkdir -p "$KBP_OUT/bin"
	# Before cargo reads the sources: who edits meanwhile makes the program stale.
	begin=$(date +@%s.%N)
	from=$(cargo_target)
	host_cargo || say "no cargo >= $RUST_MIN on this host: using the toolchain root's"
	for b in "$@"; do
		select+=(--bin "$b")
	done
	cargo_run build --release --locked --quiet "${select[@]}" ||
		die "cargo build of $* failed: the compiler's messages stand above"
	for b in "$@"; do
		b=$from/x86_64-unknown-linux-gnu/release/$b
		[ -f "$b" ] || die "cargo built no ${b##*/}: is it a binary of the workspace?"
		cmp -s "$b" "$KBP_OUT/bin/${b##*/}" || {
			cp "$b" "$KBP_OUT/bin/${b##*/}.tmp"
			mv "$KBP_OUT/bin/${b##*/}.tmp" "$KBP_OUT/bin/${b##*/}"
		}
		cp "$b.d" "$KBP_OUT/bin/.${b##*/}.d"
		touch -d "$begin" "$KBP_OUT/bin/.${b##*/}.d"
	done
}
