# SPDX-License-Identifier: GPL-2.0
# story: many stuck cores are waited for as long as one
# smp: 4
# tool: chrt
# warning: has not run for

. words.sh

# stuck CORE: a real-time task keeps its poller away.
stuck() {
	hog "$1"
	chrt -f -p 50 "$hog_pid"
	hogs="$hogs $hog_pid"
}

# waits LIST: how long a disable of these cores takes, in milliseconds; it fails.
waits() {
	turn
	expect 1 kbpctl disable --cores "$1"
	says 'softirq serves the core'
	took=$(took_ms) took_with_others=$(($(milliseconds) - turn_start))
	note "disable --cores $1: $took ms"
}

load
expect 0 kbpctl enable --cores 1-3
hogs=
for core in 1 2 3; do stuck $core; done
waits 1
one=$took_with_others
waits 1-3
[ "$took" -lt $((2 * one)) ] || fail "three cores took $took ms, one $one ms"
for pid in $hogs; do kill "$pid"; done
wait
expect 0 kbpctl disable
unload
