# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The file system of guests with a real Debian in them (kbp-vm --root): systemd, udev and podman with
# one container image. Nothing of KBP is in it; kbp-vm brings that along at each boot.
#
#   image.partial/root/  --1 base--2 packages--3 container--4 ext4-->  image/debian.ext4
#
# Versions are the archive's of the day; image/packages lists them. Another recipe (this file or
# bootstrap.sh) makes another image.

readonly IMAGE_SUITE=trixie IMAGE_MIB=2048 IMAGE_CONTAINER=localhost/busybox:latest
IMAGE_PACKAGES=(
	systemd systemd-sysv udev dbus kmod
	podman crun conmon netavark nftables
	iproute2 iputils-ping procps
	busybox-static # what the container holds
)

# Units that a guest has no use for. Each would be a process or more, and in an emulator those are slow.
IMAGE_MASKED=(
	getty.target systemd-logind.service systemd-user-sessions.service # nobody logs in
	netavark-dhcp-proxy.service netavark-dhcp-proxy.socket
	podman.socket podman-restart.service podman-clean-transient.service podman-auto-update.timer
	apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer systemd-tmpfiles-clean.timer
	e2scrub_all.timer e2scrub_reap.service fstrim.timer
	ldconfig.service systemd-hwdb-update.service systemd-journal-catalog-update.service
	systemd-sysusers.service systemd-update-done.service
	modprobe@configfs.service modprobe@drm.service modprobe@efi_pstore.service modprobe@fuse.service
	sys-fs-fuse-connections.mount proc-sys-fs-binfmt_misc.automount dev-hugepages.mount dev-mqueue.mount
	systemd-pstore.service systemd-random-seed.service systemd-udev-load-credentials.service
)

image_id() {
	cat "$KBP_LIB/image.sh" "$KBP_LIB/bootstrap.sh" | sha256sum | cut -c1-16
}

image_is_done() {
	[ "$(cat "$KBP_CACHE/image/.kbp-done" 2>/dev/null)" = "$(image_id)" ]
}

verb_image() {
	local part=$KBP_CACHE/image.partial
	! image_is_done || return 0
	need_root_user image
	need_space 4096 "the image of guests"
	command -v mke2fs >/dev/null || die "no mke2fs on this host: install it with 'kbuild.sh host'"
	cache_lock
	! image_is_done || return 0
	rm -rf "$part"
	mkdir -p "$part"
	say "image 1/4: debootstrap of $IMAGE_SUITE (about 30 s)"
	bootstrap "$IMAGE_SUITE" "$part/root"
	image_packages "$part/root"
	image_settings "$part/root"
	image_container "$part/root"
	image_write "$part"
	rm -rf "$part/root" "${KBP_CACHE:?}/image"
	image_id >"$part/.kbp-done"
	mv "$part" "$KBP_CACHE/image"
	say "image: complete"
}

image_packages() {
	local root=$1
	say "image 2/4: systemd and podman (about 60 s)"
	echo "deb $MIRROR $IMAGE_SUITE main" >"$root/etc/apt/sources.list"
	# shellcheck disable=SC2016 # expanded inside the root
	logged image-packages root_run "$root" sh -ec '
		valid=$1; shift
		apt-get -o Acquire::Retries=3 -o Acquire::Check-Valid-Until="$valid" update
		apt-get -y --no-install-recommends -o Acquire::Retries=3 install "$@"
	' sh "$(apt-config dump --format '%v' Acquire::Check-Valid-Until)" "${IMAGE_PACKAGES[@]}" ||
		die "apt cannot install the packages of the image from $MIRROR: see $KBP_CACHE/log/image-packages.log, then run again"
}

# image_settings FOLDER: what a boot in an emulator needs to be short, and nothing that a service needs.
image_settings() {
	local root=$1 unit
	echo kbp-guest >"$root/etc/hostname"
	: >"$root/etc/machine-id"
	: >"$root/etc/fstab"
	ln -sf /usr/lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"
	for unit in "${IMAGE_MASKED[@]}"; do
		ln -sf /dev/null "$root/etc/systemd/system/$unit"
	done
	# podman asks systemd over D-Bus for each cgroup otherwise, and writes to the journal.
	mkdir -p "$root/etc/containers/containers.conf.d"
	cat >"$root/etc/containers/containers.conf.d/kbp.conf" <<-'END'
		[engine]
		runtime = "crun"
		cgroup_manager = "cgroupfs"
		events_logger = "file"
		[containers]
		log_driver = "k8s-file"
	END
	# Plain copies: an overlay could not be made where the cache itself is on one.
	cat >"$root/etc/containers/storage.conf" <<-'END'
		[storage]
		driver = "vfs"
		runroot = "/run/containers/storage"
		graphroot = "/var/lib/containers/storage"
	END
}

# image_container FOLDER: busybox as a container image, put into podman's storage. No registry is asked.
image_container() {
	local root=$1
	say "image 3/4: the container image"
	# shellcheck disable=SC2016 # expanded inside the root
	logged image-container root_run "$root" sh -ec '
		image=$1 from=$(mktemp -d)
		mount -t sysfs sysfs /sys
		mount -t cgroup2 cgroup2 /sys/fs/cgroup
		# podman unpacks in a chroot of its own and wants a mount point as the root of this one.
		mount --rbind / /mnt
		mkdir -p "$from/bin" "$from/tmp" "$from/etc" "$from/proc" "$from/sys" "$from/dev"
		cp /bin/busybox "$from/bin/"
		for name in sh ls cat ip sleep ping nc; do ln -s busybox "$from/bin/$name"; done
		tar -C "$from" -c . | chroot /mnt podman import - "$image"
		rm -rf "$from"
		podman image inspect "$image"
	' sh "$IMAGE_CONTAINER" ||
		die "podman cannot make a container image in the image's root: see $KBP_CACHE/log/image-container.log"
}

# image_write FOLDER: its root as a sparse file with an ext4.
image_write() {
	local part=$1 root=$1/root
	say "image 4/4: ext4"
	logged image-versions root_run "$root" dpkg-query -W
	cp "$KBP_CACHE/log/image-versions.log" "$part/packages"
	rm -rf "$root/usr/share/man" "$root/usr/share/doc" "$root/usr/share/locale" "$root/var/lib/apt/lists" \
		"$root/var/cache/apt" "$root/usr/sbin/policy-rc.d" "$root"/run/* "$root"/tmp/*
	# What root_run mounts on; none of it is mounted any more, and rmdir takes nothing that is not empty.
	rmdir -p --ignore-fail-on-non-empty "$root"{"$ROOT_KERNELS","$ROOT_REPO","$ROOT_CARGO"} "$root$KBP_REPO" 2>/dev/null || true
	mkdir -p "$root/var/lib/apt/lists" "$root/var/cache/apt/archives"
	logged image-ext4 mke2fs -q -t ext4 -F -L kbp-guest -E lazy_itable_init=1,root_owner=0:0 -d "$root" "$part/debian.ext4" "${IMAGE_MIB}M" ||
		die "mke2fs cannot write the image: see $KBP_CACHE/log/image-ext4.log"
}
