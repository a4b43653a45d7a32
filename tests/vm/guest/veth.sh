# SPDX-License-Identifier: GPL-2.0
# Another machine in a network namespace, and the cables to it: veth pairs. For stories with the
# tool ip; busybox's ip knows neither.

# far COMMAND...: it runs over there.
far() { ip netns exec far "$@"; }

# far_side CORE: the other machine; its UDP echo runs on this core.
far_side() {
	ip netns add far
	far sh -c 'echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6'
	echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
	ip -n far link set lo up
	far kbp-bench udp-echo --port 7 --cpu "$1" >/dev/null 2>&1 &
	until_true 10 "the far echo server is up" far grep -q ':0007 ' /proc/net/udp
}

# pair NEAR FAR: a veth pair with its far end over there; both are up.
pair() {
	ip link add "$1" type veth peer name "$2"
	ip link set "$2" netns far
	ip link set "$1" up
	ip -n far link set "$2" up
}

# far_pair NEAR FAR NET: a pair from NET.1 to NET.2.
far_pair() {
	pair "$1" "$2"
	ip addr add "$3.1/24" dev "$1"
	ip -n far addr add "$3.2/24" dev "$2"
}

# far_bridge BRIDGE NEAR FAR NET: the same with a bridge between, which has NET.1.
far_bridge() {
	pair "$2" "$3"
	ip link add "$1" type bridge
	ip link set "$2" master "$1"
	ip addr add "$4.1/24" dev "$1"
	ip -n far addr add "$4.2/24" dev "$3"
	ip link set "$1" up
	until_true 20 "$1 forwards to $2" [ "$(cat "/sys/class/net/$2/brport/state")" = 3 ]
}

# echo_from CORE ADDRESS COUNT [RATE]: a program on this core sends to an echo server (port 7); every
# answer must arrive.
echo_from() {
	local answer
	answer=$(kbp-bench udp-ping --cpu "$1" --to "$2:7" --count "$3" --rate "${4-500}" 2>&1) ||
		fail "from core $1 to $2 and back: $answer"
	{ [ "$3" = "$(json_number sent)" ] && [ "$3" = "$(json_number received)" ] &&
		[ 0 = "$(json_number duplicates)" ]; } || fail "from core $1 to $2 and back: $answer"
	ok "from core $1 to $2 and back: $3 answers"
}

# at_once 'COMMAND'...: all of them at the same time; each must succeed.
at_once() {
	local command pids="" pid n=0 code
	for command; do
		(eval "$command") >"/tmp/at_once.$n" 2>&1 &
		pids="$pids $!"
		n=$((n + 1))
	done
	n=0
	for pid in $pids; do
		code=0
		wait "$pid" || code=$?
		sed 's/^@fail/&ed:/; s/^/    /' "/tmp/at_once.$n"
		[ "$code" = 0 ] || fail "at once with others: $(sed -n 's/^@fail //p' "/tmp/at_once.$n" | head -n 1) (code $code)"
		n=$((n + 1))
	done
}

# storm ADDRESS CORE [COUNT]: datagrams to this address, COUNT at once as fast as the core can send, again
# and again until storm_over.
storm() {
	(while [ ! -e /tmp/storm.end ]; do
		# Much is lost, and nobody waits for it.
		timeout 1 kbp-bench udp-ping --cpu "$2" --to "$1:7" --count "${3-2000}" --rate 100000 || usleep 100000
	done) >/dev/null 2>&1 &
	storm_pids="$storm_pids $!"
}
storm_pids=
storm_over() {
	: >/tmp/storm.end
	# shellcheck disable=SC2086 # several
	wait $storm_pids || true
	storm_pids=
	rm /tmp/storm.end
}
