# SPDX-License-Identifier: GPL-2.0
# story: a held NAPI follows its interrupt to another core, also while packets come without a gap
# kernel: bookworm trixie trixie-backports
# smp: 3

. words.sh

# follows CORE MOST KEY=VALUE...: of such packets, which all find room in ring and socket, the interrupt goes to
# this core from some time on. They are polled there once no more than MOST polls have found packets on the core
# it left. Where the host was so busy that they ended before: once more.
follows() {
	local core=$1 most=$2 strays try
	shift 2
	for try in 1 2 3 4 5 6 7 8 9 10; do
		udp_before=$(udp InDatagrams)
		polled=$(napi_packets "$core" ktn0)
		tn_start cpu=$((3 - core)) "$@"
		until_true 30 'packets are delivered' has_delivered 300
		# Nothing slow before it.
		echo "$core" >$tn/move
		tn_drain
		strays=$(tn_stat strays)
		note "$strays polls found packets where the interrupt no longer went"
		[ "$strays" -le "$most" ] || fail "$strays polls on the core that the interrupt has left, at most $most are right"
		same 'packets the NIC delivered' "$(tn_stat generated)" "$(tn_stat delivered)"
		until_true 20 'all packets are read' all_read
		! has_polled "$core" ktn0 || return 0
	done
	fail "kbp/$core polled no packet of ktn0 in $try tries: $(napi_lines "$core")"
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
held=$(counter 2 held_polls)
lossless follows 2 20 leaves=1 period_ns=1000000 burst=55 cost_ns=20000 count=60000
[ "$(counter 2 held_polls)" -gt "$held" ] || fail 'ktn0 was not held on core 2'
no_mark

# Any driver, with gaps between packets: one a millisecond, and a hold lasts 100 ms at most.
expect 0 kbpctl set --cores 1,2 --idle spin
lossless follows 1 110 leaves=0 period_ns=1000000 burst=1 cost_ns=0 count=4000
no_mark
unload
