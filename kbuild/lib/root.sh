# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Running commands in the toolchain root. The mounts live in a mount namespace of
# their own: they end with the command, however it ends.

# Inside the root the cache and the repository have fixed names, so that nothing in a
# prepared kernel tree depends on where a checkout lies. The repository is also at its
# own path, so that what cargo writes is the same inside and outside.
readonly ROOT_KERNELS=/kbp/kernels ROOT_REPO=/kbp/repo ROOT_CARGO=/kbp/cargo

root_dir() {
	echo "$KBP_CACHE/root"
}

# modules_root: the root that compiles for the kernel at hand (see kernel_root).
modules_root() {
	local suite
	suite=$(cat "$KBP_CACHE/kernels/$RELEASE/.kbp-suite" 2>/dev/null) || suite=
	echo "$(root_dir)${suite:+-$suite}"
}

# root_run FOLDER COMMAND...: COMMAND in the root at FOLDER.
root_run() {
	local root=$1
	shift
	mkdir -p "$KBP_CACHE/kernels" "$KBP_CACHE/cargo" "$root"{$ROOT_KERNELS,$ROOT_REPO,$ROOT_CARGO,/proc,/dev,/sys} "$root$KBP_REPO"
	root_trust "$root"
	proxy_export
	# shellcheck disable=SC2016 # expanded by the inner shell, after the mounts
	unshare -m -- bash -euc '
		root=$1 cache=$2 repo=$3; shift 3
		# A mount point, so that who is in the root can make mount namespaces, too.
		mount --bind "$root" "$root"
		mount --rbind /dev "$root/dev"
		mount -t proc proc "$root/proc"
		mount -t sysfs sysfs "$root/sys"
		mount --bind "$cache/kernels" "$root/kbp/kernels"
		mount --bind "$cache/cargo" "$root/kbp/cargo"
		mount --bind "$repo" "$root/kbp/repo"
		mount --bind "$repo" "$root$repo"
		if [ -e "$root/etc/resolv.conf" ] && [ ! -L "$root/etc/resolv.conf" ]; then
			mount --bind "$(readlink -f /etc/resolv.conf)" "$root/etc/resolv.conf" || true
		fi
		cd /
		exec env -u RUSTUP_HOME -u RUSTUP_TOOLCHAIN -u RUSTC -u LD_LIBRARY_PATH -u CURL_CA_BUNDLE -u CARGO_HTTP_CAINFO \
			-u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u MAKEOVERRIDES \
			PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TMPDIR=/tmp LC_ALL=C.UTF-8 \
			SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt CARGO_HOME=/kbp/cargo DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"
	' root_run "$root" "$KBP_CACHE" "$KBP_REPO" "$@" 9>&-
}

# root_trust FOLDER: a network may have a certificate authority of its own, which this
# machine trusts; downloads in the root must trust it too.
root_trust() {
	local bundle=etc/ssl/certs/ca-certificates.crt
	[[ -r /$bundle && -d $1/${bundle%/*} ]] || return 0
	cmp -s "/$bundle" "$1/$bundle" || cp -L "/$bundle" "$1/$bundle"
}

# root_enter COMMAND...: the verb in-root.
root_enter() {
	need_root_user in-root
	[ -e "$(root_dir)/.kbp-done" ] || die "no toolchain root in $KBP_CACHE/root: build it with 'kbuild.sh toolchain'"
	root_run "$(root_dir)" "$@"
}
