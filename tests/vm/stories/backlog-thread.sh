# SPDX-License-Identifier: GPL-2.0
# story: a backlog with a thread of its own is left to it: nothing is lost, and status tells with the cure
# kernel: trixie trixie-backports
# append: thread_backlog_napi
# tool: ip

. words.sh

told='part of loopback, veth and RPS passes KBP by: boot without thread_backlog_napi'
# rps CORES: a mask; who receives what comes over loopback. 0: the core that sends.
rps() { echo "$1" >/sys/class/net/lo/queues/rx-0/rps_cpus; }

grep -qsx backlog_napi/1 /proc/[0-9]*/comm || fail 'no backlog has a thread here'
ip link set lo up
echo_server
steer eth0 1
load
for mode in '--irq armed --idle spin' '--irq masked --idle adaptive:200'; do
	# shellcheck disable=SC2086 # options
	expect 0 kbpctl enable --cores 1 $mode
	expect 0 kbpctl status
	says "$told"
	same 'as JSON' true "$(status_field cores.1.backlog_thread)"
	for cores in 0 2; do
		rps $cores
		before=$(softirq NET_RX 1)
		lossless at_once 'echo_from 1 127.0.0.1 150' 'echo_from 0 127.0.0.1 150' 'guest_echo 300 300'
		note "NET_RX softirqs on core 1: $(($(softirq NET_RX 1) - before))"
	done
	served 1
	expect 0 kbpctl disable
	same 'as JSON, when softirq serves' false "$(status_field cores.1.backlog_thread)"
done
unload
