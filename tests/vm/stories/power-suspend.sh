# SPDX-License-Identifier: GPL-2.0
# story: suspend: pollers yield before, and serve again after, whatever their mode
# packed: yes
# warning: hpet: Lost .* RTC interrupts|CPU1 failed to report alive state|Error taking CPU1 up

. words.sh
. power.sh

for_two_seconds() {
	echo 0 >/sys/class/rtc/rtc0/wakealarm
	echo +2 >/sys/class/rtc/rtc0/wakealarm
	echo mem >/sys/power/state
	comes_up
}

# Now and then (1 of some 25 times, without KBP, too) QEMU does not start the virtual CPU again, and the kernel
# gives it up for good after ten seconds. Then KBP has no core to serve, says so, and goes.
comes_up() {
	case $(cat /sys/devices/system/cpu/online) in 0-1) return ;; esac
	note 'core 1 has not come up again'
	yielded 1 'core offline'
	expect 0 kbpctl disable
	unload
	the_end
}

steer eth0 1
load
for how in '--irq armed --idle spin' '--irq masked' '--idle adaptive:100' '--idle adaptive --away softirq'; do
	serves_over_sleep "$how" for_two_seconds
done
unload
