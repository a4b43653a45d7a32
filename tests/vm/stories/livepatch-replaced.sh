# SPDX-License-Identifier: GPL-2.0
# story: a foreign livepatch takes our place: noticed within a second, named, softirq serves

. words.sh

steer eth0 1
load
# Masked: what is held when the hooks go must not be stranded.
expect 0 kbpctl enable --cores 1 --irq masked
lossless_traffic 1
if has_events; then echo 1 >/sys/kernel/tracing/events/kbp/yield/enable; fi
turn
insmod /lib/kbp/tests/kbp_foreign.ko replace=1
until_true 30 'the foreign livepatch is in' foreign_is_in
yielded 1 'hooks replaced'
if has_events; then
	# Both clocks are the kernel's local one.
	patched=$(dmesg | sed -n "s/^\[ *\([0-9.]*\)\] livepatch: 'kbp_foreign': patching complete/\1/p")
	seen=$(sed -n 's/.* \([0-9.]*\): yield: core=1 reason=hooks/\1/p' /sys/kernel/tracing/trace | head -n 1)
	took=$(awk -v from="$patched" -v to="$seen" 'BEGIN { print int((to - from) * 1000) }')
	note "noticed $took ms after the transition"
	[ "$took" -le $((1000 + $(waited_ms))) ] || fail 'not noticed within a second'
fi
expect 0 kbpctl status
says 'replaced by kbp_foreign'
busy 1 guest_echo 300
expect 3 kbpctl enable --cores 1
load
expect 0 kbpctl enable --cores 1
served 1
quiet 1 guest_echo 300
lossless_traffic_over
foreign_out 10000
served 1
quiet 1 lossless guest_echo 300
unload
