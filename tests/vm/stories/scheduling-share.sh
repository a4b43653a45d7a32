# SPDX-License-Identifier: GPL-2.0
# story: a waiting task gets its share in windows, so the kernel takes none in one piece

. words.sh

testnic
load
expect 0 kbpctl enable --cores 1
for windows in '50 500' '200 2000'; do
	expect 0 kbpctl set --cores 1 --window "${windows% *}" --spacing "${windows#* }"
	hog 1
	before=$(counter 1 windows)
	ran=$(cut -d ' ' -f 1 /proc/$hog_pid/schedstat)
	quiet 1 tn_run cpu=1 period_ns=500000 burst=1 cost_ns=100000 count=8000
	ran=$((($(cut -d ' ' -f 1 /proc/$hog_pid/schedstat) - ran) / 1000000))
	[ $(($(counter 1 windows) - before)) -gt 20 ] || fail 'hardly a window in 4 s'
	# The fair server takes 50 ms of a second in one piece from who has given less.
	[ $ran -ge 200 ] || fail "the waiting task ran $ran ms of 4000"
	note "the waiting task ran $ran ms of 4000"
	hog_over
	# Nobody waits now, and a kernel that throttles asks for its share all the same.
	keeps_ration 1 600
	tn_start cpu=1 period_ns=1000000 burst=8 cost_ns=200000 count=0
	keeps_ration 1 600
	tn_stop
done
unload
