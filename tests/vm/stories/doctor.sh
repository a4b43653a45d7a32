# SPDX-License-Identifier: GPL-2.0
# story: doctor finds what is provoked, and nothing where nothing is; it changes nothing itself
# kernel: trixie-backports
# smp: 4
# nic: queues=4
# tool: chrt
# warning: The ftrace_enabled file is deprecated

. words.sh

# asked CODE CHECK...: doctor is asked these, and ends with this code.
asked() {
	local code=$1
	shift
	expect "$code" kbpctl doctor --only "$(echo "$*" | tr ' ' ,)"
}
# finds VERDICT CHECK...: the last report says so of each.
finds() {
	local verdict=$1 check
	shift
	for check; do
		case $said in
		*"$verdict: $check: "*) ;;
		*) fail "doctor finds no '$verdict' for $check" ;;
		esac
	done
	ok "$verdict: $*"
}
# named NAME CORES: a task of this name that may run there, and does little.
tasks=
named() {
	# shellcheck disable=SC2016 # for that shell
	taskset -c "$2" sh -c 'printf %s "$0" >"/proc/$$/comm"; while :; do sleep 5; done' "$1" &
	tasks="$tasks $!"
}
tasks_over() {
	# shellcheck disable=SC2086 # words are meant
	kill $tasks
	tasks=
}

# What a file can provoke: the check, what it finds then and else, the file, and what is written there. One that
# this kernel does not have is left out.
settings() {
	local queues=/sys/class/net/eth1/queues sched=/sys/kernel/debug/sched
	cat <<-EOF
		rps warning ok $queues/rx-2/rps_cpus 3
		xps hint ok $queues/tx-1/xps_cpus 4
		xps hint ok $queues/tx-0/xps_cpus 1
		threaded-napi bad ok /sys/class/net/eth1/threaded 1
		deferred-interrupts warning ok /sys/class/net/eth1/gro_flush_timeout 20000
		deferred-interrupts warning ok /sys/class/net/eth1/napi_defer_hard_irqs 2
		busy-poll hint ok /proc/sys/net/core/busy_poll 50
		same-page-merging warning ok /sys/kernel/mm/ksm/run 1
		huge-pages hint ok /sys/kernel/mm/transparent_hugepage/enabled always
		numa-balancing hint ok /proc/sys/kernel/numa_balancing 1
		timer-migration hint ok /proc/sys/kernel/timer_migration 0
		watchdog hint ok /proc/sys/kernel/watchdog 1
		workqueues hint ok /sys/devices/virtual/workqueue/cpumask f
		realtime-throttling warning ok /proc/sys/kernel/sched_rt_runtime_us 500000
		fair-server hint ok $sched/fair_server/cpu2/runtime 90000000
	EOF
}
now_set() { cut -d ' ' -f 4 $was/here | while read -r file; do cat "$file"; done; }
# What is no fault, to begin with.
calm() {
	local file
	echo 0 >/proc/sys/kernel/numa_balancing || true
	echo 0 >/proc/sys/kernel/watchdog || true
	echo 3 >/sys/devices/virtual/workqueue/cpumask
	for file in /sys/class/net/eth1/queues/tx-*/xps_cpus; do echo f >"$file"; done
	if [ -e /sys/kernel/mm/transparent_hugepage/enabled ]; then
		echo madvise >/sys/kernel/mm/transparent_hugepage/enabled
	fi
}

# Before KBP is there.
asked 0 modules core-served
finds ok modules
finds warning core-served
if { echo 0 >/proc/sys/kernel/ftrace_enabled; } 2>/dev/null; then
	asked 5 modules
	finds bad modules
	echo 1 >/proc/sys/kernel/ftrace_enabled
else
	note 'this kernel does not let ftrace be switched off'
fi
load

# Where packets go. Four queues of eth1 and one of eth0.
expect 0 kbpctl irq pin eth1 --cores 0-1
steer eth0 0
expect 0 kbpctl enable --cores 2-3
asked 5 core-gets-irqs core-served saved-vs-real modules kernel-verified
finds bad core-gets-irqs
finds hint saved-vs-real
says 'kbpctl irq pin INTERFACE --cores 2-3'
steer eth0 2
asked 0 core-gets-irqs queues-vs-cores
finds warning core-gets-irqs queues-vs-cores
expect 0 kbpctl irq pin eth1 --cores 2-3
asked 0 core-gets-irqs queues-vs-cores irq-pending
finds ok core-gets-irqs queues-vs-cores
finds hint irq-pending
expect 0 kbpctl enable --cores 2-3 --save
asked 0 saved-vs-real
finds ok saved-vs-real

# Settings: all at once, and none of them.
calm
checks=
was=/tmp/settings
mkdir $was
settings | while read -r check verdict else file value; do
	if [ -e "$file" ]; then
		echo "$check $verdict $else $file $value"
	else
		note "this kernel has no $file" >&2
	fi
done >$was/here
checks=$(cut -d ' ' -f 1 $was/here | sort -u | in_a_line)
# shellcheck disable=SC2086 # words are meant
asked 0 $checks
while read -r check _ else _; do finds "$else" "$check"; done <$was/here
while read -r _ _ _ file value; do
	# Of several that are offered, the one in brackets is set.
	sed 's/.*\[\(.*\)\].*/\1/' "$file" >"$was/$(echo "$file" | tr / _)"
	echo "$value" >"$file"
done <$was/here
state=$(now_set)
# shellcheck disable=SC2086 # words are meant
asked 5 $checks
while read -r check verdict _; do finds "$verdict" "$check"; done <$was/here
same 'settings after doctor' "$state" "$(now_set)"
while read -r _ _ _ file _; do cat "$was/$(echo "$file" | tr / _)" >"$file"; done <$was/here

# Tasks, and what they ask of the cores.
asked 0 irqbalance realtime-tasks busy-tasks vhost-threads vcpu-threads softirqs
finds ok irqbalance realtime-tasks busy-tasks vhost-threads vcpu-threads softirqs
named irqbalance 0
named vhost-4711 2
named 'CPU 0/KVM' 0
chrt -f 50 taskset -c 0-3 sleep 1000 &
tasks="$tasks $!"
hog 2
testnic
tn_start cpu=3 period_ns=1000000 burst=1 cost_ns=0 count=0 tasklet_period_ns=500000 tasklet_ns=1000
asked 0 irqbalance realtime-tasks busy-tasks vhost-threads vcpu-threads softirqs
finds warning irqbalance realtime-tasks busy-tasks vhost-threads softirqs
finds hint vcpu-threads
says 'TASKLET on core 3' 'vhost-4711' 'CPU 0/KVM' 'sleep (pid'
tn_stop
echo tasklet_period_ns=0 >$tn/config
hog_over
tasks_over

# What it prints as a plan is a script.
kbpctl doctor --fix-plan >/tmp/plan
sh -n /tmp/plan || fail "the plan is no script: $(cat /tmp/plan)"
unload
