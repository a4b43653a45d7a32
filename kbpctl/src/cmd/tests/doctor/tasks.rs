// SPDX-License-Identifier: GPL-2.0
//! Tasks that have the cores, or want them.

use super::*;

/// A task: its name, state, core, ticks that it ran, flags, priority and policy.
fn task(net: &Net, tid: i32, name: &str, numbers: (char, u32, u64, u32, u32, u32)) -> String {
    let (state, core, ran, flags, priority, policy) = numbers;
    let line = format!(
        "{tid} ({name}) {state} 2 0 0 0 -1 {flags} 0 0 0 0 {ran} 0 0 0 20 0 1 0 3 0 0 0 0 0 0 0 0 0 \
         2147483647 0 0 0 0 0 17 {core} {priority} {policy} 0 0 0 0 0 0 0 0 0 0 0\n"
    );
    let folder = format!("/proc/{tid}/task/{tid}");
    put(&net.0, &format!("{folder}/stat"), &line);
    line
}

/// The cores on which it may run.
fn may_run(net: &Net, tid: i32, cores: &str) {
    let status = format!(
        "Name:\tx\nUmask:\t0000\nState:\tS (sleeping)\nTgid:\t{tid}\nNgid:\t0\nPid:\t{tid}\nPPid:\t2\n\
         TracerPid:\t0\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nFDSize:\t64\nGroups:\t\nThreads:\t1\n\
         SigQ:\t0/1\nSigPnd:\t0\nShdPnd:\t0\nSigBlk:\t0\nSigIgn:\t0\nSigCgt:\t0\nCapInh:\t0\n\
         CapPrm:\t0\nCapEff:\t0\nCapBnd:\t0\nCapAmb:\t0\nCpus_allowed:\tf\n\
         Cpus_allowed_list:\t{cores}\n"
    );
    put(&net.0, &format!("/proc/{tid}/task/{tid}/status"), &status);
}

#[test]
fn tasks_on_the_cores_are_named() {
    const KERNEL: u32 = 0x0020_0000;
    let net = net();
    task(&net, 50, "kbp/2", ('R', 2, 100, KERNEL, 1, 1));
    task(&net, 51, "migration/2", ('S', 2, 1, KERNEL, 99, 1));
    task(&net, 60, "far hog", ('R', 1, 0, 0, 50, 1));
    may_run(&net, 60, "0-1");
    assert_eq!(found(&net, "realtime-tasks"), "ok: none");
    assert_eq!(
        found(&net, "busy-tasks"),
        "ok: nobody for more than a twentieth of the time"
    );
    task(&net, 61, "rt (hog)", ('R', 2, 0, 0, 50, 1));
    may_run(&net, 61, "0-3");
    assert_eq!(
        found(&net, "realtime-tasks"),
        "warning: rt (hog) (pid 61) at priority 50; run: taskset -pc 0-1,3 61"
    );
    // It runs for 30 ms of the second, then for 300.
    task(&net, 62, "user", ('R', 2, 0, 0, 0, 0));
    for (ran, finds) in [
        (3, "ok: nobody for more than a twentieth of the time"),
        (
            30,
            "warning: user (pid 62) on core 2, 30 %; run: taskset -pc 0-1,3 62",
        ),
    ] {
        let before = task(&net, 62, "user", ('R', 2, 0, 0, 0, 0));
        let after = task(&net, 62, "user", ('R', 2, ran, 0, 0, 0));
        put(&net.0, "/proc/62/task/62/stat", &before);
        let at = net.0.now() + Duration::from_millis(500);
        let late = (at, PathBuf::from("/proc/62/task/62/stat"), after);
        net.0 .0.borrow_mut().late.push(late);
        assert_eq!(found(&net, "busy-tasks"), finds);
    }
    assert_eq!(found(&net, "stuck-tasks"), "ok: none");
    task(&net, 63, "kworker/2:1", ('D', 2, 5, KERNEL, 0, 0));
    may_run(&net, 63, "2");
    assert_eq!(
        found(&net, "stuck-tasks"),
        "warning: kworker/2:1 (pid 63) in state D"
    );
}

#[test]
fn hosts_of_virtual_machines() {
    let net = net();
    task(&net, 70, "vhost-1234", ('S', 1, 0, 0, 0, 0));
    may_run(&net, 70, "0-1");
    task(&net, 71, "CPU 0/KVM", ('S', 1, 0, 0, 0, 0));
    may_run(&net, 71, "0-1");
    put(
        &net.0,
        "/sys/module/kvm/parameters/halt_poll_ns",
        "200000\n",
    );
    assert_eq!(
        found(&net, "vhost-threads"),
        "ok: 1 threads, off these cores"
    );
    assert_eq!(
        found(&net, "vcpu-threads"),
        "hint: ordinary tasks: CPU 0/KVM (pid 71); run: chrt -f -p 1 71"
    );
    assert_eq!(found(&net, "halt-polling"), "ok: up to 200 us");
    put(&net.0, "/sys/module/kvm/parameters/halt_poll_ns", "0\n");
    assert!(found(&net, "halt-polling").starts_with("hint: no"));
    may_run(&net, 70, "0-3");
    assert_eq!(
        found(&net, "vhost-threads"),
        "warning: may run on these cores: vhost-1234 (pid 70); run: taskset -pc 0-1,3 70"
    );
    may_run(&net, 71, "2");
    assert!(found(&net, "vcpu-threads").starts_with("warning: may run on these cores"));
    task(&net, 71, "CPU 0/KVM", ('S', 1, 0, 0, 1, 1));
    may_run(&net, 71, "0-1");
    assert_eq!(found(&net, "vcpu-threads"), "ok: 1 threads, all real-time");
}
