# SPDX-License-Identifier: GPL-2.0
# Traffic over the virtio NIC.

echo_server() {
	[ ! -e /tmp/echo ] || return 0
	: >/tmp/echo
	kbp-bench udp-echo --port 7 >/dev/null 2>&1 &
	until_true 10 "the echo server is up" grep -q ':0007 ' /proc/net/udp
}

# stations: the counters a packet passes on its way from the wire to a socket and back.
stations() {
	local net=/sys/class/net/eth0/statistics
	local arrived sent dropped
	read -r arrived <$net/rx_packets
	read -r sent <$net/tx_packets
	read -r dropped <$net/tx_dropped
	echo "eth0-in $arrived socket-in $(udp InDatagrams) socket-out $(udp OutDatagrams)" \
		"eth0-out $sent eth0-out-dropped $dropped dropped: $(drop_counters | awk '$2 { printf "%s %s ", $1, $2 }')"
}

# host_echo: the host sends its load to our echo server; every answer must arrive there, once.
host_echo() {
	local answer before
	echo_server
	before=$(stations)
	kbp-mark host-echo
	answer=$(kbp-wait)
	# shellcheck disable=SC2086 # words are meant
	set -- $answer
	if [ "$2" = 0 ] || [ "$2" != "$4" ] || [ "$5 $6 $7 $8" != "duplicates 0 corrupt 0" ]; then
		note "before: $before"
		note "after:  $(stations)"
		fail "host to guest and back: $answer"
	fi
	ok "host to guest and back: $answer"
}

# json_number KEY: its value in the flat JSON object $answer.
json_number() {
	case $answer in *"\"$1\":"*) ;; *) return 0 ;; esac
	set -- "${answer#*"\"$1\":"}"
	set -- "${1# }"
	echo "${1%%[,\}]*}"
}

# guest_echo COUNT [RATE]: we send to the echo of the host; every answer must arrive here. What the socket did
# not take was not sent: who could not send for a while catches up, and its socket has room for some 270.
guest_echo() {
	local answer received
	answer=$(kbp-bench udp-ping --to 10.77.0.1:7 --count "$1" --rate "${2:-1000}" 2>&1) || fail "guest to host and back: $answer"
	received=$(json_number received)
	{ [ "$1" = "$(json_number sent)" ] && [ "$1" = $((received + $(json_number not_taken))) ] &&
		[ "$received" -gt 0 ] && [ 0 = "$(json_number duplicates)" ]; } || fail "guest to host and back: $answer"
	ok "guest to host and back: $received answers"
}

# pings COUNT ADDRESS: a hundred a second; each is answered, on a busy host when ping waits no longer.
pings() {
	answered=$(($1 + $(snmp Icmp InEchoReps)))
	expect 0 ping -q -c "$1" -i 0.01 "$2"
	until_true 20 'each ping is answered' answered
}
answered() { [ "$(snmp Icmp InEchoReps)" = "$answered" ]; }

# lossless_traffic [CORE [COUNT RATE]]: guest_echo again and again in the background, until
# lossless_traffic_over; nothing may be lost meanwhile. With CORE it has begun to be received there.
lossless_traffic() {
	rm -f /tmp/traffic.end /tmp/traffic.log
	traffic_drops=$(drop_counters)
	(while [ ! -e /tmp/traffic.end ]; do guest_echo "${2-100}" "${3-500}"; done) >/tmp/traffic.log 2>&1 &
	traffic_pid=$!
	until_true 20 "traffic flows" grep -qs '@ok' /tmp/traffic.log
	[ -z "${1-}" ] || quiet "$1" comes "$1"
}
# comes CORE: its poller gets a packet; on a busy host that takes its time.
comes() {
	come=$(counter "$1" packets)
	until_true 20 "kbp/$1 gets a packet" has_come "$1"
}
has_come() { [ "$(counter "$1" packets)" -gt "$come" ]; }
lossless_traffic_over() {
	: >/tmp/traffic.end
	wait "$traffic_pid" || fail "traffic lost packets: $(tail -n 1 /tmp/traffic.log)"
	ok "no packet of the traffic was lost in $(grep -c '@ok' /tmp/traffic.log) rounds"
	no_drops meanwhile "$traffic_drops"
}
