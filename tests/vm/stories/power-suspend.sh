# SPDX-License-Identifier: GPL-2.0
# story: suspend: pollers yield before, and serve again after, whatever their mode
# warning: hpet: Lost .* RTC interrupts|CPU1 failed to report alive state|Error taking CPU1 up

. words.sh
. power.sh

for_two_seconds() {
	echo 0 >/sys/class/rtc/rtc0/wakealarm
	echo +2 >/sys/class/rtc/rtc0/wakealarm
	echo mem >/sys/power/state
	# The kernel gives a virtual CPU ten seconds to come up, which a busy host may need for others.
	[ "$(cat $online)" = 1 ] || {
		note 'core 1 has not come up in time'
		until_true 60 'core 1 is online' comes_up
	}
}
online=/sys/devices/system/cpu/cpu1/online
comes_up() { echo 1 2>/dev/null >$online; }

steer eth0 1
load
for how in '--irq armed --idle spin' '--irq masked' '--idle adaptive:100' '--idle adaptive --away softirq'; do
	serves_over_sleep "$how" for_two_seconds
done
unload
