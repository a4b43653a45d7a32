# SPDX-License-Identifier: GPL-2.0
# story: net.core.netdev_budget ends rounds as it ends softirq's, from the next round on
# kernel: bookworm trixie trixie-backports

. words.sh

budget() { echo "$1" >/proc/sys/net/core/netdev_budget; }
# squeezes: of core 1, the third column of its line.
squeezes() { echo $((0x$(awk '$13 == "00000001" { print $3 }' /proc/net/softnet_stat))); }
# pair: 2 packets, which neither use up 300, the default, nor 2 ms; $squeezed: how many rounds or softirqs used up
# their budget meanwhile.
pair() {
	local before
	udp_before=$(udp InDatagrams)
	before=$(squeezes)
	tn_start cpu=1 period_ns=1000000 burst=2 cost_ns=0 count=2
	until_true 20 'the synthetic NIC is done' tn_idle
	until_true 20 'the pair is read' all_read
	squeezed=$(($(squeezes) - before))
}
# each_squeezes: 40 pairs.
each_squeezes() {
	local pairs=0
	while [ $pairs -lt 40 ]; do
		pair
		[ "$squeezed" -gt 0 ] || fail "pair $pairs: no squeeze"
		pairs=$((pairs + 1))
	done
}
# some_pass: ten pairs without a squeeze. A host that takes the core for 2 ms makes some of them, too, and a busy
# one many.
some_pass() {
	local pairs=0 passed=0
	while [ $passed -lt 10 ]; do
		[ $pairs -lt 400 ] || fail "$passed of $pairs pairs without a squeeze"
		pair
		[ "$squeezed" -gt 0 ] || passed=$((passed + 1))
		pairs=$((pairs + 1))
	done
	note "$passed of $pairs pairs without a squeeze"
}

# counts WHO COMMAND...: COMMAND runs what is asked.
counts() {
	local who=$1
	shift
	budget 300
	"$@" some_pass
	budget 1
	"$@" each_squeezes
	ok "$who: a budget of 1 ends the round of each pair, and one of 300 does not"
	budget 300
}

testnic
counts softirq
load
for irq in armed masked; do
	expect 0 kbpctl enable --cores 1 --irq $irq
	counts "KBP, $irq" quiet 1 lossless
done
budget 0
quiet 1 lossless each_squeezes
budget 300
served 1
unload
