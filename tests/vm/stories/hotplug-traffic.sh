# SPDX-License-Identifier: GPL-2.0
# story: an enabled core goes offline and comes back: given back, taken again, no loss

. words.sh

load
expect 0 kbpctl enable --cores 1 --irq masked
for round in 1 2 3; do
	steer eth0 1
	lossless_traffic 1
	echo 0 >/sys/devices/system/cpu/cpu1/online
	yielded 1 'core offline'
	same 'thread of the offline core' '' "$(poller 1)"
	lossless guest_echo 300
	lossless_traffic_over
	expect 1 kbpctl enable --cores 1
	says 'core 1 is offline'
	echo 1 >/sys/devices/system/cpu/cpu1/online
	served 1
done
same 'times given back' 3 "$(counter 1 yields_offline)"
steer eth0 1
quiet 1 lossless guest_echo 300
echo 0 >/sys/devices/system/cpu/cpu1/online
expect 0 kbpctl disable
echo 1 >/sys/devices/system/cpu/cpu1/online
off 1
unload
