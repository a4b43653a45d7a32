# SPDX-License-Identifier: GPL-2.0
# story: suspend to idle: pollers let the core idle, and serve again after

. words.sh

# What the host says at the end of its load wakes the guest: a byte on this serial line.
echo enabled >/sys/class/tty/ttyS2/power/wakeup
steer eth0 1
load
for how in '--irq armed' '--irq masked'; do
	# shellcheck disable=SC2086 # options
	expect 0 kbpctl enable --cores 1 $how
	quiet 1 lossless guest_echo 200
	slept=$(counter 1 yields_suspend)
	kbp-mark host-echo
	echo freeze >/sys/power/state
	note "the host said: $(kbp-wait)"
	served 1
	same 'times yielded for it' yes "$([ "$(counter 1 yields_suspend)" -gt "$slept" ] && echo yes)"
	# The NIC was reset on the way.
	steer eth0 1
	quiet 1 lossless guest_echo 200
	expect 0 kbpctl disable
done
unload
