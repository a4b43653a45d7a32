# SPDX-License-Identifier: GPL-2.0
# story: a driver can be stopped and removed while KBP keeps its interrupt off

. words.sh

was_held() { [ "$(counter 1 held_polls)" -gt "$held" ]; }
load
for idle in spin adaptive:200; do
	expect 0 kbpctl enable --cores 1 --irq masked --idle $idle
	for round in 1 2; do
		testnic
		# Hardly a packet, so that it is the poller who keeps the NAPI scheduled; then many.
		for load in 'period_ns=2000000 burst=1 cost_ns=0' 'period_ns=1000000 burst=8 cost_ns=110000'; do
			tn_start cpu=1 "$load" count=0
			held=$(counter 1 held_polls)
			until_true 20 'it is held' was_held
			tn_restarts
		done
		tn_goes_while_busy
	done
	served 1
done
unload
