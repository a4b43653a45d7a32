#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# policy.sh DEVICE IRQ, installed as irqbalance-policy: for irqbalance's --policyscript. It prints
# ban=true for the interrupts of each PCI device that kbpctl has pinned since the boot, or whose
# interface is in the saved state; irqbalance leaves those alone. For others it prints nothing.
# KBP_ROOT is put before every path.
set -u

root=${KBP_ROOT-}
device=${1-}

# up FOLDER: an interface and all that stand on it, such as a bond.
up() {
	name=${1##*/}
	echo "${name#upper_}"
	for over in "$1"/upper_*; do
		[ ! -d "$over" ] || up "$over"
	done
}

# names: of the interfaces of the device, and of what stands on them.
names() {
	for net in "$device"/net/* "$device"/virtio*/net/*; do
		[ ! -d "$net" ] || up "$net"
	done
}

# saved: the interfaces that the saved state names.
saved() {
	file=$root/etc/kbp/kbp.toml
	[ -f "$file" ] || file=$root/usr/lib/kbp/kbp.toml
	cat "$file" "$root"/etc/kbp/kbp.d/*.toml 2>/dev/null |
		sed -n 's/^[[:space:]]*from[[:space:]]*=[[:space:]]*"\([^"]*\)".*/\1/p' | tr , '\n' | tr -d ' '
}

is_pinned() { grep -qsF "\"device\": \"${device##*/}\"" "$root/run/kbp/irq.json"; }
is_saved() {
	interfaces=$(saved)
	[ -n "$interfaces" ] && names | grep -qxF "$interfaces"
}

if is_pinned || is_saved; then
	echo ban=true
fi
