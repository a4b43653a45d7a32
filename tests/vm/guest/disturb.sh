# SPDX-License-Identifier: GPL-2.0
# Hard times for KBP: haste, death, repetition, a busy core, somebody else's livepatch.

# together 'ARGUMENTS'...: these kbpctl at once; each must succeed (status: or find no core enabled).
together() {
	local arguments pids="" pid code n=0
	for arguments; do
		echo "\$ kbpctl $arguments &"
		# shellcheck disable=SC2086
		kbpctl $arguments >"/tmp/together.$n" 2>&1 &
		pids="$pids $!"
		n=$((n + 1))
	done
	n=0
	for pid in $pids; do
		code=0
		wait "$pid" || code=$?
		sed 's/^/    /' "/tmp/together.$n"
		[ "$code" = 0 ] || { [ "$code" = 3 ] && grep -q '^module' "/tmp/together.$n"; } ||
			fail "one of several kbpctl at once ended with code $code: $(cat "/tmp/together.$n")"
		n=$((n + 1))
	done
}

# killed_after MS COMMAND...: it gets a SIGKILL that soon; what it leaves behind is consistent.
killed_after() {
	local ms=$1 code=0
	shift
	"$@" >/dev/null 2>&1 &
	usleep $((ms * 1000))
	kill -9 $! 2>/dev/null || true
	wait $! || code=$?
	case $code in
	137) echo "\$ $* (killed after $ms ms)" ;;
	*) echo "\$ $* (done with code $code before the kill after $ms ms)" ;;
	esac
	consistent
}

# cycles N: enable and disable core 1 that often. Sets $grown to what the kernel's memory grew by, in KiB.
cycles() {
	local n=0 before
	before=$(kernel_memory)
	while [ $n -lt "$1" ]; do
		kbpctl enable --cores 1 >/dev/null || fail "enable failed in cycle $n"
		kbpctl disable >/dev/null || fail "disable failed in cycle $n"
		n=$((n + 1))
	done
	off 1
	grown=$(($(kernel_memory) - before))
	note "the kernel's memory after $1 cycles: $grown KiB more"
}

# kernel_memory: KiB that the kernel uses and cannot reclaim.
kernel_memory() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	awk '$1 ~ /^(SUnreclaim|KernelStack|VmallocUsed|Percpu):$/ { sum += $2 } END { print sum }' /proc/meminfo
}

# hog CORE: a task that spins there. hog_over ends it.
hog() {
	taskset "$(printf %x $((1 << $1)))" sh -c 'while :; do :; done' &
	hog_pid=$!
}
hog_over() {
	kill "$hog_pid"
	wait "$hog_pid" || true
}

foreign=/sys/kernel/livepatch/kbp_foreign
foreign_is_in() { [ "$(cat $foreign/transition)" = 0 ]; }
foreign_is_out() { [ ! -e $foreign ]; }

# foreign_in LIMIT_MS / foreign_out LIMIT_MS: its transition ends within the limit.
foreign_in() {
	turn
	insmod /lib/kbp/tests/kbp_foreign.ko
	transition in "$1" foreign_is_in
	same "what the foreign livepatch patches" 'kbp_foreign is active' "$(cat /proc/cmdline)"
}
foreign_out() {
	turn
	echo 0 >$foreign/enabled
	transition out "$1" foreign_is_out
	rmmod kbp_foreign
}

# given_back CORE: a transition makes a spinning poller give its core back. It moves one that sleeps without
# its help, and a spinning one may be in a window just then.
given_back() {
	local round
	for round in 1 2 3 4 5; do
		foreign_in 60000
		foreign_out 60000
		[ "$(counter "$1" yields_patch)" = 0 ] || return 0
	done
	fail "not one of $round transitions made kbp/$1 give its core back"
}

# transition WHICH LIMIT_MS COMMAND: since the `turn`; waits well beyond the limit, so that a failure tells how
# long it took.
transition() {
	local took
	until_true 60 "the foreign livepatch is $1 (limit $2 ms)" "$3"
	took=$(took_ms)
	note "the foreign livepatch was $1 after $took ms"
	[ "$took" -le "$2" ] || fail "the foreign livepatch was $1 after $took ms, the limit is $2 ms"
}
