# SPDX-License-Identifier: GPL-2.0
# story: modes, policies, scheduling and windows change at run time without a lost packet

. words.sh

testnic
steer eth0 1
load
expect 0 kbpctl enable --cores 1
lossless_traffic 1
# As many packets as a slow host can read, and a tenth of the core for them.
tn_start cpu=1 period_ns=1000000 burst=2 cost_ns=50000 count=0
for round in 1 2 3; do
	for how in '--irq masked' '--idle adaptive:50' '--irq armed' '--sched other:-5' '--irq masked' \
		'--window 100 --spacing 1000' '--idle spin' '--sched fifo' '--rescue 200' '--irq armed'; do
		# shellcheck disable=SC2086 # options
		expect 0 kbpctl set --cores 1 $how
		usleep 150000
	done
done
tn_stop
same 'packets the NIC delivered' "$(tn_stat generated)" "$(tn_stat delivered)"
lossless_traffic_over
expect 2 kbpctl set --cores 1 --window 5
says 5 20 1000
expect 2 kbpctl set --cores 1
expect 2 kbpctl set --cores 1 --sched other:40
served 1
unload
