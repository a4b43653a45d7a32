// SPDX-License-Identifier: GPL-2.0
//! A poller leaves the core's other work its share.

use kbp_stories::Story;

/// The longest that a piece of per-CPU kernel work may take beside a poller, in milliseconds: the
/// promise of the product.
const LIMIT_MS: u32 = 1_000;

#[test]
fn kernel_work_finishes_beside_a_poller_at_full_load() {
    Story::new(
        "kworkers, RCU, RCU-tasks, net device changes finish within a second beside a poller",
    )
    .limit(240)
    .script(&format!(
        "
            # within COMMAND...: it ends in time; $prepare runs before and may take as long as it likes.
            prepare=
            within() {{
                local start took try
                # The host of the guest has its own delays: three times in a row are no accident.
                for try in 1 2 3; do
                    $prepare
                    start=$(milliseconds)
                    \"$@\" >/dev/null || fail \"'$*' failed\"
                    took=$(($(milliseconds) - start))
                    [ $took -le $longest ] || longest=$took
                    [ $took -gt {LIMIT_MS} ] || return 0
                done
                fail \"'$*' took $took ms beside $beside\"
            }}
            trace=/sys/kernel/tracing
            # A work item on every core, and the wait for all of them.
            bound_kworker() {{ cat /proc/sys/vm/stat_refresh; }}
            # The same from the network side: with the backlog of a veth in use, under the RTNL.
            device() {{
                ip link add kd0 type dummy
                ip link set kd0 up
                ip link del kd0
            }}
            use_backlogs() {{
                /bin/ip link add kv0 type veth peer name kv1
                ip addr add 10.79.0.1/24 dev kv0
                ip link set kv0 up
                ip link set kv1 up
                taskset 2 ping -q -c 1 -w 1 10.79.0.2 >/dev/null || true
            }}
            flush_backlogs() {{ /bin/ip link del kv0; }}
            # Detaching waits for RCU-tasks.
            probe() {{
                echo 'p:kbp_story do_sys_openat2' >$trace/kprobe_events
                echo 1 >$trace/events/kprobes/kbp_story/enable
            }}
            unprobe() {{
                echo 0 >$trace/events/kprobes/kbp_story/enable
                echo >$trace/kprobe_events
            }}
            # A net namespace goes: several synchronize_rcu().
            grace_period() {{ unshare -n true; }}
            testnic
            load
            expect 0 kbpctl enable --cores 1
            for beside in 'a poller' 'a poller and a spinning task'; do
                [ \"$beside\" = 'a poller' ] || hog 1
                for how in 'fifo armed' 'fifo masked' 'other:0 armed'; do
                    # Beside a spinning task SCHED_OTHER means to wait for one's turn.
                    expect 0 kbpctl set --cores 1 --sched ${{how% *}} --irq ${{how#* }} --rescue 5000
                    longest=0
                    # More than the core can do.
                    tn_start cpu=1 period_ns=1000000 burst=4 cost_ns=300000 count=0
                    usleep 200000
                    within bound_kworker
                    within device
                    prepare=use_backlogs
                    within flush_backlogs
                    prepare=probe
                    within unprobe
                    prepare=
                    within grace_period
                    echo 0 >$tn/run
                    tn_drain
                    note \"longest beside $beside ($how): $longest ms\"
                done
                [ \"$beside\" = 'a poller' ] || hog_over
            done
            expect 0 kbpctl set --cores 1 --sched fifo --irq armed
            quiet 1 tn_run cpu=1 period_ns=200000 burst=1 cost_ns=0 count=2000
            unload
            "
    ))
    .tool("ip")
    .run();
}

#[test]
fn a_poller_stays_where_it_is() {
    Story::new("nobody moves a poller, and its policy is what was asked for")
        .tool("chrt")
        .script(
            "
            load
            expect 0 kbpctl enable --cores 1
            pid=$(poller 1)
            expect 1 taskset -p 1 $pid
            says 'Invalid argument'
            mkdir /tmp/cg
            mount -t cgroup2 none /tmp/cg
            echo +cpuset >/tmp/cg/cgroup.subtree_control
            mkdir /tmp/cg/a
            echo 0 >/tmp/cg/a/cpuset.cpus
            echo $pid >/tmp/cg/a/cgroup.procs 2>/dev/null && fail 'a cpuset took the poller'
            same 'affinity' 1 $(sed -n 's/^Cpus_allowed_list:[ \t]*//p' /proc/$pid/status)
            # Where real-time tasks are rationed it is an ordinary one now and then.
            is_fifo() { chrt -p $pid | tr '\\n' ' ' | grep -q 'SCHED_FIFO.*priority: 1'; }
            until_true 2 'SCHED_FIFO 1' is_fifo
            expect 0 kbpctl set --cores 1 --sched other:7
            expect 0 chrt -p $pid
            says SCHED_OTHER
            same 'nice' 7 $(awk '{ print $19 }' /proc/$pid/stat)
            expect 0 kbpctl set --cores 1 --sched fifo
            until_true 2 'SCHED_FIFO 1 again' is_fifo
            served 1
            unload
            ",
        )
        .run();
}

#[test]
fn no_fair_server_and_no_throttle_take_a_bite() {
    Story::new("a waiting task gets its share in windows, so the kernel takes none in one piece")
        .script(
            "
            testnic
            load
            expect 0 kbpctl enable --cores 1
            for windows in '50 500' '200 2000'; do
                expect 0 kbpctl set --cores 1 --window ${windows% *} --spacing ${windows#* }
                hog 1
                before=$(counter 1 windows)
                ran=$(cut -d ' ' -f 1 /proc/$hog_pid/schedstat)
                quiet 1 tn_run cpu=1 period_ns=500000 burst=1 cost_ns=100000 count=8000
                ran=$((($(cut -d ' ' -f 1 /proc/$hog_pid/schedstat) - ran) / 1000000))
                [ $(($(counter 1 windows) - before)) -gt 20 ] || fail 'hardly a window in 4 s'
                # The fair server takes 50 ms of a second in one piece from who has given less.
                [ $ran -ge 200 ] || fail \"the waiting task ran $ran ms of 4000\"
                note \"the waiting task ran $ran ms of 4000\"
                hog_over
                # Nobody waits now, and a kernel that throttles asks for its share all the same.
                keeps_ration 1 600
                tn_start cpu=1 period_ns=1000000 burst=8 cost_ns=200000 count=0
                keeps_ration 1 600
                tn_stop
            done
            unload
            ",
        )
        .run();
}
