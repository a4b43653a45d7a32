# SPDX-License-Identifier: GPL-2.0
# story: netconsole sends every message while KBP polls its NIC, and the traffic loses nothing
# module: netconsole

. words.sh

# Port 7 of the host is its echo: every message that it got comes back to our port 6665.
ping -q -c 1 10.77.0.1 >/dev/null
host=$(awk '$1 == "10.77.0.1" { print $4 }' /proc/net/arp)
echo 8 >/proc/sys/kernel/printk
modprobe netconsole "netconsole=6665@10.77.0.2/eth0,7@10.77.0.1/$host"
received() { cat /sys/class/net/eth0/statistics/rx_packets; }
at_rest() { n=$(received); usleep 2000000; [ "$n" = "$(received)" ]; }
# messages COUNT: written by programs on both cores; as many must come back.
messages() {
	until_true 60 'the wire is at rest' at_rest
	kbp-bench udp-sink --port 6665 --timeout 100000 >/tmp/messages &
	sink=$!
	until_true 10 'the sink is up' grep -q ':1A09 ' /proc/net/udp
	# The kernel may have a word of its own to say meanwhile.
	logged=$(dmesg | wc -l)
	# shellcheck disable=SC2119 # a core may be left out
	lossless_traffic
	# In bursts that fill the ring of the NIC (256) now and then.
	storm 10.77.0.1 0 300
	writers=
	for core in 0 1; do
		# shellcheck disable=SC2016 # the inner shell's
		taskset $((core + 1)) sh -c 'for n in $(seq $0); do
			echo "<6>kbp-story: message $n" >/dev/kmsg; usleep 10000; done' $(($1 / 2)) &
		writers="$writers $!"
	done
	# shellcheck disable=SC2086 # several
	wait $writers
	storm_over
	lossless_traffic_over
	until_true 60 'the wire is at rest' at_rest
	kill $sink
	wait $sink
	answer=$(cat /tmp/messages)
	logged=$(($(dmesg | wc -l) - logged))
	[ $logged -ge "$1" ] || fail "$logged lines in the log, want $1"
	same 'messages that came back' $logged "$(json_number foreign)"
}
# What the kernel polls for netconsole, which has no budget.
napi=/sys/kernel/tracing/events/napi/napi_poll
echo 'budget == 0' >$napi/filter
echo 1 >$napi/enable
steer eth0 1
busy 1 messages 100
load
for mode in armed masked; do
	expect 0 kbpctl enable --cores 1 --irq $mode
	quiet 1 messages 100
	served 1
done
note "netconsole polled the NIC $(grep -c napi_poll: /sys/kernel/tracing/trace) times"
unload
expect 0 rmmod netconsole
