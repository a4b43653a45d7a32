# SPDX-License-Identifier: GPL-2.0
# story: enable --from brings the packets of a NIC to the cores, and irq restore brings back what was, to the byte
# kernel: bookworm trixie trixie-backports
# smp: 4
# nic: queues=4

. words.sh

# affinities: of all interrupts of eth1.
affinities() {
	local irq
	for irq in /sys/class/net/eth1/device/../msi_irqs/*; do
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
# arrives COMMAND...: each of its 400 packets comes to cores 2 and 3.
arrives() {
	local before
	before=$(packets)
	lossless "$@"
	[ "$(packets)" -ge $((before + 400)) ] || fail "cores 2 and 3 polled $(($(packets) - before)) packets of 400"
	note "packets on cores 2 and 3: $(($(packets) - before))"
}

load
was=$(affinities)
note "$was"
expect 0 kbpctl irq show eth1 --all
says -input.0 -output.3 -config 'rx-3' softirq '4 receive queues'

# What cannot be enabled leaves the interrupts where they were.
expect 1 kbpctl enable --cores 0 --from eth1
says 'core 0 runs work' 'moved back'
same 'affinities' "$was" "$(affinities)"
expect 1 kbpctl enable --cores 2-4 --from eth1
same 'affinities' "$was" "$(affinities)"

expect 0 kbpctl enable --cores 2-3 --from eth1
says 'cores 2-3: enabled' '4 receive interrupts of eth1 moved there' 'several queues share cores 2-3'
expect 0 kbpctl irq show eth1
says 'kbp/2' 'kbp/3' 'with its next interrupt'
# Each vector moves when it fires.
each_queue pings 100 10.77.1.1
case $(kbpctl irq show eth1) in *'with its next interrupt'*) fail 'an interrupt has not moved' ;; esac
arrives each_queue pings 100 10.77.1.1
expect 0 kbpctl enable --cores 2-3 --from eth1
says 'go there already'

# Others may write it: once more, and it is as it was.
for irq in /sys/class/net/eth1/device/../msi_irqs/*; do
	irq=${irq##*/}
	case $(cat "/sys/kernel/irq/$irq/actions") in *input*) echo 0 >"/proc/irq/$irq/smp_affinity_list" ;; esac
done
ping -q -c 1000 -i 0.02 10.77.1.1 >/dev/null &
expect 0 kbpctl irq pin eth1 --cores 2-3
says 'pinned to cores 2-3' 'verified: ' 'packets polled by KBP'
kill $!
wait $! || true
expect 0 kbpctl irq restore
says '-input.3'
same 'affinities' "$was" "$(affinities)"
expect 0 kbpctl irq restore
says 'no interrupt was moved by kbpctl'
[ ! -e /run/kbp/irq.json ] || fail 'there is still something to restore'
lossless pings 100 10.77.1.1

# The whole ceremony, saved and brought back.
expect 0 kbpctl enable --cores 2-3 --from eth1 --save
expect 0 kbpctl disable
expect 0 kbpctl irq restore
expect 0 kbpctl reapply
says '4 receive interrupts of eth1 moved there'
each_queue pings 100 10.77.1.1
arrives each_queue pings 100 10.77.1.1
unload
