# SPDX-License-Identifier: GPL-2.0
# story: rounds that use up their budget are counted as time_squeeze, as without KBP

. words.sh

# squeezes: of core 1, the third column of its line.
squeezes() { echo $((0x$(awk '$13 == "00000001" { print $3 }' /proc/net/softnet_stat))); }
# More than 300 packets at once.
burst() { tn_run cpu=1 period_ns=100000000 burst=1024 cost_ns=0 count=10240; }

testnic
before=$(squeezes)
burst
[ "$(squeezes)" -gt "$before" ] || fail 'softirq counts none'
note "softirq: $(($(squeezes) - before))"
load
expect 0 kbpctl enable --cores 1
before=$(squeezes)
quiet 1 lossless burst
note "KBP: $(($(squeezes) - before)), of these $(counter 1 squeezed) with NAPIs left"
[ "$(squeezes)" -gt "$before" ] || fail 'KBP counts none'
unload
