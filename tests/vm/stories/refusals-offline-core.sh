# SPDX-License-Identifier: GPL-2.0
# story: an offline or absent core is refused, with core, rule and cure

. words.sh

load
echo 0 >/sys/devices/system/cpu/cpu1/online
before=$(status_lines)
expect 1 kbpctl enable --cores 1
says 'core 1 is offline' 'online are 0' 'echo 1 > /sys/devices/system/cpu/cpu1/online'
same status "$before" "$(status_lines)"
echo 1 >/sys/devices/system/cpu/cpu1/online
for list in 7 1,7 1023; do
	expect 1 kbpctl enable --cores $list
	says "core ${list#*,} cannot exist here" 'possible are 0-1' 'name a core that is online'
	same status "$before" "$(status_lines)"
done
off 1
expect 0 kbpctl enable --cores 1
served 1
unload
