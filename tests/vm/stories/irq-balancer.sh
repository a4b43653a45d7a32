# SPDX-License-Identifier: GPL-2.0
# story: Debian's irqbalance leaves alone what kbpctl has brought to a core, is told again after a restart, and has all back after irq restore
# kernel: bookworm trixie trixie-backports
# smp: 4
# nic: queues=4
# tool: irqbalance
# copy: packaging/irqbalance/policy.sh /root/irqbalance-policy
# limit: 600

. words.sh

log=/tmp/irqbalance.log

# balance SECONDS [OPTION...]: irqbalance looks so often. Another program than kbpctl has told it to leave queue 3
# alone.
balance() {
	local seconds=$1
	shift
	mkdir -p /run/irqbalance
	irqbalance --debug --interval="$seconds" --banirq="$last" "$@" >$log 2>&1 &
	balancer=$!
	until_true 20 'irqbalance listens' test -S /run/irqbalance/irqbalance$balancer.sock
}
balance_over() {
	kill $balancer
	wait $balancer || fail "irqbalance ended with code $?: $(tail $log)"
}
# has_looked TIMES: since it was started.
has_looked() {
	seen="$(grep -c '^-------' $log || true) looks"
	[ "${seen% looks}" -ge "$1" ]
}
# places: where they may go.
places() {
	local irq cores
	for irq in $vectors; do
		read -r cores <"/proc/irq/$irq/smp_affinity_list"
		echo "$cores"
	done | in_a_line
}
# affinities: to the byte.
affinities() {
	local irq
	for irq in $vectors; do cat "/proc/irq/$irq/smp_affinity"; done | in_a_line
}
# irqbalance_moves WHEN: it spreads what is only written; queue 3 stays where it would send none, at two cores.
irqbalance_moves() {
	local irq
	for irq in $vectors; do echo 3 >"/proc/irq/$irq/smp_affinity_list"; done
	echo 2-3 >"/proc/irq/$last/smp_affinity_list"
	until_true 60 "irqbalance moves them $1" are_moved
	looks_more 2
	until_true 20 'it looks twice more' has_looked $times
	seen=$(places)
	same "queue 3 $1" 2-3 "${seen##* }"
	note "$seen"
}
are_moved() {
	seen=$(places)
	case $seen in '3 3 3 '*) false ;; esac
}
# looks_more TIMES: times is how often it has looked then.
looks_more() {
	has_looked 0
	times=$((${seen% looks} + $1))
}
# stay WHAT: it looks four times more, and they stay on core 1.
stay() {
	looks_more 4
	while ! has_looked $times; do
		[ "$(places)" = '1 1 1 1' ] || fail "$1: $(places)"
		kill -0 $balancer || fail "irqbalance is gone: $(tail $log)"
		usleep 100000
	done
	ok "on core 1, looked at four times more: $1"
}
# may_move: what doctor says of it.
may_move() { kbpctl doctor --only irqbalance --cores "$1" | grep irqbalance: | in_a_line; }
arrives() {
	local before
	before=$(counter 1 packets)
	sleep 1
	[ "$(counter 1 packets)" -gt "$before" ] || fail 'no packet came to core 1'
	ok 'packets come to core 1'
}

vectors=$(vectors_of eth1)
last=${vectors##* }
load
for core in 0 1 2 3; do
	taskset -c $core ping -q -i 0.02 10.77.1.1 >/dev/null &
	pingers="${pingers-} $!"
done

# What it would do.
balance 1
irqbalance_moves 'where nobody told it'
balance_over

# Byte for byte, and what others told it; it does not look meanwhile.
set -- d 2 f 8
for irq in $vectors; do
	echo "$1" >"/proc/irq/$irq/smp_affinity"
	shift
done
was=$(affinities)
note "$was"
balance 3600
may=$(may_move 0-3)
note "$may"
expect 0 kbpctl enable --cores 1 --from eth1
says 'irqbalance was told to leave them alone'
same 'they go to' '1 1 1 1' "$(places)"
same 'irqbalance' 'ok: irqbalance: it runs, and leaves them alone' "$(may_move 1)"
expect 0 kbpctl disable
expect 0 kbpctl irq restore
same 'affinities' "$was" "$(affinities)"
same 'irqbalance' "$may" "$(may_move 0-3)"
balance_over

# Told before it looks for the first time, and while it does.
balance 1
expect 0 kbpctl enable --cores 1 --from eth1
stay 'pinned'
arrives

# One that is started anew knows of nothing.
kbpctl irq watch >/tmp/watch 2>&1 &
watcher=$!
balance_over
balance 1
is_back() { grep -q 'irqbalance was told' /tmp/watch; }
has_moved_them() { ! are_there || is_back; }
are_there() { [ "$(places)" = '1 1 1 1' ]; }
until_true 30 'it moves them' has_moved_them
turn
until_true 20 'it was told again' is_back
until_true 20 'back on core 1' are_there
took=$(took_ms)
[ "$took" -le 2000 ] || fail "back on core 1: it took $took ms"
ok 'back on core 1'
note "$took ms"
stay 'told again'
arrives

# With the policy of the package it leaves them alone from its start on.
kill $watcher
wait $watcher || fail "irq watch ended with code $?: $(cat /tmp/watch)"
cat /tmp/watch
balance_over
chmod +x /root/irqbalance-policy
balance 1 --policyscript=/root/irqbalance-policy
stay 'by the policy'
balance_over
balance 1

# It has them again, but for the one that others told it of.
expect 0 kbpctl disable
expect 0 kbpctl irq restore
irqbalance_moves 'after irq restore'
balance_over
# shellcheck disable=SC2086 # words are meant
kill $pingers
unload
