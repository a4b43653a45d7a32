# SPDX-License-Identifier: GPL-2.0
# story: a waiting task gets its share in windows, so the kernel takes none in one piece

. words.sh

# gets_share WINDOW SPACING SHARE LEAST: a task that always waits runs for so many ms of 4000 at least. WINDOW and
# SPACING are in microseconds.
gets_share() {
	local windows ran
	expect 0 kbpctl set --cores 1 --window "$1" --spacing "$2" --share "$3"
	hog 1
	windows=$(counter 1 windows)
	ran=$(cut -d ' ' -f 1 /proc/$hog_pid/schedstat)
	quiet 1 tn_run cpu=1 period_ns=500000 burst=1 cost_ns=100000 count=8000
	ran=$((($(cut -d ' ' -f 1 /proc/$hog_pid/schedstat) - ran) / 1000000))
	[ $(($(counter 1 windows) - windows)) -gt 20 ] || fail 'hardly a window in 4 s'
	[ $ran -ge "$4" ] || fail "with a share of $3 the waiting task ran $ran ms of 4000"
	note "share $3: the waiting task ran $ran ms of 4000"
	hog_over
	# Nobody waits now, and a kernel that throttles asks for its share all the same.
	keeps_ration 1 600
	tn_start cpu=1 period_ns=1000000 burst=8 cost_ns=200000 count=0
	keeps_ration 1 600
	tn_stop
}

testnic
load
expect 0 kbpctl enable --cores 1
# The fair server takes 50 ms of a second in one piece from who has given less.
gets_share 50 500 1/12 200
gets_share 200 2000 1/12 200
# A third of the core, less the switches.
gets_share 50 500 1/2 1000
unload
