# SPDX-License-Identifier: GPL-2.0
# story: stopping an interface and removing its driver take as long under KBP as under softirq

. words.sh

load
for round in 1 2 3 4 5 6 7; do
	for receiver in softirq armed masked; do
		[ $receiver = softirq ] || kbpctl enable --cores 1 --irq $receiver >/dev/null
		testnic
		tn_start cpu=1 period_ns=1000000 burst=8 cost_ns=80000 count=0
		usleep 200000
		time_of down-$receiver ip link set ktn0 down
		ip link set ktn0 up
		usleep 100000
		time_of rmmod-$receiver rmmod kbp_testnic
		[ $receiver = softirq ] || kbpctl disable >/dev/null
	done
done
for what in down rmmod; do
	for receiver in armed masked; do no_longer $what-$receiver $what-softirq; done
done
unload
