# SPDX-License-Identifier: GPL-2.0
# A boot of a machine on which KBP is installed: Debian's dpkg has installed the package, an administrator has
# saved which cores are to be served, and Debian's systemd starts the units that the package brought.

# property NAME: of kbp.service.
property() { systemctl show --property "$1" --value kbp.service; }

# well: the boot is over, every unit has started or has not been wanted, and the kernel says nothing of KBP
# but what it says of every module of its kind.
well() {
	same 'the system' running "$(systemctl is-system-running)"
	same 'kbp.service, for the next boot' enabled "$(systemctl is-enabled kbp.service)"
	complaints=$(dmesg -r | grep -E '^<[0-4]>' | grep -i kbp | grep -v -e ' taints kernel' -e 'tainting kernel' \
		-e 'signature and/or required key missing' -e 'kbp-story' || true)
	same 'complaints about KBP during the boot' '' "$complaints"
}
