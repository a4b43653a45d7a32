# SPDX-License-Identifier: GPL-2.0
# A host that does not run core 1 for a while, or hardly runs it. Nobody in the guest is to blame for that.

# stalled: KBP serves core 1 through stalls and caps of many lengths, and nothing is lost.
stalled() {
	lossless_traffic 1 20 20
	quiet 1 stalls
	lossless_traffic_over
	quiet 1 lossless guest_echo 200
}
stalls() {
	local ms seconds
	seconds=$(often 3 30)
	for ms in $(often '100 2000' '100 600 2000 5000'); do held_up "$ms" stall 1 "$ms"; done
	held_up 970 cap 1 1000 30 "$seconds"
	held_up 900 cap 1 1000 100 "$seconds"
	held_up 480 cap 1 500 20 "$seconds"
}

# held_up MS REQUEST...: the host does that, which holds core 1 up for MS at a time. It is served as before, and
# stays away in windows for no longer than windows are.
held_up() {
	local stall=$1 windows ms most
	shift
	windows=$(counter 1 windows) ms=$(counter 1 window_ns)
	turn
	expect 0 kbp-host "$@"
	# What was to come of it comes now.
	sleep 1
	served 1
	same rescues 0 "$(counter 1 rescues)"
	windows=$(($(counter 1 windows) - windows))
	ms=$((($(counter 1 window_ns) - ms) / 1000000))
	# None is longer than 4 ms, but for those in which the core is held up.
	most=$((10 + 5 * windows + $(waited_ms)))
	while [ $ms -gt $most ] && [ $((ms * 10)) -gt $((stall * 8)) ]; do ms=$((ms - stall)); done
	[ $ms -le $most ] || fail "kbp/1 was away for $ms ms in $windows windows"
	note "kbp/1 was away for $ms ms in $windows windows ($most at most)"
}
