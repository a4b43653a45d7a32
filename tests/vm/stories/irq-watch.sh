# SPDX-License-Identifier: GPL-2.0
# story: irq watch brings back within two seconds what a driver or another program moves, and fights nobody for ever
# kernel: bookworm trixie trixie-backports
# smp: 4
# nic: queues=4
# tool: unshare

. words.sh

nic=/sys/class/net/eth1
log=/tmp/watch

# file QUEUE: where its interrupt may go.
file() {
	# shellcheck disable=SC2086 # a list of numbers
	set -- "$1" $vectors
	shift $(($1 + 1))
	echo "/proc/irq/$1/smp_affinity_list"
}
# places: where the receive queues in use may go.
places() {
	local irq cores
	set -- "$nic"/queues/rx-*
	for irq in $vectors; do
		[ $# -gt 0 ] || break
		shift
		read -r cores <"/proc/irq/$irq/smp_affinity_list" || return 0
		echo "$cores"
	done 2>/dev/null | in_a_line
}
are_there() { seen=$(places); [ "$seen" = "$want" ]; }
# back WHAT: each interrupt is where it was pinned, two seconds after WHAT at most.
back() {
	local took
	until_true 20 "back after $1" are_there
	took=$(took_ms)
	[ "$took" -le 2000 ] || fail "back after $1: it took $took ms"
	ok "back after $1"
	note "$took ms"
}
# another_sets CHANNELS: another program, one with a /run of its own, changes the number of queues.
another_sets() {
	expect 0 unshare -m sh -c "mount -t tmpfs none /run && kbpctl irq pin eth1 --cores 1 --channels $1"
}
gave_up() { grep -q 'changed again and again by another program; left alone for 10 s' $log; }

vectors=$(vectors_of eth1)
kbpctl irq watch >$log 2>&1 &
watcher=$!
expect 0 kbpctl irq pin eth1 --cores 2-3
want='2 3 2 3'

# A silent writer.
turn
echo 0 >"$(file 1)"
back 'a write'

# The number of queues.
another_sets 2
want='2 3'
turn
back 'two channels'
another_sets 4
want='2 3 2 3'
turn
back 'four channels'

# A CPU: virtio places all anew.
turn
echo 0 >/sys/devices/system/cpu/cpu1/online
back 'a CPU went off line'
turn
echo 1 >/sys/devices/system/cpu/cpu1/online
back 'a CPU came back'

# One of those that were asked for: its interrupts wait for it.
echo 0 >/sys/devices/system/cpu/cpu3/online
until_true 10 'it says so' grep -q 'core 3 is off line' $log
until_true 10 'queue 0 is at core 2' grep -qx 2 "$(file 0)"
ok 'queue 0 is at core 2 meanwhile'
turn
echo 1 >/sys/devices/system/cpu/cpu3/online
back 'the CPU itself came back'

# The driver.
device=$(readlink -f $nic/device)
turn
echo "${device##*/}" >/sys/bus/virtio/drivers/virtio_net/unbind
echo "${device##*/}" >/sys/bus/virtio/drivers/virtio_net/bind
vectors=$(vectors_of eth1)
back 'the driver was bound again'

# Who never stops is left alone, and named as far as that is known; then it is tried again.
file=$(file 0)
while :; do
	echo 1 >"$file"
	usleep 300000
done &
fighter=$!
until_true 30 'it gives up' gave_up
ok 'it gives up'
kill $fighter
wait $fighter || true
until_true 30 'it is tried again' are_there
ok 'it is tried again'

# What is restored stays so.
expect 0 kbpctl irq restore
now=$(places)
sleep 3
same 'after restore' "$now" "$(places)"

kill $watcher
wait $watcher || fail "it ended with code $?: $(cat $log)"
cat $log
