# SPDX-License-Identifier: GPL-2.0
# story: a held NAPI follows its interrupt to another core, also while packets come without a gap
# kernel: bookworm trixie trixie-backports
# smp: 3

. words.sh

# moves CORE MOST: its interrupt goes to this core from now on. It is polled there once no more than MOST polls
# have found packets on the core it left. Packets come until then, however slow the host makes the guest.
moves() {
	local strays
	polled=$(napi_packets "$1" ktn0)
	echo "$1" >$tn/move
	until_true 30 "kbp/$1 polls packets of ktn0" has_polled "$1" ktn0
	tn_stop
	strays=$(tn_stat strays)
	note "$strays polls found packets where the interrupt no longer went"
	[ "$strays" -le "$2" ] || fail "$strays polls on the core that the interrupt has left, at most $2 are right"
	same "packets the NIC delivered" "$(tn_stat generated)" "$(tn_stat delivered)"
}

# has_delivered PACKETS: so many, at least.
has_delivered() { [ "$(tn_stat delivered)" -ge "$1" ]; }

# no_mark: neither core takes the driver for one that arms its interrupt whatever it is told.
no_mark() {
	local core
	for core in 1 2; do same "ktn0 arms on core $core" false "$(napi_arms $core ktn0)"; done
}

testnic
load
expect 0 kbpctl enable --cores 1,2 --irq masked --idle adaptive

# i40e's rule: a tenth more comes than can be taken, so each poll leaves packets; it takes 1.3 ms or more, so
# 100 ms have room for 78.
udp_before=$(udp InDatagrams)
held=$(counter 2 held_polls)
tn_start cpu=1 leaves=1 period_ns=1000000 burst=55 cost_ns=20000 count=0
until_true 30 'the synthetic NIC is busy' has_delivered 2000
lossless moves 2 20
[ "$(counter 2 held_polls)" -gt "$held" ] || fail 'ktn0 was not held on core 2'
no_mark
until_true 20 'all packets are read' all_read

# Any driver, with gaps between packets: one a millisecond, and a hold lasts 100 ms at most.
expect 0 kbpctl set --cores 1,2 --idle spin
udp_before=$(udp InDatagrams)
tn_start cpu=2 leaves=0 period_ns=1000000 burst=1 cost_ns=0 count=0
until_true 30 'packets are delivered' has_delivered 300
lossless moves 1 110
no_mark
until_true 20 'all packets are read' all_read
unload
