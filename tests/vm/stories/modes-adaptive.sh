# SPDX-License-Identifier: GPL-2.0
# story: adaptive: sleeps without packets, each packet wakes it, none is missed

. words.sh

testnic
steer eth0 1
load
for irq in armed masked; do
	expect 0 kbpctl enable --cores 1 --irq $irq --idle adaptive:100 --max-exit-latency 50
	before=$(counter 1 sleep_ns)
	sleep 2
	slept=$((($(counter 1 sleep_ns) - before) / 1000000))
	[ $slept -gt 1000 ] || fail "slept $slept ms of 2000 without a packet"
	note "slept $slept ms of 2000 without a packet"
	# Packets just when it falls asleep: as far apart as it spins, a little less, a little more.
	for period_ns in 60000 90000 100000 110000 130000 1000000 20000000; do
		quiet 1 lossless tn_run cpu=1 period_ns=$period_ns burst=1 count=$((400000000 / period_ns + 20))
	done
	quiet 1 lossless guest_echo 500 200
	[ "$(counter 1 sleep_wakeups)" -gt 20 ] || fail 'hardly a sleep ended by a packet'
	spins=$(status_field cores.1.config.current_spin_us)
	{ [ "$spins" -ge 6 ] && [ "$spins" -le 100 ]; } || fail "spins $spins us, of 100 at most"
	expect 0 kbpctl disable
done
unload
