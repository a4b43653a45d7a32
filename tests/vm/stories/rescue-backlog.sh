# SPDX-License-Identifier: GPL-2.0
# story: what waits on no list is rescued, too: the core's backlog, and cores that it is to call for RPS
# kernel: bookworm trixie trixie-backports
# tool: chrt
# warning: has not run for

. words.sh

# answers WHO COMMAND...: a ping through loopback while a real-time task has core 1 gets all its answers, from
# softirq after a rescue.
answers() {
	local who=$1 rescues comm
	shift
	expect 0 kbpctl enable --cores 1 --rescue 50
	rescues=$(lasting_rescues)
	hog 1
	chrt -f -p 50 "$hog_pid"
	expect 0 "$@"
	says ' 0% packet loss'
	yielded 1 rescue
	same "rescues that last: $who" $((rescues + 1)) "$(lasting_rescues)"
	comm=$(status_field cores.1.rescue.comm)
	# A ping that runs before the hog has the core, too, for as long as the host makes it take. Where real-time
	# tasks are throttled, the host may draw that out until it is the last who had it.
	case "$comm $*" in
	'sh '* | 'rt throttling '* | 'ping chrt -f 60 taskset 2 ping'*) ok "who had the core: $comm" ;;
	*) fail "who had the core: want sh, got $comm" ;;
	esac
	hog_over
}

# is_throttled: the task has run, and stands still for longer than a busy host keeps a virtual CPU.
hog_ran() { cut -d' ' -f14 "/proc/$hog_pid/stat"; }
is_throttled() {
	local ran
	ran=$(hog_ran)
	usleep 500000
	[ "$ran" != 0 ] && [ "$ran" = "$(hog_ran)" ]
}

# lasting_rescues: without those after which the poller took its core again, as after one that the host caused.
lasting_rescues() { echo $(($(counter 1 rescues) - $(counter 1 retries))); }

# rps CORES: a mask; who receives what comes over loopback. 0: the core that sends.
rps() { echo "$1" >/sys/class/net/lo/queues/rx-0/rps_cpus; }

ip link set lo up
load
rps 2
answers 'core 0 sends, and core 1 is to receive' taskset 1 ping -c 3 -W 10 127.0.0.1
rps 1
answers 'core 1 sends, and core 0 is to receive' chrt -f 60 taskset 2 ping -c 3 -W 10 127.0.0.1
rps 0
expect 0 kbpctl set --cores 1 --idle adaptive:200
answers 'core 1 sends to itself' chrt -f 60 taskset 2 ping -c 3 -W 10 127.0.0.1
# A poller that is throttled with the task stands still while nobody has the core.
if ! kernel_has fair-server; then
	rps 2
	expect 0 kbpctl enable --cores 1 --rescue 50 --idle adaptive:200
	echo 8000000 >/proc/sys/kernel/sched_rt_period_us
	hog 1
	chrt -f -p 50 "$hog_pid"
	until_true 20 'the task is throttled' is_throttled
	expect 0 taskset 1 ping -c 1 -W 20 127.0.0.1
	says ' 0% packet loss'
	yielded 1 rescue
	same 'who had the core of a throttled task' 'rt throttling 0' \
		"$(status_field cores.1.rescue.comm) $(status_field cores.1.rescue.pid)"
	echo 1000000 >/proc/sys/kernel/sched_rt_period_us
	hog_over
	rps 0
fi
expect 0 kbpctl enable --cores 1
served 1
quiet 1 expect 0 taskset 2 ping -c 3 127.0.0.1
unload
