# SPDX-License-Identifier: GPL-2.0
# story: nobody moves a poller, and its policy is what was asked for
# tool: chrt

. words.sh

load
expect 0 kbpctl enable --cores 1
pid=$(poller 1)
expect 1 taskset -p 1 "$pid"
says 'Invalid argument'
mkdir /tmp/cg
mount -t cgroup2 none /tmp/cg
echo +cpuset >/tmp/cg/cgroup.subtree_control
mkdir /tmp/cg/a
echo 0 >/tmp/cg/a/cpuset.cpus
echo "$pid" >/tmp/cg/a/cgroup.procs 2>/dev/null && fail 'a cpuset took the poller'
same 'affinity' 1 "$(sed -n 's/^Cpus_allowed_list:[ 	]*//p' "/proc/$pid/status")"
# Where real-time tasks are rationed it is an ordinary one now and then.
is_fifo() { chrt -p "$pid" | tr '\n' ' ' | grep -q 'SCHED_FIFO.*priority: 1'; }
until_true 2 'SCHED_FIFO 1' is_fifo
expect 0 kbpctl set --cores 1 --sched other:7
expect 0 chrt -p "$pid"
says SCHED_OTHER
same 'nice' 7 "$(awk '{ print $19 }' "/proc/$pid/stat")"
expect 0 kbpctl set --cores 1 --sched fifo
until_true 2 'SCHED_FIFO 1 again' is_fifo
served 1
unload
