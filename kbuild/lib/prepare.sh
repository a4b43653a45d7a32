# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Making KDIR: a tree that `make -C KDIR M=...` accepts, from unpacked packages.

# config_value CONFIG NAME: the value without quotes.
config_value() {
	sed -n "s/^$2=//p" "$1" | tr -d '"'
}

# gcc_major CONFIG: the compiler a kernel was built with, 14 of "... 14.2.0".
gcc_major() {
	config_value "$1" CONFIG_CC_VERSION_TEXT | grep -oE '[0-9]+\.[0-9.]+$' | cut -d. -f1
}

# kernel_cc CONFIG: the root's command for it.
kernel_cc() {
	local major
	major=$(gcc_major "$1")
	[ -x "$(modules_root)/usr/bin/x86_64-linux-gnu-gcc-$major" ] ||
		die "the kernel was built with gcc $major ($(config_value "$1" CONFIG_CC_VERSION_TEXT)), which $(modules_root) does not have: modules need the same major; take another kernel"
	echo "x86_64-linux-gnu-gcc-$major"
}

# rustc_fits CONFIG: the metadata of another rustc cannot be read, so equal it must be.
rustc_fits() {
	local want have
	want=$(config_value "$1" CONFIG_RUSTC_VERSION)
	have=$(root_run "$(modules_root)" rustc --version | sed -E 's/^rustc ([0-9]+)\.([0-9]+)\.([0-9]+).*/\1 \2 \3/' |
		{ read -r a b c && printf '%d%03d%02d' "$a" "$b" "$c"; })
	[ "$want" = "$have" ]
}

# prepare_headers FOLDER RELEASE: the stock headers are KDIR; only their absolute paths
# need to point to where they are now.
prepare_headers() {
	local dir=$1 release=$2 at=$ROOT_KERNELS/$2/stock
	local src=$dir/stock/usr/src/linux-headers-$release f link target
	[ -d "$src" ] || die "the packages of $release contain no usr/src/linux-headers-$release: report this kernel"
	for f in "$dir"/stock/usr/src/linux-headers-*/Makefile "$src/.kernelvariables"; do
		[ ! -f "$f" ] || sed -i -E "s#(^|[ =:])/usr/(src|lib)/#\1$at/usr/\2/#g" "$f"
	done
	while IFS= read -r -d '' link; do
		target=$(readlink "$link")
		[[ $target != /usr/* ]] || ln -sfn "$at$target" "$link"
	done < <(find "$dir/stock/usr/src" "$dir/stock/usr/lib" -type l -lname '/usr/*' -print0)
	ln -sfn "stock/usr/src/linux-headers-$release" "$dir/build"
}

# prepare_rust FOLDER RELEASE: stock headers carry no Rust metadata, so it is built
# from the same source with the same configuration and compiler.
prepare_rust() {
	local dir=$1 release=$2 cc
	local symvers=$dir/stock/usr/src/linux-headers-$release/Module.symvers
	cc=$(kernel_cc "$dir/config")
	cp "$dir/config" "$dir/build/.config"
	cp "$symvers" "$dir/build/Module.symvers"
	say "$release: building the Rust metadata (about 80 s on 2 cores)"
	# shellcheck disable=SC2016 # expanded inside the root
	logged "prepare-$release" root_run "$(modules_root)" bash -euc '
		cd "$1"; release=$2; cc=$3
		base=$(make -s kernelversion)
		[ "${release#"$base"}" != "$release" ] || { echo "source $base is not of release $release"; exit 1; }
		args=(CC="$cc" LOCALVERSION="${release#"$base"}")
		make olddefconfig "${args[@]}"
		make -j"$(nproc)" prepare modules_prepare "${args[@]}"
		built=$(make -s kernelrelease "${args[@]}")
		[ "$built" = "$release" ] || { echo "the tree calls itself $built, not $release"; exit 1; }
	' prepare "$ROOT_KERNELS/${dir##*/}/build" "$release" "$cc" ||
		die "the Rust metadata of $release was not built: see $KBP_CACHE/log/prepare-$release.log"
	# modules_prepare may leave one of its own; modpost needs the stock kernel's.
	cp "$symvers" "$dir/build/Module.symvers"
}

# vermagic_check RELEASE: an empty module of the tree must be one of the kernel.
vermagic_check() {
	local release=$1 cc
	cc=$(kernel_cc "$KBP_CACHE/kernels/$release/config")
	# shellcheck disable=SC2016 # expanded inside the root
	logged "vermagic-$release" root_run "$(modules_root)" bash -euc '
		dir=$(mktemp -d); trap "rm -rf $dir" EXIT
		printf "#include <linux/module.h>\nMODULE_LICENSE(\"GPL\");\n" >"$dir/probe.c"
		echo "obj-m := probe.o" >"$dir/Kbuild"
		make -C "$1" M="$dir" CC="$3" modules
		magic=$(modinfo -F vermagic "$dir/probe.ko")
		[ "${magic%% *}" = "$2" ] || { echo "vermagic is $magic, not $2"; exit 1; }
	' vermagic "$ROOT_KERNELS/$release/build" "$release" "$cc" ||
		die "modules built in the tree of $release are not modules of $release: see $KBP_CACHE/log/vermagic-$release.log"
}
