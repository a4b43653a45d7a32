# SPDX-License-Identifier: GPL-2.0
# story: whoever sees the end of a run finds nobody at work on its last packet

. words.sh

testnic
echo 1 >/sys/class/net/ktn0/threaded
for thread in /proc/[0-9]*; do
	read -r name <"$thread/comm" || continue
	case $name in napi/ktn0-*) break ;; esac
done
at_work=0 rounds=0
for round in $(seq 40); do
	turn
	tn_start cpu=1 count=1 lead_ns=1000000 cost_ns=10000000
	over=1
	while [ "$over" = 1 ]; do read -r over <$tn/run; done
	# Its way to sleep takes a moment.
	for _ in 1 2 3 4 5; do read -r state <"$thread/stat"; done
	# The packet's 10 ms are longer than that; what the host takes away may not be.
	[ "$(waited_ms)" -lt 10 ] || continue
	rounds=$((rounds + 1))
	case $state in *') R '*) at_work=$((at_work + 1)) ;; esac
done
[ $((at_work * 4)) -lt $((rounds * 3 + 4)) ] || fail "in $at_work of $rounds runs the poller was at work at the end"
ok "the poller was at work at the end of $at_work of $rounds runs (of 40; the host disturbed the others)"
