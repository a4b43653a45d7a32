# SPDX-License-Identifier: GPL-2.0
# story: softirq serves while the poller is away, and the poller comes when that does not get through
# kernel: bookworm trixie-backports

. words.sh

# calls: how often the poller was called, asleep or in a window.
calls() { echo $(($(counter 1 sleep_wakeups) + $(counter 1 window_wakeups))); }
# called COMMAND...: it is, meanwhile.
called() {
	local before
	before=$(calls)
	"$@"
	[ "$(calls)" -gt "$before" ] || fail "kbp/1 was not called during '$*'"
	ok "kbp/1 was called $(($(calls) - before)) times during '$*'"
}

# watched: how often the watch has run in two seconds.
watched() {
	local pid before
	pid=$(pidof kbp-watch)
	before=$(cut -d ' ' -f 3 "/proc/$pid/schedstat")
	sleep 2
	echo $(($(cut -d ' ' -f 3 "/proc/$pid/schedstat") - before))
}

testnic
steer eth0 1
load
for irq in armed masked; do
	expect 0 kbpctl enable --cores 1 --irq $irq --idle adaptive:100 --away softirq
	same 'away' softirq "$(status_field cores.1.config.away)"
	# As without KBP: the kernel serves.
	busy 1 lossless guest_echo 300
	busy 1 lossless tn_run cpu=1 period_ns=1000000 burst=1 cost_ns=0 count=500
	# More than a softirq's budget at once, and more than the core can do.
	hog 1
	called lossless tn_run cpu=1 period_ns=20000000 burst=1000 cost_ns=4000 count=20000
	lossless tn_run cpu=1 period_ns=1000000 burst=8 cost_ns=140000 count=4000
	# A softirq that takes the core for 20 ms: what comes meanwhile does not wait for ksoftirqd.
	called lossless tn_run cpu=1 period_ns=1000000 burst=1 cost_ns=0 count=1000 tasklet_period_ns=100000000 tasklet_ns=20000000
	hog_over
	echo tasklet_period_ns=0 >$tn/config
	served 1
	expect 0 kbpctl disable
	busy 1 lossless guest_echo 100
done
# Where softirq serves there is nobody to watch, but when the poller looks twice in a second.
expect 0 kbpctl enable --cores 1 --idle adaptive:100 --away softirq
runs=$(watched)
[ "$runs" -le 20 ] || fail "the watch has run $runs times in 2 s while softirq served"
expect 0 kbpctl set --cores 1 --away thread
runs=$(watched)
[ "$runs" -ge 40 ] || fail "the watch has run $runs times in 2 s while a poller served"
# Ended in the middle, by every way there is.
expect 0 kbpctl set --cores 1 --away softirq
# shellcheck disable=SC2119 # a core may be left out
lossless_traffic
expect 0 kbpctl set --cores 1 --away thread
quiet 1 lossless guest_echo 200
expect 0 kbpctl set --cores 1 --away softirq
busy 1 lossless sleep 1
lossless_traffic_over
unload
