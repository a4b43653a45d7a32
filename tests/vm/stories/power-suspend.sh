# SPDX-License-Identifier: GPL-2.0
# story: suspend: pollers yield before, and serve again after, whatever their mode
# warning: hpet: Lost .* RTC interrupts

. words.sh

steer eth0 1
load
for how in '--irq armed --idle spin' '--irq masked' '--idle adaptive:100'; do
	# shellcheck disable=SC2086 # options
	expect 0 kbpctl enable --cores 1 $how
	quiet 1 lossless guest_echo 200
	slept=$(counter 1 yields_suspend)
	echo 0 >/sys/class/rtc/rtc0/wakealarm
	echo +2 >/sys/class/rtc/rtc0/wakealarm
	echo mem >/sys/power/state
	served 1
	same 'times yielded for it' yes "$([ "$(counter 1 yields_suspend)" -gt "$slept" ] && echo yes)"
	# The NIC was reset on the way.
	steer eth0 1
	quiet 1 lossless guest_echo 200
	expect 0 kbpctl disable
done
unload
