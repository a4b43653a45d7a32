// SPDX-License-Identifier: GPL-2.0
//! Each question with what provokes each of its answers.

use super::*;
use crate::doctor::checks;

/// Files and their texts.
type Files = &'static [(&'static str, &'static str)];

/// Files that make the machine so, the check, and what it is to find.
struct Case {
    files: Files,
    /// Those that are so half a second later.
    late: Files,
    check: &'static str,
    finds: &'static str,
}

const fn so(check: &'static str, files: Files, finds: &'static str) -> Case {
    then(check, files, &[], finds)
}

const fn then(check: &'static str, files: Files, late: Files, finds: &'static str) -> Case {
    Case {
        files,
        late,
        check,
        finds,
    }
}

const LINE: &str = "/proc/cmdline";
const FULL: &str = "/sys/devices/system/cpu/nohz_full";
const ISOLATED: &str = "/sys/devices/system/cpu/isolated";
const INTERRUPTS: &str = "/proc/interrupts";
const STAT: &str = "/proc/stat";

/// On a machine whose eth0 has two queues, and whose core 2 is served.
const CASES: &[Case] = &[
    so("saved-vs-real", &[], "hint: saved: none; enabled: 2"),
    so(
        "saved-vs-real",
        &[("/etc/kbp/kbp.toml", "[[serve]]\ncores = \"2\"\n")],
        "ok: saved and enabled: 2",
    ),
    so(
        "saved-vs-real",
        &[("/etc/kbp/kbp.toml", "nonsense")],
        "bad: the saved state cannot be read",
    ),
    so("irqbalance", &[], "ok: it does not run"),
    so(
        "irqbalance",
        &[
            ("/proc/99/comm", "irqbalance\n"),
            ("/proc/irq/25/smp_affinity_list", "2\n"),
        ],
        "warning: it runs, and may move the interrupts away",
    ),
    so("irq-pending", &[], "ok"),
    so(
        "irq-pending",
        &[("/proc/irq/27/smp_affinity_list", "2\n")],
        "hint: eth0 rx-1 on the way",
    ),
    so("irq-numa", &[], "unknown"),
    so(
        "irq-numa",
        &[
            ("/sys/class/net/eth0/device/../numa_node", "0\n"),
            ("/sys/class/net/eth0/device/../local_cpulist", "0-1\n"),
            ("/proc/irq/27/smp_affinity_list", "2\n"),
        ],
        "warning: eth0 is at node 0, and its interrupts go to core 2",
    ),
    so(
        "irq-numa",
        &[
            ("/sys/class/net/eth0/device/../numa_node", "0\n"),
            ("/sys/class/net/eth0/device/../local_cpulist", "0-3\n"),
        ],
        "ok",
    ),
    then(
        "other-irqs",
        &[
            (INTERRUPTS, "   CPU0 CPU2\n 25: 0 0 x\n 40: 0 5 x\n"),
            ("/proc/irq/40/smp_affinity_list", "0-3\n"),
            ("/sys/kernel/irq/40/actions", "nvme0q1\n"),
        ],
        &[(INTERRUPTS, "   CPU0 CPU2\n 25: 0 500 x\n 40: 9 305 x\n")],
        "warning: IRQ 40 (nvme0q1) comes to core 2 300 times a second; \
         run: echo 0-1,3 > /proc/irq/40/smp_affinity_list",
    ),
    then(
        "other-irqs",
        &[(INTERRUPTS, "   CPU0 CPU2\n 25: 0 0 x\n 40: 0 5 x\n")],
        &[(INTERRUPTS, "   CPU0 CPU2\n 25: 0 500 x\n 40: 999 9 x\n")],
        "ok",
    ),
    so("queues-vs-cores", &[], "unknown"),
    so(
        "queues-vs-cores",
        &[("/proc/irq/27/smp_affinity_list", "2\n")],
        "ok: 1 receive queues, 1 cores",
    ),
    so("rps", &[], "ok: RPS and RFS are off"),
    so(
        "rps",
        &[("/sys/class/net/eth0/queues/rx-1/rps_cpus", "0000000a\n")],
        "warning: eth0 rx-1 to cores 1,3; \
         run: echo 0 > /sys/class/net/eth0/queues/rx-1/rps_cpus",
    ),
    so("xps", &[], "ok"),
    so(
        "xps",
        &[
            ("/proc/irq/27/smp_affinity_list", "2\n"),
            ("/sys/class/net/eth0/queues/tx-0/xps_cpus", "4\n"),
            ("/sys/class/net/eth0/queues/tx-1/xps_cpus", "8\n"),
        ],
        "hint: core 2 sends by eth0 tx-0, not tx-1; \
         run: echo 0 > /sys/class/net/eth0/queues/tx-0/xps_cpus; \
         echo c > /sys/class/net/eth0/queues/tx-1/xps_cpus",
    ),
    // All that eth0 receives comes here.
    so(
        "xps",
        &[
            ("/proc/irq/25/smp_affinity_list", "2\n"),
            ("/proc/irq/27/smp_affinity_list", "2\n"),
            ("/sys/class/net/eth0/queues/tx-0/xps_cpus", "4\n"),
            ("/sys/class/net/eth0/queues/tx-1/xps_cpus", "8\n"),
        ],
        "hint: core 2 sends by eth0 tx-0, not tx-1; \
         run: kbpctl irq pin eth0 --cores 2 --xps",
    ),
    so(
        "coalescing",
        &[],
        "unknown: virtio_net does not tell for eth0",
    ),
    so(
        "ring-sizes",
        &[],
        "unknown: virtio_net does not tell for eth0",
    ),
    so("virtio-features", &[], "ok: no virtio NIC here"),
    so(
        "virtio-features",
        &[(
            "/sys/class/net/eth0/device/features",
            "1100011111111101111100000000100001000000000000000000000000000000\n",
        )],
        "hint: eth0 has no event indexes",
    ),
    so(
        "threaded-napi",
        &[("/sys/class/net/eth0/threaded", "0\n")],
        "ok",
    ),
    so(
        "threaded-napi",
        &[("/sys/class/net/eth0/threaded", "1\n")],
        "bad: eth0; run: echo 0 > /sys/class/net/eth0/threaded",
    ),
    so("backlog-threads", &[(LINE, "quiet\n")], "ok"),
    so(
        "backlog-threads",
        &[(LINE, "quiet thread_backlog_napi\n")],
        "warning",
    ),
    so("deferred-interrupts", &[], "ok"),
    so(
        "deferred-interrupts",
        &[
            ("/sys/class/net/eth0/napi_defer_hard_irqs", "2\n"),
            ("/sys/class/net/eth0/gro_flush_timeout", "20000\n"),
        ],
        "warning: eth0 for 20 us",
    ),
    so(
        "busy-poll",
        &[("/proc/sys/net/core/busy_poll", "0\n")],
        "ok",
    ),
    so(
        "busy-poll",
        &[("/proc/sys/net/core/busy_poll", "50\n")],
        "hint: net.core.busy_poll = 50 us; run: sysctl -w net.core.busy_poll=0",
    ),
    so("ring-drops", &[], "unknown"),
    then(
        "ring-drops",
        &[("/sys/class/net/eth0/statistics/rx_missed_errors", "7\n")],
        &[("/sys/class/net/eth0/statistics/rx_missed_errors", "9\n")],
        "bad: lost meanwhile: eth0 rx_missed_errors 2",
    ),
    so(
        "ring-drops",
        &[("/sys/class/net/eth0/statistics/rx_missed_errors", "7\n")],
        "ok: not now; since it came up: eth0 rx_missed_errors 7",
    ),
    so("softnet-drops", &[], "unknown"),
    then(
        "softnet-drops",
        &[
            ("/proc/net/softnet_stat", "1 0 0 0 0 0 0 0 0 0 0 0 2 0 0\n"),
            ("/proc/sys/net/core/netdev_max_backlog", "1000\n"),
        ],
        &[("/proc/net/softnet_stat", "1 3 0 0 0 0 0 0 0 0 0 0 2 0 0\n")],
        "bad: core 2 lost packets meanwhile; run: sysctl -w net.core.netdev_max_backlog=4000",
    ),
    then(
        "softnet-drops",
        &[("/proc/net/softnet_stat", "1 0 0 0 0 0 0 0 0 0 0 0 2 0 0\n")],
        &[("/proc/net/softnet_stat", "1 0 9 0 0 0 0 0 0 0 0 0 2 0 0\n")],
        "hint: core 2 put packets off meanwhile",
    ),
    so(
        "softnet-drops",
        &[("/proc/net/softnet_stat", "1 f 9 0 0 0 0 0 0 0 0 0 2 0 0\n")],
        "ok: not now; since the boot 15 packets",
    ),
    so("softirqs", &[], "unknown"),
    then(
        "softirqs",
        &[(
            "/proc/softirqs",
            "   CPU0 CPU2\n TASKLET: 0 1\n NET_RX: 0 0\n",
        )],
        &[(
            "/proc/softirqs",
            "   CPU0 CPU2\n TASKLET: 9 401\n NET_RX: 0 900\n",
        )],
        "warning: TASKLET on core 2, 400 a second",
    ),
    then(
        "resched-ipis",
        &[(
            INTERRUPTS,
            "   CPU0 CPU2\n RES: 0 0 Rescheduling interrupts\n",
        )],
        &[(
            INTERRUPTS,
            "   CPU0 CPU2\n RES: 0 5000 Rescheduling interrupts\n",
        )],
        "warning: core 2 gets 5000 a second",
    ),
    then(
        "call-ipis",
        &[(
            INTERRUPTS,
            "   CPU0 CPU2\n CAL: 0 0 Function call interrupts\n",
        )],
        &[(
            INTERRUPTS,
            "   CPU0 CPU2\n CAL: 900 7 Function call interrupts\n",
        )],
        "ok: 7 a second at most",
    ),
    then(
        "tlb-flushes",
        &[(INTERRUPTS, "   CPU0 CPU2\n TLB: 0 0 TLB shootdowns\n")],
        &[(INTERRUPTS, "   CPU0 CPU2\n TLB: 0 101 TLB shootdowns\n")],
        "warning: core 2 gets 101 a second",
    ),
    so("isolcpus", &[], "unknown"),
    so("isolcpus", &[(ISOLATED, "\n")], "hint: core 2 not isolated"),
    so(
        "isolcpus",
        &[
            (ISOLATED, "\n"),
            ("/sys/fs/cgroup/cpuset.cpus.isolated", "2-3\n"),
        ],
        "ok",
    ),
    so(
        "nohz-full",
        &[(FULL, " (null)\n")],
        "hint: core 2 with the tick",
    ),
    so("nohz-full", &[(FULL, "2\n")], "ok"),
    so("rcu-nocbs", &[(LINE, "rcu_nocbs=3 quiet\n")], "hint"),
    so("rcu-nocbs", &[(LINE, "rcu_nocbs=1-2 quiet\n")], "ok"),
    so("rcu-nocbs", &[(FULL, "2\n")], "ok"),
    so("watchdog", &[], "ok: this kernel has none"),
    so(
        "watchdog",
        &[("/proc/sys/kernel/watchdog", "0\n")],
        "ok: it is off",
    ),
    so(
        "watchdog",
        &[
            ("/proc/sys/kernel/watchdog", "1\n"),
            ("/proc/sys/kernel/watchdog_cpumask", "0-3\n"),
        ],
        "hint: it watches them; run: sysctl -w kernel.watchdog_cpumask=0-1,3",
    ),
    so("workqueues", &[], "unknown"),
    so(
        "workqueues",
        &[("/sys/devices/virtual/workqueue/cpumask", "f\n")],
        "hint: they may run on core 2; \
         run: echo b > /sys/devices/virtual/workqueue/cpumask",
    ),
    so(
        "workqueues",
        &[("/sys/devices/virtual/workqueue/cpumask", "3\n")],
        "ok",
    ),
    so(
        "timer-migration",
        &[("/proc/sys/kernel/timer_migration", "1\n")],
        "ok",
    ),
    so(
        "timer-migration",
        &[("/proc/sys/kernel/timer_migration", "0\n")],
        "hint",
    ),
    so("boot-parameters", &[], "hint: no"),
    so("boot-parameters", &[(ISOLATED, "2\n"), (FULL, "2\n")], "ok"),
    so(
        "realtime-throttling",
        &[
            ("/proc/sys/kernel/sched_rt_runtime_us", "950000\n"),
            ("/proc/sys/kernel/sched_rt_period_us", "1000000\n"),
        ],
        "ok",
    ),
    so(
        "realtime-throttling",
        &[
            ("/proc/sys/kernel/sched_rt_runtime_us", "500000\n"),
            ("/proc/sys/kernel/sched_rt_period_us", "1000000\n"),
        ],
        "warning: 500000 of 1000000 us; run: sysctl -w kernel.sched_rt_runtime_us=950000",
    ),
    so("fair-server", &[], "unknown"),
    so(
        "fair-server",
        &[("/sys/kernel/debug/sched/preempt", "(full)\n")],
        "ok",
    ),
    so(
        "fair-server",
        &[(
            "/sys/kernel/debug/sched/fair_server/cpu2/runtime",
            "90000000\n",
        )],
        "hint: more than 50 ms a second on core 2",
    ),
    so("sched-ext", &[], "ok: this kernel has none"),
    so(
        "sched-ext",
        &[("/sys/kernel/sched_ext/state", "disabled\n")],
        "ok: no",
    ),
    so(
        "sched-ext",
        &[
            ("/sys/kernel/sched_ext/state", "enabled\n"),
            ("/sys/kernel/sched_ext/root/ops", "rusty\n"),
        ],
        "hint: rusty",
    ),
    so("preemption", &[], "unknown"),
    so(
        "preemption",
        &[(
            "/sys/kernel/debug/sched/preempt",
            "none voluntary (full) lazy\n",
        )],
        "ok: full",
    ),
    so(
        "preemption",
        &[("/sys/kernel/debug/sched/preempt", "none (voluntary) full\n")],
        "hint: voluntary",
    ),
    so("preemption", &[("/sys/kernel/realtime", "1\n")], "bad"),
    so("smt-siblings", &[], "unknown"),
    then(
        "smt-siblings",
        &[
            (
                "/sys/devices/system/cpu/cpu2/topology/thread_siblings_list",
                "2-3\n",
            ),
            (STAT, "cpu3 0 0 0 100 0 0 0 0 0 0\n"),
        ],
        &[(STAT, "cpu3 60 0 0 140 0 0 0 0 0 0\n")],
        "warning: core 3 beside core 2 is busy for 60 %",
    ),
    then(
        "steal",
        &[(STAT, "cpu2 0 0 0 0 0 0 0 0 0 0\n")],
        &[(STAT, "cpu2 90 0 0 0 0 0 0 10 0 0\n")],
        "bad: 10 % of core 2",
    ),
    then(
        "steal",
        &[(STAT, "cpu2 0 0 0 0 0 0 0 5 0 0\n")],
        &[(STAT, "cpu2 90 0 0 0 0 0 0 5 0 0\n")],
        "ok",
    ),
    so("governor", &[], "unknown"),
    so(
        "governor",
        &[(
            "/sys/devices/system/cpu/cpu2/cpufreq/scaling_governor",
            "powersave\n",
        )],
        "warning: powersave on core 2",
    ),
    so(
        "governor",
        &[(
            "/sys/devices/system/cpu/cpu2/cpufreq/scaling_governor",
            "performance\n",
        )],
        "ok",
    ),
    so("c-states", &[], "unknown"),
    so(
        "c-states",
        &[(
            "/sys/devices/system/cpu/cpu2/cpuidle/state3/latency",
            "170\n",
        )],
        "warning: core 2 up to 170 us; run: kbpctl set --cores 2 --max-exit-latency 50",
    ),
    so(
        "c-states",
        &[
            (
                "/sys/devices/system/cpu/cpu2/cpuidle/state3/latency",
                "170\n",
            ),
            ("/sys/devices/system/cpu/cpu2/cpuidle/state3/disable", "1\n"),
            ("/sys/devices/system/cpu/cpu2/cpuidle/state1/latency", "2\n"),
        ],
        "ok",
    ),
    so(
        "clock-source",
        &[(
            "/sys/devices/system/clocksource/clocksource0/current_clocksource",
            "tsc\n",
        )],
        "ok: tsc",
    ),
    so(
        "clock-source",
        &[
            (
                "/sys/devices/system/clocksource/clocksource0/current_clocksource",
                "hpet\n",
            ),
            (
                "/sys/devices/system/clocksource/clocksource0/available_clocksource",
                "tsc hpet\n",
            ),
        ],
        "warning: hpet; \
         run: echo tsc > /sys/devices/system/clocksource/clocksource0/current_clocksource",
    ),
    so("huge-pages", &[], "ok: this kernel has none"),
    so(
        "huge-pages",
        &[(
            "/sys/kernel/mm/transparent_hugepage/enabled",
            "[always] madvise never\n",
        )],
        "hint: always",
    ),
    so(
        "same-page-merging",
        &[("/sys/kernel/mm/ksm/run", "0\n")],
        "ok: no",
    ),
    so(
        "same-page-merging",
        &[("/sys/kernel/mm/ksm/run", "1\n")],
        "warning: yes",
    ),
    so(
        "numa-balancing",
        &[("/proc/sys/kernel/numa_balancing", "0\n")],
        "ok: no",
    ),
    so(
        "numa-balancing",
        &[("/proc/sys/kernel/numa_balancing", "1\n")],
        "hint: yes",
    ),
    so("mitigations", &[], "unknown"),
    so(
        "mitigations",
        &[
            (
                "/sys/devices/system/cpu/vulnerabilities/meltdown",
                "Mitigation: PTI\n",
            ),
            (
                "/sys/devices/system/cpu/vulnerabilities/mds",
                "Not affected\n",
            ),
        ],
        "ok: mitigated: meltdown",
    ),
    so("boot-note", &[], "ok"),
    so("kernel-verified", &[], "ok: 6.1.0-test was"),
    so("kernel-verified", &[("/sys/kernel/notes", "other")], "hint"),
    so("modules", &[], "ok: loaded"),
    so("secure-boot", &[], "ok: Secure Boot off, lockdown none"),
    so(
        "secure-boot",
        &[(
            "/sys/kernel/security/lockdown",
            "none [integrity] confidentiality\n",
        )],
        "ok: Secure Boot off, lockdown integrity; the modules were taken",
    ),
    so("other-livepatches", &[], "ok: no"),
    so(
        "other-livepatches",
        &[
            ("/sys/kernel/livepatch/fix/enabled", "1\n"),
            ("/sys/kernel/livepatch/fix/replace", "1\n"),
        ],
        "hint: fix may replace others",
    ),
    so(
        "other-livepatches",
        &[("/sys/kernel/livepatch/fix/transition", "1\n")],
        "warning: fix in transition",
    ),
    so("hooked-functions", &[], "unknown"),
    so(
        "hooked-functions",
        &[(
            "/sys/kernel/tracing/enabled_functions",
            "__napi_schedule (1) R I tramp: 0x1 (klp_ftrace_handler+0x0/0x1c0)\n",
        )],
        "ok: no",
    ),
    so(
        "hooked-functions",
        &[(
            "/sys/kernel/tracing/enabled_functions",
            "__raise_softirq_irqoff (1) R I tramp: 0x1 (spy+0x0/0x20 [probe])\n",
        )],
        "warning: spy [probe] has __raise_softirq_irqoff",
    ),
    so("next-kernel", &[], "unknown"),
    so(
        "next-kernel",
        &[
            ("/lib/modules/6.9-test/x", ""),
            ("/boot/vmlinuz-6.9-test", ""),
        ],
        "warning: 6.9-test comes next, and has no modules of KBP",
    ),
    so("core-served", &[], "ok: core 2 served"),
    so(
        "core-gets-irqs",
        &[],
        "bad: none comes to core 2; those of eth0 go to cores 0-1; \
         run: kbpctl irq pin eth0 --cores 2",
    ),
    so(
        "core-gets-irqs",
        &[("/proc/irq/27/smp_affinity_list", "2\n")],
        "ok: eth0 rx-1",
    ),
    so("realtime-tasks", &[], "unknown"),
    so("busy-tasks", &[], "unknown"),
    so("stuck-tasks", &[], "unknown"),
    so("vhost-threads", &[], "ok: there are none"),
    so("vcpu-threads", &[], "ok: there are none"),
    so("halt-polling", &[], "ok: no virtual machine runs here"),
];

#[test]
fn each_answer_to_each_question() {
    let mut asked: Vec<&str> = Vec::new();
    for case in CASES {
        let net = net();
        for (path, text) in case.files {
            put(&net.0, path, text);
        }
        for (path, text) in case.late {
            let late = (
                Duration::from_millis(500),
                PathBuf::from(path),
                (*text).to_owned(),
            );
            net.0 .0.borrow_mut().late.push(late);
        }
        let found = found(&net, case.check);
        assert!(
            found.starts_with(case.finds),
            "{}: {found}, not {}",
            case.check,
            case.finds
        );
        asked.push(case.check);
        assert_eq!(log(&net.0), "", "{} changes nothing", case.check);
    }
    let never = checks::all().filter(|check| !asked.contains(&check.id));
    let never: Vec<&str> = never.map(|check| check.id).collect();
    assert!(never.is_empty(), "no case asks {never:?}");
}
