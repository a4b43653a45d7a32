# SPDX-License-Identifier: GPL-2.0
# story: many times enable and disable under traffic: no packet lost, no memory left behind
# limit: 600
# long-limit: 6120

. words.sh

# 300 times in all; ten thousand as a long test.
window=$(often 60 2000)
steer eth0 1
load
expect 0 kbpctl set --cores 1 --irq masked
# shellcheck disable=SC2119 # a core may be left out
lossless_traffic
cycles "$window"
least=$grown
for round in 1 2 3 4; do
	cycles "$window"
	[ $grown -gt $least ] || least=$grown
done
lossless_traffic_over
# A leak shows in every window; caches that fill up do not. The least that a cycle takes
# is a thread, 25 KiB; traffic, kbpctl's processes and the kernel's own delayed frees were
# seen to move a window by up to 170 KiB, and the least of four by 60.
[ $least -le 200 ] || fail "the kernel's memory grows by $least KiB or more every $window cycles"
unload
