# SPDX-License-Identifier: GPL-2.0
# Whether "masked" masks the interrupt of a driver. Core 1 is served.

# eth1_here: its interrupts go to core 1. The host's address is kept from here on: QEMU's NICs of Intel count
# each answer to "who has", which is shorter than a wire would have it, as an error, and deliver it.
eth1_here() {
	local irq
	for irq in /sys/class/net/eth1/device/msi_irqs/*; do echo 1 >"/proc/irq/${irq##*/}/smp_affinity_list"; done
	ping -q -c 3 10.77.1.1 >/dev/null
	arp -i eth1 -s 10.77.1.1 "$(awk '$1 == "10.77.1.1" { print $4 }' /proc/net/arp)"
}

# arms DEVICE: its driver arms it whatever NAPI answers, and status says what that means.
arms() {
	note "NAPIs of core 1, as DEVICE HELD POLLS PACKETS DELAYS ARMS: $(napi_lines 1 | in_a_line)"
	same "$1 arms" true "$(napi_arms 1 "$1")"
	same "$1 is held" false "$(napi_held 1 "$1")"
	expect 0 kbpctl status
	says "of $1: its driver arms the interrupt"
}

# masks DEVICE COMMAND...: its driver leaves the interrupt off while packets come.
masks() {
	local device=$1 held
	shift
	held=$(counter 1 held_polls)
	quiet 1 lossless "$@"
	same "$device arms" false "$(napi_arms 1 "$device")"
	[ "$(counter 1 held_polls)" -gt $((held + 1000)) ] || fail "$device was hardly ever held"
}

# eth1_pings: 200 in two seconds. Sets $interrupts to what the answers cost.
eth1_pings() {
	interrupts=$(eth1_interrupts)
	pings 200 10.77.1.1
	interrupts=$(($(eth1_interrupts) - interrupts))
	note "receive interrupts of eth1 for 200 pings: $interrupts"
}
eth1_interrupts() { awk '$NF ~ /^eth1-rx/ { for (i = 2; $i ~ /^[0-9]+$/; i++) sum += $i } END { print sum + 0 }' /proc/interrupts; }

# eth1_armed_then_masked: armed, nearly each ping is announced; from here on it is masked.
eth1_armed_then_masked() {
	eth1_here
	load
	expect 0 kbpctl enable --cores 1 --irq armed
	quiet 1 eth1_pings
	armed=$interrupts
	[ "$armed" -ge 150 ] || fail "armed: $armed interrupts for 200 pings"
	expect 0 kbpctl set --cores 1 --irq masked
}
