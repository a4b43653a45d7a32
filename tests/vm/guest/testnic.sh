# SPDX-License-Identifier: GPL-2.0
# The synthetic NIC (tests/nic/README.md).

tn=/sys/kernel/debug/kbp_testnic

# testnic: it is there, with room for every packet of a run: what is lost then is not the host's doing, which
# may let a guest wait.
testnic() { testnic_of 65536; }

# testnic_of SLOTS: with a ring of so many.
testnic_of() {
	insmod /lib/kbp/tests/kbp_testnic.ko
	echo 1 >/proc/sys/net/ipv6/conf/ktn0/disable_ipv6 2>/dev/null || true
	ip addr add 10.78.0.1/24 dev ktn0
	echo "ring=$1" >$tn/config
	ip link set ktn0 up
	[ -e /tmp/sink ] || {
		: >/tmp/sink
		kbp-bench udp-sink --port 9 --timeout 100000 >/dev/null 2>&1 &
		until_true 10 "the sink is up" grep -q ':0009 ' /proc/net/udp
	}
}

tn_stat() {
	local key value
	while read -r key value; do
		[ "$key" != "$1" ] || echo "$value"
	done <$tn/stats
}
tn_idle() {
	local runs
	read -r runs <$tn/run
	[ "$runs" = 0 ]
}

# tn_start KEY=VALUE...: a run begins.
tn_start() {
	echo "$*" >$tn/config
	echo 1 >$tn/reset
	echo 1 >$tn/run
}

tn_stop() {
	echo 0 >$tn/run
	tn_drain
}

# tn_drain: the rings are empty. Beside a busy host a full one is minutes of work: as long as packets are
# delivered the wait goes on.
tn_drain() {
	until tn_idle; do
		until_true 30 "the synthetic NIC delivers or is done" tn_moved "$(tn_stat delivered)"
		usleep 50000
	done
}
# tn_moved DELIVERED: more than so many are delivered, or all.
tn_moved() { tn_idle || [ "$(tn_stat delivered)" != "$1" ]; }

# tn_run KEY=VALUE...: a run from begin to end; every packet must reach the program at the socket.
tn_run() {
	udp_before=$(udp InDatagrams)
	tn_start "$@"
	until_true 60 "the synthetic NIC is done" tn_idle
	same "packets the NIC delivered" "$(tn_stat generated)" "$(tn_stat delivered)"
	until_true 20 "all $(tn_stat generated) packets are read" all_read
	same "packets at the socket" "$(tn_stat generated)" $(($(udp InDatagrams) - udp_before))
}
all_read() { [ $(($(udp InDatagrams) - udp_before)) -ge "$(tn_stat generated)" ]; }

# tn_goes_while_busy: the driver is removed at high load, after a run that showed that it still delivers.
tn_goes_while_busy() {
	quiet 1 tn_run cpu=1 period_ns=200000 burst=2 cost_ns=0 count=2000
	tn_busy
	expect 0 timeout 30 rmmod kbp_testnic
}

# tn_busy: a high load has been under way for a while.
tn_busy() {
	tn_start cpu=1 period_ns=1000000 burst=8 cost_ns=110000 count=0
	usleep 300000
}

# tn_restarts: its link goes down and up while it is busy.
tn_restarts() {
	expect 0 timeout 30 ip link set ktn0 down
	expect 0 timeout 30 ip link set ktn0 up
	tn_stop
}

# tn_counted COUNT KEY=VALUE...: the same beside other traffic: a program of its own at port 10 must get
# every packet, once.
tn_counted() {
	local count=$1 answer
	shift
	kbp-bench udp-sink --port 10 --cpu 0 --expect "$count" --timeout 60 >/tmp/counted 2>&1 &
	until_true 10 "the sink is up" grep -q ':000A ' /proc/net/udp
	tn_start port=10 "count=$count" "$@"
	wait $! || fail "of $count packets of the synthetic NIC: $(cat /tmp/counted)"
	answer=$(cat /tmp/counted)
	{ [ "$count" = "$(json_number received)" ] && [ 0 = "$(json_number duplicates)" ]; } ||
		fail "of $count packets of the synthetic NIC: $answer"
	until_true 30 "the synthetic NIC is done" tn_idle
	echo port=9 >$tn/config
	ok "packets of the synthetic NIC at the socket: $count"
}
