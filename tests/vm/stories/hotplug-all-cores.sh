# SPDX-License-Identifier: GPL-2.0
# story: all KBP cores go off- and online at once, and while they are being enabled
# smp: 4

. words.sh

settled() {
	local n=0 core
	for core in 1 2 3; do if is_served $core; then n=$((n + 1)); fi; done
	[ $n = 3 ] || [ $n = 0 ]
}
cpus() { for cpu in 1 2 3; do echo "$1" >/sys/devices/system/cpu/cpu$cpu/online & done; wait; }
load
expect 0 kbpctl enable --cores 1-3
for round in 1 2 3 4; do
	cpus 0
	for core in 1 2 3; do yielded $core 'core offline'; done
	consistent
	cpus 1
	for core in 1 2 3; do served $core; done
	consistent
done
expect 0 kbpctl disable
for round in 1 2 3 4 5 6; do
	kbpctl enable --cores 1-3 >/tmp/enable 2>&1 &
	cpus 0
	wait
	cpus 1
	# Whatever the enable met: served now, or refused as a whole.
	until_true 5 'enabled or not' settled
	consistent
	expect 0 kbpctl disable
done
unload
