# SPDX-License-Identifier: GPL-2.0
# story: rounds that use up their budget are counted as time_squeeze, as without KBP

. words.sh

# squeezes: of core 1, the third column of its line.
squeezes() { echo $((0x$(awk '$13 == "00000001" { print $3 }' /proc/net/softnet_stat))); }
# 64 packets for each of 16 NAPIs at once: the budget of 300 packets ends after five of them. Of one NAPI, a
# round takes 64 and ends.
burst() { tn_run cpu=1 period_ns=100000000 burst=1024 cost_ns=0 count=10240; }

testnic
ip link set ktn0 down
echo queues=16 >$tn/config
ip link set ktn0 up
before=$(squeezes)
burst
softirq=$(($(squeezes) - before))
[ $softirq -ge 10 ] || fail "10 bursts, softirq counts $softirq"
load
expect 0 kbpctl enable --cores 1
before=$(squeezes)
quiet 1 lossless burst
ours=$(($(squeezes) - before))
[ $ours -ge 10 ] || fail "10 bursts, KBP counts $ours, softirq $softirq"
[ "$(counter 1 squeezed)" -ge 10 ] || fail "$(counter 1 squeezed) rounds ended with NAPIs left"
note "softirq: $softirq, KBP: $ours, of these $(counter 1 squeezed) with NAPIs left"
unload
