# SPDX-License-Identifier: GPL-2.0
# story: a NIC under load is threaded and back: within seconds, without loss

. words.sh
. threaded.sh

testnic
load
for mode in armed masked; do
	expect 0 kbpctl enable --cores 1 --irq $mode
	tn_start cpu=1 period_ns=2000000 burst=4 cost_ns=50000 count=0
	for round in 1 2 3; do
		quiet 1 soon_polls 1 ktn0
		threaded ktn0 1
		left_alone ktn0
		threaded ktn0 0
	done
	quiet 1 soon_polls 1 ktn0
	tn_stop
	same 'packets the synthetic NIC dropped' 0 "$(tn_stat dropped)"
	quiet 1 tn_run cpu=1 period_ns=200000 burst=2 cost_ns=0 count=2000
done
unload
