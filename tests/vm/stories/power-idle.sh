# SPDX-License-Identifier: GPL-2.0
# story: suspend to idle: pollers let the core idle, and serve again after
# load: 5 5 2

. words.sh
. power.sh

# What the host says at the end of its load wakes the guest: a byte on this serial line. The load must fit into
# the NIC of a guest that takes nothing; no answer comes.
echo enabled >/sys/class/tty/ttyS2/power/wakeup
to_idle() {
	kbp-mark host-echo
	echo freeze >/sys/power/state
	note "the host said: $(kbp-wait)"
}

steer eth0 1
load
for how in '--irq armed' '--irq masked'; do
	serves_over_sleep "$how" to_idle
done
unload
