# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The Debian packages that the host itself needs; nothing is compiled for kernels here.

HOST_PACKAGES=(
	busybox-static                          # the userland of guests; their QEMU is in the toolchain root
	debootstrap debian-archive-keyring      # the toolchain root
	gcc g++ libc6-dev make                  # cargo's linker; tests compile C and C++
	python3-minimal                         # klp-reloc's oracle
	cpio xz-utils zstd kmod ca-certificates # guest images
	e2fsprogs                               # the file system of a guest with a Debian in it
	util-linux git rsync shellcheck
)

host_missing() {
	local p
	for p in "${HOST_PACKAGES[@]}"; do
		dpkg-query -W -f '${db:Status-Status}\n' "$p" 2>/dev/null | grep -qx installed || echo "$p"
	done
}

verb_host() {
	local id='' version='' missing
	if [ -r /etc/os-release ]; then
		# shellcheck source=/dev/null
		id=$(. /etc/os-release && echo "${ID-}")
		# shellcheck source=/dev/null
		version=$(. /etc/os-release && echo "${VERSION_ID-}")
	fi
	[[ $id == debian && -x /usr/bin/apt-get ]] ||
		die "this host is '${id:-unknown} $version': packages are installed by apt on Debian 12 or 13; use such a host, or install these by hand: ${HOST_PACKAGES[*]}"
	[[ $(uname -m) == x86_64 ]] ||
		die "this host is $(uname -m): KBP's build and guests are x86_64 only; use an x86_64 host"
	mapfile -t missing < <(host_missing)
	if [ ${#missing[@]} -eq 0 ]; then
		say "host packages: complete"
		return 0
	fi
	need_root_user host
	cache_lock
	say "installing ${missing[*]}"
	# The lists may be absent or stale; they are read again only when that is so.
	host_install "${missing[@]}" || {
		logged host-update apt-get -o Acquire::Retries=3 update ||
			die "apt-get update failed on this host: check the network and /etc/apt, then run again"
		host_install "${missing[@]}" || {
			tail -n 20 "$KBP_CACHE/log/host-install.log" >&2
			die "apt cannot install ${missing[*]}: see $KBP_CACHE/log/host-install.log"
		}
	}
	say "host packages: installed"
}

host_install() {
	mkdir -p "$KBP_CACHE/log"
	DEBIAN_FRONTEND=noninteractive apt-get -y --no-install-recommends -o Acquire::Retries=3 \
		-o DPkg::Lock::Timeout=120 install "$@" </dev/null >"$KBP_CACHE/log/host-install.log" 2>&1
}
