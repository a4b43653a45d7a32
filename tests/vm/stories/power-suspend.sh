# SPDX-License-Identifier: GPL-2.0
# story: suspend: pollers yield before, and serve again after, whatever their mode
# warning: hpet: Lost .* RTC interrupts

. words.sh
. power.sh

for_two_seconds() {
	echo 0 >/sys/class/rtc/rtc0/wakealarm
	echo +2 >/sys/class/rtc/rtc0/wakealarm
	echo mem >/sys/power/state
}

steer eth0 1
load
for how in '--irq armed --idle spin' '--irq masked' '--idle adaptive:100' '--idle adaptive --away softirq'; do
	serves_over_sleep "$how" for_two_seconds
done
unload
