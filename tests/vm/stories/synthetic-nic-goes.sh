# SPDX-License-Identifier: GPL-2.0
# story: a driver can be stopped and removed while KBP polls it at high load

. words.sh

load
expect 0 kbpctl enable --cores 1
for round in 1 2 3; do
	testnic
	tn_start cpu=1 period_ns=1000000 burst=8 cost_ns=110000 count=0
	usleep 300000
	expect 0 timeout 30 ip link set ktn0 down
	expect 0 timeout 30 ip link set ktn0 up
	tn_stop
	quiet 1 tn_run cpu=1 period_ns=200000 burst=2 cost_ns=0 count=2000
	tn_start cpu=1 period_ns=1000000 burst=8 cost_ns=110000 count=0
	usleep 300000
	expect 0 timeout 30 rmmod kbp_testnic
done
served 1
unload
