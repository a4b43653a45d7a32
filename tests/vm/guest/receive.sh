# SPDX-License-Identifier: GPL-2.0
# Who receives, and whether anything is lost.

# steer DEVICE CORE: the receive interrupts of a virtio NIC go to this core.
steer() {
	local virtio irq
	virtio=$(basename "$(readlink -f "/sys/class/net/$1/device")")
	# shellcheck disable=SC2013 # numbers
	for irq in $(sed -n "s/^ *\([0-9]*\):.* $virtio-input\..*/\1/p" /proc/interrupts); do
		echo "$2" >"/proc/irq/$irq/smp_affinity_list"
		# The kernel moves a vector when it fires the next time.
		for _ in 1 2 3 4 5; do
			[ "$(cat "/proc/irq/$irq/effective_affinity_list")" = "$2" ] && break
			ping -q -c 2 -i 0.1 10.77.0.1 >/dev/null || true
		done
		same "core of interrupt $irq ($1)" "$2" "$(cat "/proc/irq/$irq/effective_affinity_list")"
	done
}

# vectors_of DEVICE: the interrupts of a virtio NIC's receive queues, in their order; in use or not.
vectors_of() {
	local queue=0 irq name found=yes
	while [ "$found" ]; do
		found=
		for irq in "/sys/class/net/$1"/device/../msi_irqs/*; do
			read -r name <"/sys/kernel/irq/${irq##*/}/actions" || continue
			case $name in *"-input.$queue") found=${irq##*/} ;; esac
		done
		queue=$((queue + 1))
		echo "$found"
	done | in_a_line
}

# placed DEVICE: all that a driver places when the number of its queues changes.
placed() {
	local irq
	for irq in "/sys/class/net/$1"/device/../msi_irqs/*; do
		echo "${irq##*/} $(cat "/proc/irq/${irq##*/}/smp_affinity")"
	done
	for irq in "/sys/class/net/$1"/queues/*; do echo "${irq##*/}"; done
	cat "/sys/class/net/$1"/queues/tx-*/xps_cpus
}

# interrupts: how often eth0's receive interrupt was taken.
interrupts() { awk '/virtio.*-input/ { for (i = 2; i <= 3; i++) sum += $i } END { print sum }' /proc/interrupts; }

# softirq NAME CORE: how often it has run there.
softirq() {
	local name="$1:" column=$(($2 + 1)) word counts
	while read -r word counts; do
		[ "$word" = "$name" ] || continue
		# shellcheck disable=SC2086 # one a core
		set -- $counts
		eval "echo \${$column}"
		return
	done </proc/softirqs
}

# quiet CORE COMMAND...: not one NET_RX softirq runs on the core meanwhile, and KBP counts packets.
quiet() {
	local core=$1 softirqs packets
	shift
	softirqs=$(softirq NET_RX "$core")
	packets=$(counter "$core" packets)
	"$@"
	same "NET_RX softirqs on core $core during '$*'" 0 $(($(softirq NET_RX "$core") - softirqs))
	packets=$(($(counter "$core" packets) - packets))
	[ "$packets" -gt 0 ] || fail "kbp/$core polled no packet during '$*'"
	note "kbp/$core polled $packets packets"
}

# busy CORE COMMAND...: NET_RX softirqs do run on the core meanwhile.
busy() {
	local core=$1 softirqs
	shift
	softirqs=$(softirq NET_RX "$core")
	"$@"
	softirqs=$(($(softirq NET_RX "$core") - softirqs))
	[ "$softirqs" -gt 0 ] || fail "no NET_RX softirq ran on core $core during '$*'"
	ok "$softirqs NET_RX softirqs on core $core during '$*'"
}

# snmp_of LABEL PROTOCOL 'NAME...': these counters of /proc/net/snmp, each with LABEL and its name if LABEL is not
# empty. snmp PROTOCOL NAME: one of them. udp NAME: one of UDP.
snmp_of() {
	local label=$1 protocol="$2:" wanted=" $3 " line names="" word
	while read -r word line; do
		[ "$word" = "$protocol" ] || continue
		# The first line has the names, the second the values.
		[ -n "$names" ] || {
			names=$line
			continue
		}
		# shellcheck disable=SC2086 # words
		set -- $line
		for word in $names; do
			case $wanted in *" $word "*) echo "${label:+$label$word }$1" ;; esac
			shift
		done
	done </proc/net/snmp
}
snmp() { snmp_of '' "$1" "$2"; }
udp() { snmp Udp "$1"; }

# drop_counters: NAME VALUE of each with which the kernel counts what it loses on its receive path.
drop_counters() {
	local row=0 dropped counter value
	while read -r _ dropped _; do
		echo "softnet-row-$row $((0x$dropped))"
		row=$((row + 1))
	done </proc/net/softnet_stat
	snmp_of Udp: Udp 'InErrors RcvbufErrors InCsumErrors'
	for counter in /sys/class/net/*/statistics/rx_dropped /sys/class/net/*/statistics/rx_errors \
		/sys/class/net/*/statistics/rx_missed_errors; do
		# A device may be going away.
		read -r value 2>/dev/null <"$counter" || value=gone
		echo "${counter#/sys/class/net/} $value"
	done
}

# no_drops WHEN BEFORE: none of them has moved since drop_counters said BEFORE.
no_drops() {
	local now moved=none
	now=$(drop_counters)
	[ "$2" = "$now" ] || moved=$(printf '%s\nnow\n%s\n' "$2" "$now" | awk '
		$1 == "now" { now = 1; next }
		!now { before[$1] = $2; next }
		$2 != before[$1] { moved = moved " " $1 " by " $2 - before[$1] }
		END { print moved == "" ? "none" : substr(moved, 2) }')
	same "drop counters that moved $1" none "$moved"
}

# lossless COMMAND...: no drop counter moves meanwhile.
lossless() {
	local before
	before=$(drop_counters)
	"$@"
	no_drops "during '$*'" "$before"
}
