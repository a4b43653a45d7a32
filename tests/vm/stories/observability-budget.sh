# SPDX-License-Identifier: GPL-2.0
# story: net.core.netdev_budget ends rounds as it ends softirq's, from the next round on
# kernel: bookworm trixie trixie-backports

. words.sh

budget() { echo "$1" >/proc/sys/net/core/netdev_budget; }
# squeezes: of core 1, the third column of its line.
squeezes() { echo $((0x$(awk '$13 == "00000001" { print $3 }' /proc/net/softnet_stat))); }
# 40 times 2 packets: neither 300, the default, nor 2 ms. Each pair is read before the next comes, so that they
# stay pairs when the host keeps the core away.
bursts() {
	local pair=0
	while [ $pair -lt 40 ]; do
		udp_before=$(udp InDatagrams)
		tn_start cpu=1 period_ns=1000000 burst=2 cost_ns=0 count=2
		until_true 20 "pair $pair is read" all_read
		until_true 20 "the synthetic NIC is done" tn_idle
		pair=$((pair + 1))
	done
}
# squeezed COMMAND...: how many rounds or softirqs used up their budget meanwhile, in $squeezed.
squeezed() {
	local before
	before=$(squeezes)
	"$@"
	squeezed=$(($(squeezes) - before))
	note "time_squeeze during '$*': $squeezed"
}

# counts WHO COMMAND...: each pair with a budget of one packet, and at most half as many with the default, where
# only a host that takes the core for 2 ms makes some. A host that has taken it that often is asked again.
counts() {
	local who=$1 few try=0
	shift
	while [ $try -lt 5 ]; do
		budget 300
		squeezed "$@"
		few=$squeezed
		budget 1
		squeezed "$@"
		[ "$squeezed" -ge 40 ] || fail "$who: $squeezed squeezes of 40 pairs with a budget of 1"
		[ "$squeezed" -lt $((2 * few)) ] || break
		try=$((try + 1))
	done
	[ $try -lt 5 ] || fail "$who: five times more than half as many squeezes with a budget of 300 as with one of 1"
	ok "$who counts squeezes with a budget of 1"
	budget 300
}

testnic
counts softirq bursts
load
for irq in armed masked; do
	expect 0 kbpctl enable --cores 1 --irq $irq
	counts "KBP, $irq," quiet 1 lossless bursts
done
budget 0
quiet 1 lossless bursts
budget 300
served 1
unload
