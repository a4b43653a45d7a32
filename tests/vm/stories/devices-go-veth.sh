# SPDX-License-Identifier: GPL-2.0
# story: deleting devices waits for a worker on every core: the poller lets it come, under load
# tool: ip
# limit: 400

. words.sh

testnic
far_side 0
load
for mode in armed masked; do
	expect 0 kbpctl enable --cores 1 --irq $mode
	# With the storms it is more than the core can do: the poller has no rest, and NICs drop.
	tn_start cpu=1 period_ns=1000000 burst=8 cost_ns=100000 count=0
	for round in 1 2; do
		far_pair va vb 10.80.0
		far_bridge br0 ba bb 10.81.0
		# To core 1 with all of it: its backlog is what a deletion has to flush.
		for device in va ba br0; do echo 2 >/sys/class/net/$device/queues/rx-0/rps_cpus; done
		storm 10.80.0.2 0
		storm 10.81.0.2 1
		quiet 1 soon_polls 1 'backlog ktn0'
		for device in va br0 ba; do expect 0 timeout 30 ip link del $device; done
		storm_over
	done
	tn_stop
	far_pair va vb 10.80.0
	quiet 1 lossless echo_from 1 10.80.0.2 200
	expect 0 timeout 30 ip link del va
	served 1
done
unload
