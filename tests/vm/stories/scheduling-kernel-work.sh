# SPDX-License-Identifier: GPL-2.0
# story: kworkers, RCU, RCU-tasks, net device changes finish within a second beside a poller
# tool: ip
# limit: 400

. words.sh

# The longest that a piece of per-CPU kernel work may take beside a poller, in milliseconds: the promise of
# the product.
limit=1000

# within COMMAND...: it ends in time; $prepare runs before and may take as long as it likes.
prepare=
within() {
	local took
	# An emulator has its own delays, too: three times in a row are no accident.
	for _ in 1 2 3; do
		$prepare
		turn
		"$@" >/dev/null || fail "'$*' failed"
		took=$(took_ms)
		[ "$took" -le "$longest" ] || longest=$took
		[ "$took" -gt $limit ] || return 0
	done
	fail "'$*' took $took ms beside $beside"
}
trace=/sys/kernel/tracing
# A work item on every core, and the wait for all of them.
bound_kworker() { cat /proc/sys/vm/stat_refresh; }
# The same from the network side: with the backlog of a veth in use, under the RTNL.
device() {
	ip link add kd0 type dummy
	ip link set kd0 up
	ip link del kd0
}
use_backlogs() {
	ip link add kv0 type veth peer name kv1
	ip addr add 10.79.0.1/24 dev kv0
	ip link set kv0 up
	ip link set kv1 up
	taskset 2 ping -q -c 1 -w 1 10.79.0.2 >/dev/null || true
}
flush_backlogs() { ip link del kv0; }
# Detaching waits for RCU-tasks.
probe() {
	echo 'p:kbp_story do_sys_openat2' >$trace/kprobe_events
	echo 1 >$trace/events/kprobes/kbp_story/enable
}
unprobe() {
	echo 0 >$trace/events/kprobes/kbp_story/enable
	echo >$trace/kprobe_events
}
# A net namespace goes: several synchronize_rcu().
grace_period() { unshare -n true; }
# What waits when a load ends takes a second, and the last packets all have room.
testnic_of 4096
load
expect 0 kbpctl enable --cores 1
for beside in 'a poller' 'a poller and a spinning task'; do
	[ "$beside" = 'a poller' ] || hog 1
	for how in 'fifo armed' 'fifo masked' 'other:0 armed'; do
		# Beside a spinning task SCHED_OTHER means to wait for one's turn.
		expect 0 kbpctl set --cores 1 --sched "${how% *}" --irq "${how#* }" --rescue 5000
		longest=0
		# More than the core can do.
		tn_start cpu=1 period_ns=1000000 burst=4 cost_ns=300000 count=0
		usleep 200000
		within bound_kworker
		within device
		prepare=use_backlogs
		within flush_backlogs
		prepare=probe
		within unprobe
		prepare=
		within grace_period
		echo 0 >$tn/run
		tn_drain
		note "longest beside $beside ($how): $longest ms"
	done
	[ "$beside" = 'a poller' ] || hog_over
done
expect 0 kbpctl set --cores 1 --sched fifo --irq armed
quiet 1 tn_run cpu=1 period_ns=200000 burst=1 cost_ns=0 count=2000
unload
