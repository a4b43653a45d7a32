# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The verb bindings: the Rust of both headers, made by the toolchain root's bindgen.
#
#   kbp-module/uapi/kbp.h      -> uapi/src/abi/bindings.rs   layouts and numbers
#   kbp-module/shim/kbp_shim.h -> src/sys/bindings.rs        what Rust calls
#                              -> src/ffi/prototypes.rs      what C calls
#
# They are committed: a machine that only builds the modules needs no libclang.

# bindings_of HEADER FLAG...: Rust on stdout. -- ends the flags of bindgen, clang's follow.
bindings_of() {
	local header=$1
	shift
	echo '// SPDX-License-Identifier: GPL-2.0'
	echo "// Made of ${header##*/} by 'make bindings'. Do not edit: change the header."
	# bindgen tries macros that it cannot read in files of its own. It keeps the mark of doc comments
	# that stand behind what they are about.
	# shellcheck disable=SC2016 # expanded inside the root
	root_enter sh -euc '
		cd "$0"; header=$1; shift
		scratch=$(mktemp -d); trap "rm -rf $scratch" EXIT
		bindgen "$header" --disable-header-comment --rust-target 1.85 --use-core \
			--default-enum-style consts --no-prepend-enum-name \
			--clang-macro-fallback --clang-macro-fallback-build-dir "$scratch" "$@"
	' "$ROOT_REPO/kbp-module" "$header" "$@" | sed 's/doc = "< /doc = " /'
}

# bindings_into FOLDER: all three files.
bindings_into() {
	local to=$1 shim=(-include stdbool.h -include stdint.h -Du8=uint8_t -Du32=uint32_t -Ds32=int32_t -Du64=uint64_t)
	bindings_of uapi/kbp.h --allowlist-item '(kbp|KBP)_.*' \
		--with-derive-custom-struct 'kbp_.*=PartialEq,Eq' \
		--with-derive-custom-struct 'kbp_(core_set|info|change|counters|core_status|histogram|napi_status)=Default' \
		>"$to/uapi/src/abi/bindings.rs"
}

# verb_bindings [--check]: writes them, or says which are not what the headers say.
verb_bindings() {
	bindings_into "$KBP_REPO/kbp-module"
}
