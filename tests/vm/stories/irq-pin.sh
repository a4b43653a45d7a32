# SPDX-License-Identifier: GPL-2.0
# story: enable --from brings the packets of a NIC to the cores, and irq restore brings back what was, to the byte
# kernel: bookworm trixie trixie-backports
# smp: 4
# nic: queues=4

. words.sh

# affinities: of all interrupts of eth0.
affinities() {
	local irq
	for irq in /sys/class/net/eth0/device/../msi_irqs/*; do
		echo "${irq##*/} $(cat "/proc/irq/${irq##*/}/smp_affinity")"
	done | in_a_line
}
# each_queue COMMAND...: from each core, whose own queue brings the answers.
each_queue() {
	local core
	for core in 1 2 4 8; do
		taskset -p $core $$ >/dev/null
		"$@"
	done
	taskset -p 1 $$ >/dev/null
}
# packets: that the pollers of cores 2 and 3 have had.
packets() { echo $(($(counter 2 packets) + $(counter 3 packets))); }
# arrives COMMAND...: its packets come to cores 2 and 3, and only there.
arrives() {
	local before elsewhere
	before=$(packets)
	elsewhere=$(($(softirq NET_RX 0) + $(softirq NET_RX 1)))
	lossless "$@"
	same 'NET_RX softirqs on cores 0 and 1' 0 $(($(softirq NET_RX 0) + $(softirq NET_RX 1) - elsewhere))
	[ "$(packets)" -ge $((before + 400)) ] || fail 'cores 2 and 3 did not poll each packet'
	note "packets on cores 2 and 3: $(($(packets) - before))"
}

load
was=$(affinities)
note "$was"
expect 0 kbpctl irq show --all
says virtio0-input.0 virtio0-output.3 virtio0-config 'rx-3' softirq

# What cannot be enabled leaves the interrupts where they were.
expect 1 kbpctl enable --cores 0 --from eth0
says 'core 0 runs work' 'moved back'
same 'affinities' "$was" "$(affinities)"
expect 1 kbpctl enable --cores 2-4 --from eth0
same 'affinities' "$was" "$(affinities)"

expect 0 kbpctl enable --cores 2-3 --from eth0
says 'cores 2-3: enabled' '4 receive interrupts of eth0 moved there' 'several queues share cores 2-3'
expect 0 kbpctl irq show eth0
says 'kbp/2' 'kbp/3' 'with its next interrupt'
# Each vector moves when it fires.
each_queue guest_echo 50
case $(kbpctl irq show eth0) in *'with its next interrupt'*) fail 'an interrupt has not moved' ;; esac
arrives each_queue guest_echo 100
expect 0 kbpctl enable --cores 2-3 --from eth0
says 'go there already'

# Others may write it: once more, and it is as it was.
for irq in /sys/class/net/eth0/device/../msi_irqs/*; do
	irq=${irq##*/}
	case $(cat "/sys/kernel/irq/$irq/actions") in *input*) echo 0 >"/proc/irq/$irq/smp_affinity_list" ;; esac
done
expect 0 kbpctl irq pin eth0 --cores 2-3
says 'pinned to cores 2-3'
expect 0 kbpctl irq restore
says 'virtio0-input.3'
same 'affinities' "$was" "$(affinities)"
expect 0 kbpctl irq restore
says 'no interrupt was moved by kbpctl'
[ ! -e /run/kbp/irq.json ] || fail 'there is still something to restore'
lossless guest_echo 100

# The whole ceremony, saved and brought back.
expect 0 kbpctl enable --cores 2-3 --from eth0 --save
expect 0 kbpctl disable
expect 0 kbpctl irq restore
expect 0 kbpctl reapply
says '4 receive interrupts of eth0 moved there'
each_queue guest_echo 50
arrives each_queue guest_echo 100
unload
