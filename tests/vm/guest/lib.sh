# SPDX-License-Identifier: GPL-2.0
# The words that all stories use; the files beside this one add those of one subject each. All of
# it runs in the guest, in dash.
#
# What a story prints: `$ COMMAND` and its output, `@ok WHAT` for each thing that was as it must be,
# `@note WHAT` for a figure, `@fail WHAT` once, `@end` last.
#
# CPU 0 keeps the house; a story and its helpers stay on it.
#
# In an emulator a process takes some 40 ms to start, a file of /proc that the shell reads itself some 10: words
# that are used all the time start few processes.

set -eu
taskset -p 1 $$ >/dev/null

ok() { echo "@ok $*"; }
note() { echo "@note $*"; }
fail() {
	echo "@fail $*"
	exit 1
}

# same WHAT WANT GOT
same() {
	[ "$2" = "$3" ] || fail "$1: want $2, got $3"
	ok "$1: $3"
}

# expect CODE COMMAND...: it ends with this code. Its output goes to the transcript and to $said.
said=
expect() {
	local want=$1 code=0
	shift
	echo "\$ $*"
	said=$("$@" 2>&1) || code=$?
	[ -z "$said" ] || printf '%s\n' "$said" | sed 's/^/    /'
	[ "$code" = "$want" ] || fail "'$*' ended with code $code, want $want"
}

# says WORD...: the last `expect` printed each of them.
says() {
	local word
	for word; do
		case $said in
		*"$word"*) ;;
		*) fail "the message does not say '$word': $said" ;;
		esac
	done
	ok "the message says: $*"
}

# until_true SECONDS WHAT COMMAND...: it becomes true in time. Whom a busy host lets wait looks less often,
# and looks for longer: at least five times for each second. A COMMAND may say in $seen what it saw.
until_true() {
	local end left=$((5 * $1)) what=$2
	end=$(($(seconds) + $1))
	shift 2
	seen=
	while ! "$@"; do
		left=$((left - 1))
		[ $left -gt 0 ] || [ "$(seconds)" -lt "$end" ] || fail "$what: not in time${seen:+ ($seen)}"
		usleep 50000
	done
}

# Since the boot.
seconds() { echo $(($(milliseconds) / 1000)); }
milliseconds() {
	local up
	read -r up _ </proc/uptime
	# "12.34"; a guest is up for a second before a story begins.
	echo "${up%.*}${up#*.}0"
}
microseconds() {
	local word at ns
	while read -r word at ns _; do
		[ "$word $at" != 'now at' ] || break
	done </proc/timer_list
	echo $((ns / 1000))
}

# turn: something begins whose time decides. took_ms, waited_ms: how long ago that was, without the time in
# which the host had others to run; and that time. Threads of the host that wait do so beside each other, so
# this takes too much off where a host is busy, and nothing where it is not.
turn() {
	turn_waited=$(kbp-host waited)
	turn_start=$(milliseconds)
}
waited_ms() { echo $((($(kbp-host waited) - turn_waited) / 1000)); }
took_ms() {
	local ms=$(($(milliseconds) - turn_start))
	ms=$((ms - $(waited_ms)))
	[ $ms -ge 0 ] || ms=0
	echo $ms
}

# in_a_line: the words of the input.
in_a_line() { tr -s '[:space:]' ' ' | sed 's/^ //; s/ $//'; }

# often NORMALLY LONG: how often to repeat; LONG when KBP_LONG=1 asks for the long tests (the runner says so).
often() { if [ "${long-0}" = 1 ]; then echo "$2"; else echo "$1"; fi; }

# Times side by side, as medians of several turns.

# time_of NAME COMMAND...: one turn. times_of NAME, times_had_by NAME: of all turns so far, in microseconds; by
# the clock, and without the time in which the host had others to run.
time_of() {
	local name=$1 start waited
	shift
	waited=$(kbp-host waited)
	start=$(microseconds)
	"$@"
	start=$(($(microseconds) - start))
	echo $start $((start - $(kbp-host waited) + waited)) >>"/tmp/time.$name"
}
times_of() { cut -d ' ' -f 1 "/tmp/time.$1" | sort -n; }
times_had_by() { cut -d ' ' -f 2 "/tmp/time.$1" | sort -n; }
median() { awk '{ us[NR] = $1 } END { print us[int((NR + 1) / 2)] }'; }

# no_longer NAME OTHER: its median is not above twice the other's and a tick of grace; what is looked
# for is a wait for somebody, not a difference that the emulator or a busy host makes.
no_longer() {
	local took other
	took=$(times_had_by "$1" | median)
	other=$(times_of "$2" | median)
	note "$1: median $took us; $2: $other us (all: $(times_of "$1" | in_a_line) / $(times_of "$2" | in_a_line))"
	[ "$took" -le $((2 * other + 10000)) ] || fail "$1 took $took us, $2 took $other us"
}

# The kernel's log.

log_since_begin() { dmesg -r | sed '1,/kbp-story: begin/d'; }

# Messages of level "warning" or worse, but for those that come with any module like ours or with a
# guest of an emulator (its clocks stand still while the host is busy: 6.1 throttles real-time tasks
# when the timer that gives them a new second comes 36 ms late; keeps_ration asserts our part). From 6.17
# on the fair server's time is renewed late whenever its timer is, and each kernel may say so once: many
# laptops do at every boot ("sched/deadline: Less agressive dl_server handling").
# Where 6.1's throttling lasts longer than packets may wait, softirq takes over: once in a story. A poller that
# did not pay its ration would be throttled in each second.
log_complaints() {
	log_since_begin | grep -E '^<[0-4]>' | grep -vE \
		-e 'loading out-of-tree module taints kernel' \
		-e 'module verification failed: signature and/or required key missing' \
		-e 'tainting kernel with TAINT_LIVEPATCH' \
		-e 'hrtimer: interrupt took' -e 'sched: RT throttling activated' \
		-e 'sched: DL replenish lagged too much' |
		awk '!(/because rt throttling \(0\) has the core/ && !seen++)' |
		grep -vE "${expected_warning:-^\$}" || true
}

# What a story expects, over and above that (the runner sets it, from its head).
: "${expected_warning=}"

begin() {
	# A reader that the host lets wait must not look like a loss: sockets take all of a run.
	echo 67108864 >/proc/sys/net/core/rmem_max
	echo 67108864 >/proc/sys/net/core/rmem_default
	# The guest's init chose it: fq_codel, the default, drops what the host does not fetch soon enough.
	if [ -e /sys/class/net/eth0 ]; then
		tc qdisc show dev eth0 | grep -q pfifo_fast || fail "eth0 drops what it should send: $(tc qdisc show)"
	fi
	echo '<6>kbp-story: begin' >/dev/kmsg
}

finish() {
	local complaints
	complaints=$(log_complaints)
	[ -z "$complaints" ] || fail "the kernel complained: $complaints"
	ok "the kernel's log is clean"
	echo "@end"
}

# the_end: of a story whose rest this kernel has no part in; the script says why before.
the_end() {
	finish
	exit 0
}

# step NAME COMMAND...: part of a story whose time is of interest, in milliseconds.
step() {
	local name=$1 start
	shift
	start=$(milliseconds)
	"$@"
	echo "@step $name $(($(milliseconds) - start))"
}
