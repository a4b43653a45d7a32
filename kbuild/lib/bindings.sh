# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The verb bindings: the Rust of both headers, made by the toolchain root's bindgen.
#
#   kbp-module/uapi/kbp.h      -> uapi/src/abi/bindings.rs   layouts and numbers
#   kbp-module/shim/kbp_shim.h -> src/sys/bindings.rs        what Rust calls
#                              -> src/ffi/prototypes.rs      what C calls
#
# They are committed: a machine that only builds the modules needs no libclang.

# bindings_of HEADER ARGUMENT...: Rust of a header, on stdout. ARGUMENT: a flag of bindgen, and
# behind --, of clang.
bindings_of() {
	local header=$1
	local -a flags=()
	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		flags+=("$1")
		shift
	done
	echo '// SPDX-License-Identifier: GPL-2.0'
	echo "// Made of ${header##*/} by 'make bindings'. Do not edit: change the header."
	# It keeps the mark of doc comments that stand behind what they are about.
	root_enter bindgen --disable-header-comment --rust-target 1.85 --use-core --merge-extern-blocks \
		--default-enum-style consts --no-prepend-enum-name "${flags[@]}" "$header" "$@" |
		sed 's/doc = "< /doc = " /'
}

# bindings_make FROM TO: all three files, FROM and TO folders like kbp-module. FROM is in the
# repository: the root sees nothing else.
bindings_make() {
	local from=$1 to=$2
	# In place of the kernel's linux/types.h.
	local -a kernel=(-include stdbool.h -include stddef.h -include stdint.h -Du32=uint32_t -Ds32=int32_t -Du64=uint64_t)
	mkdir -p "$to/uapi/src/abi" "$to/src/sys" "$to/src/ffi"
	# The fallback has clang work out the ioctl numbers. It leaves them out where clang has flags.
	bindings_of "$from/uapi/kbp.h" --allowlist-item '(kbp|KBP)_.*' \
		--clang-macro-fallback --clang-macro-fallback-build-dir /tmp \
		--with-derive-custom-struct 'kbp_.*=PartialEq,Eq' \
		--with-derive-custom-struct 'kbp_(info|change|counters|core_status|histogram|napi_status)=Default' \
		>"$to/uapi/src/abi/bindings.rs"
	bindings_of "$from/shim/kbp_shim.h" --allowlist-item 'kbp_.*' --blocklist-item 'kbp_rs_.*' \
		--with-derive-custom-struct 'kbp_(budget|polled|spun)=Default' -- "${kernel[@]}" >"$to/src/sys/bindings.rs"
	bindings_of "$from/shim/kbp_shim.h" --allowlist-item 'kbp_rs_.*' --blocklist-item 'kbp_poller' \
		--raw-line 'use crate::sys::kbp_poller;' -- "${kernel[@]}" >"$to/src/ffi/prototypes.rs"
}

# verb_bindings [--check]: writes them, or fails where one is not what its header says.
verb_bindings() {
	local to=$KBP_REPO/kbp-module new file stale=''
	[[ $# -eq 0 || $# -eq 1 && $1 == --check ]] || usage
	new=$(mktemp -d)
	bindings_make "$to" "$new" || die "bindgen cannot read the headers: its messages stand above"
	while read -r file; do
		cmp -s "$new/$file" "$to/$file" || stale+=" kbp-module/$file"
	done < <(cd "$new" && find . -type f -printf '%P\n')
	[ $# -eq 1 ] || cp -r "$new/." "$to"
	rm -rf "$new"
	[ $# -eq 0 ] || [ -z "$stale" ] ||
		die "stale:$stale must be what bindgen makes of the headers; run 'make bindings' and commit them"
	say "bindings: ${stale:-fresh}"
}
