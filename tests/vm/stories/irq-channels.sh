# SPDX-License-Identifier: GPL-2.0
# story: enable --from gives a NIC another number of queues and has cores send by them, and irq restore brings back what was, to the byte
# kernel: bookworm trixie trixie-backports
# smp: 4
# nic: queues=4
# copy: packaging/irqbalance/policy.sh /root/irqbalance-policy

. words.sh

nic=/sys/class/net/eth1

# state: in a line.
state() { placed eth1 | in_a_line; }
# goes QUEUE: where the interrupt of a receive queue may go.
goes() {
	local irq
	for irq in "$nic"/device/../msi_irqs/*; do
		case $(cat "/sys/kernel/irq/${irq##*/}/actions") in
		*"-input.$1") cat "/proc/irq/${irq##*/}/smp_affinity_list" ;;
		esac
	done
}

load_plain
was=$(state)
note "$was"
device=$(readlink -f $nic/device/..)

# What cannot be changes nothing; what fails later is undone, the queues too.
expect 1 kbpctl irq pin eth1 --cores 2-3 --channels 5
says 'it can have 4, as combined channels' 'nothing was changed'
expect 1 kbpctl enable --cores 0 --from eth1 --channels 2 --xps
says 'core 0 runs work' 'moved back'
same 'state' "$was" "$(state)"
expect 0 kbpctl enable --cores 2-3 --from eth1 --channels 2 --xps --dry-run
says 'would set eth1 to 2 combined channels' 'would write 4 to /sys/class/net/eth1/queues/tx-0/xps_cpus'
same 'state' "$was" "$(state)"
expect 0 sh /root/irqbalance-policy "$device" 25
same 'what irqbalance is told' '' "$said"

expect 0 kbpctl enable --cores 2-3 --from eth1 --channels 2 --xps
says 'cores 2-3: enabled' '2 receive interrupts of eth1 moved there' 'eth1 has 2 combined channels now'
same 'receive queues' 2 "$(echo $nic/queues/rx-* | wc -w)"
same 'queue 0 goes to' 2 "$(goes 0)"
same 'queue 1 goes to' 3 "$(goes 1)"
same 'cores that send by tx-0' 4 "$(cat $nic/queues/tx-0/xps_cpus)"
same 'cores that send by tx-1' 8 "$(cat $nic/queues/tx-1/xps_cpus)"
expect 0 sh /root/irqbalance-policy "$device" 25
says 'ban=true'
lossless pings 100 10.77.1.1
expect 0 kbpctl enable --cores 2-3 --from eth1 --channels 2 --xps
says 'go there already'

expect 0 kbpctl irq restore
says 'eth1: 4 combined channels again' 'eth1 tx-0: xps_cpus 1 again'
same 'state' "$was" "$(state)"
[ ! -e /run/kbp/irq.json ] || fail 'there is still something to restore'
lossless pings 100 10.77.1.1
unload
