// SPDX-License-Identifier: GPL-2.0
//! Guests with a real kernel: `KBP_KERNEL`, or the newest of trixie-backports. Without one in
//! the cache every test here fails and names the command that fetches it.

use std::collections::BTreeSet;
use std::env;
use std::net::UdpSocket;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kbp_vm::cache::Layout;
use kbp_vm::udp::Load;
use kbp_vm::{image, run_script, Error, Nic, Outcome, Verdict, Vm, VmConfig};

/// Generous: only a guest that hangs gets there.
const LIMIT: Duration = Duration::from_secs(120);

/// One guest at a time: each has two CPUs, which is what small machines have.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn config() -> VmConfig {
    let kernel = env::var("KBP_KERNEL")
        .ok()
        .filter(|kernel| !kernel.is_empty());
    VmConfig::new(kernel.unwrap_or_else(|| "trixie-backports".into())).timeout(Some(LIMIT))
}

fn run(config: VmConfig, script: &str) -> Outcome {
    let _turn = turn();
    run_script(config, script).unwrap_or_else(|error| panic!("{error}"))
}

/// The outcome as a failed test should show it.
fn show(outcome: &Outcome) -> String {
    format!(
        "{:?}\n{}\n{}",
        outcome.verdict,
        outcome.text(),
        outcome.console
    )
}

#[test]
fn the_command_s_exit_code_and_both_streams_come_back() {
    let outcome = run(config(), "echo out; echo err >&2; pwd; exit 7");
    assert_eq!(outcome.verdict, Verdict::Exit(7), "{}", show(&outcome));
    assert_eq!(outcome.text(), "out\nerr\n/root\n");
}

#[test]
fn output_is_exact() {
    let script = r"seq 1 10000; printf 'cr\r\nnul\000esc\033[1m\004\021\023\177\377 end'";
    let outcome = run(config(), script);
    let mut expected: Vec<u8> = (1..=10000)
        .flat_map(|n| format!("{n}\n").into_bytes())
        .collect();
    expected.extend_from_slice(b"cr\r\nnul\0esc\x1b[1m\x04\x11\x13\x7f\xff end");
    assert_eq!(outcome.code, 0, "{}", show(&outcome));
    assert!(
        outcome.output == expected,
        "{} bytes instead of {}",
        outcome.output.len(),
        expected.len()
    );
}

#[test]
fn what_a_guest_promises_is_there() {
    let script =
        "for d in /proc/uptime /sys/kernel/debug/sched /sys/kernel/tracing/trace /dev/null; do
            ls -d $d || exit 1
        done
        modprobe bridge && modprobe dummy && ip link add va type veth peer name vb && nproc
        grep -q 'kbp_vm_test=1' /proc/cmdline && cat /some/new/folder/file";
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "copied\n").unwrap();
    let config = config()
        .append("kbp_vm_test=1")
        .copy(file.path(), "/some/new/folder/file");
    let outcome = run(config, script);
    assert!(
        outcome.text().ends_with("2\ncopied\n"),
        "{}",
        show(&outcome)
    );
    assert_eq!(outcome.code, 0, "{}", show(&outcome));
}

#[test]
fn a_time_out_is_one() {
    let _turn = turn();
    let mut vm = Vm::boot(config().script("echo up; kbp-mark up; sleep 1000"))
        .unwrap_or_else(|e| panic!("{e}"));
    vm.wait_mark("up", LIMIT).unwrap();
    vm.limit(Some(Duration::from_secs(1)));
    let outcome = vm.wait().unwrap();
    assert_eq!(outcome.verdict, Verdict::Timeout, "{}", show(&outcome));
    assert_eq!(outcome.code, 254);
    assert_eq!(outcome.text(), "up\n");
}

#[test]
fn a_panic_ends_the_run_with_its_trace() {
    let outcome = run(
        config(),
        "echo before; echo c >/proc/sysrq-trigger; sleep 1000",
    );
    let Verdict::Crash(lines) = &outcome.verdict else {
        panic!("{}", show(&outcome))
    };
    assert_eq!(outcome.code, 255);
    assert_eq!(outcome.text(), "before\n");
    for text in [
        "sysrq: Trigger a crash",
        "Kernel panic - not syncing: sysrq triggered crash",
        "Call Trace:",
    ] {
        assert!(
            lines.iter().any(|line| line.contains(text)),
            "no '{text}' in {lines:#?}"
        );
    }
}

/// No stock kernel has a button for a WARN, so the log gets one from a real kernel through
/// /dev/kmsg: the same console, the same port, the same reader.
#[test]
fn a_warning_ends_the_run() {
    let script = "echo '<4>WARNING: CPU: 1 PID: 143 at kernel/softirq.c:362 __local_bh_enable_ip+0x6d/0x90' >/dev/kmsg
        echo '<4>Call Trace:' >/dev/kmsg
        echo '<4>---[ end trace 0000000000000000 ]---' >/dev/kmsg
        sleep 1000";
    let outcome = run(config(), script);
    let Verdict::Crash(lines) = &outcome.verdict else {
        panic!("{}", show(&outcome))
    };
    assert!(
        lines.last().is_some_and(|line| line.contains("end trace")),
        "{lines:#?}"
    );
}

/// A writer on a frozen file system sleeps uninterruptibly until somebody thaws it.
#[test]
fn a_hung_task_ends_the_run() {
    let script = "modprobe -q loop; modprobe -q ext4 # unless built in
        dd if=/dev/zero of=/tmp/disk bs=1M count=8 2>/dev/null && mke2fs -F /tmp/disk >/dev/null &&
        mkdir /mnt && mount -t ext2 -o loop /tmp/disk /mnt || exit 1
        echo 1 >/proc/sys/kernel/hung_task_timeout_secs
        fsfreeze --freeze /mnt || exit 1
        touch /mnt/file";
    let outcome = run(config().module("loop").module("ext4"), script);
    let Verdict::Crash(lines) = &outcome.verdict else {
        panic!("{}", show(&outcome))
    };
    assert!(
        lines
            .iter()
            .any(|line| line.contains("blocked for more than 1 seconds")),
        "{lines:#?}"
    );
}

#[test]
fn a_tainted_kernel_is_no_success() {
    // 12288 is O and E, which our own modules bring; 64 is a taint by the user.
    let outcome = run(config(), "echo 12288 >/proc/sys/kernel/tainted");
    assert_eq!(outcome.verdict, Verdict::Exit(0), "{}", show(&outcome));
    let outcome = run(config(), "echo 64 >/proc/sys/kernel/tainted");
    assert_eq!(outcome.verdict, Verdict::Taint(64), "{}", show(&outcome));
    assert_eq!(outcome.code, 255);
}

#[test]
fn a_guest_that_leaves_early_is_no_success() {
    let outcome = run(config(), "poweroff -f");
    assert!(
        matches!(outcome.verdict, Verdict::Lost(_)),
        "{}",
        show(&outcome)
    );
    assert_eq!(outcome.code, 255);
}

#[test]
fn the_host_answers_on_every_cable() {
    let outcome = run(
        config().nic(1).nic(1),
        "ping -c 3 -W 5 10.77.0.1 && ping -c 3 -W 5 10.77.1.1",
    );
    assert_eq!(outcome.verdict, Verdict::Exit(0), "{}", show(&outcome));
}

#[test]
fn a_nic_has_its_queues() {
    let script =
        "ls -d /sys/class/net/eth0/queues/[rt]x-* | wc -l; ping -c 3 -W 5 10.77.0.1 >/dev/null";
    let outcome = run(config().smp(2).nic(2), script);
    assert_eq!(outcome.verdict, Verdict::Exit(0), "{}", show(&outcome));
    assert_eq!(outcome.text(), "4\n");
}

#[test]
fn every_datagram_of_a_load_is_accounted_for() {
    for queues in [1, 2] {
        let _turn = turn();
        let vm = echoing(config().nic(queues)).unwrap_or_else(|error| panic!("{error}"));
        load(&vm, 0);
        stop(vm);
    }
}

/// The other NIC is a plain cable, and works beside it.
#[test]
fn a_switch_with_dpdk_stands_between_host_and_guest() {
    let _turn = turn();
    let before = interfaces();
    let vm = match echoing(config().nic(1).any_nic(Nic::OvsDpdk)) {
        Err(Error::NoSwitch(why)) => return println!("skipped: {why}"),
        booted => booted.unwrap_or_else(|error| panic!("{error}")),
    };
    let switch = vm.switch().expect("it has a switch").clone();
    let version = switch.version().unwrap();
    assert!(version.contains("DPDK"), "{version}");
    assert!(!switch.ran().unwrap().is_zero());
    assert_eq!(interfaces(), before, "its taps are not the host's");
    let polled = || switch.polled().unwrap();
    let at_first = polled();
    load(&vm, 1);
    let by_switch = polled() - at_first;
    assert!(by_switch >= 1000, "500 there and 500 back: {by_switch}");
    let at_first = polled();
    load(&vm, 0);
    let beside = polled() - at_first;
    assert!(beside < 500, "{beside} of a plain cable's");
    stop(vm);
    assert!(
        switch.polled().is_err() && switch.ran().is_err(),
        "it must end with the guest"
    );
    assert_eq!(interfaces(), before);
}

/// The host's network interfaces.
fn interfaces() -> BTreeSet<String> {
    let names = std::fs::read_dir("/sys/class/net").unwrap().flatten();
    names
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

/// A guest that echoes.
fn echoing(config: VmConfig) -> kbp_vm::Result<Vm> {
    let this = env::current_exe().unwrap();
    let script = "./test --exact --ignored the_guest_s_echo >/dev/null & kbp-wait; kill $!";
    let mut vm = Vm::boot(config.copy(this, "/root/test").script(script))?;
    vm.wait_mark("echo", LIMIT)?;
    Ok(vm)
}

/// Sends it datagrams by one of its NICs.
fn load(vm: &Vm, nic: usize) {
    let load = Load {
        count: 500,
        rate: 500,
        payload: 200,
        flows: 4,
        ..Load::default()
    };
    let outcome = load.run(&vm.cable(nic).unwrap()).unwrap();
    let counts = outcome.counts;
    assert_eq!((counts.sent, counts.received, counts.lost), (500, 500, 0));
    let times = outcome.latency.summary().count;
    assert_eq!((counts.duplicates, outcome.corrupt, times), (0, 0, 500));
}

fn stop(mut vm: Vm) {
    vm.tell("stop").unwrap();
    let outcome = vm.wait().unwrap();
    assert_eq!(outcome.verdict, Verdict::Exit(0), "{}", show(&outcome));
    assert_eq!(outcome.text(), "stop\n");
}

/// The other side of [`echoing`]: this file's program, running in the guest.
#[test]
#[ignore = "it echoes for ever, in the guest of other tests"]
fn the_guest_s_echo() {
    let socket = UdpSocket::bind("0.0.0.0:7").unwrap();
    std::fs::write("/dev/ttyS2", "mark echo\n").unwrap();
    let mut buffer = [0; 2048];
    loop {
        let (length, from) = socket.recv_from(&mut buffer).unwrap();
        socket.send_to(&buffer[..length], from).unwrap();
    }
}

/// A guest with a Debian in it; its boot takes longer.
fn debian() -> VmConfig {
    let image = image::debian(&Layout::find().expect("the repository"));
    config()
        .root(image.unwrap_or_else(|error| panic!("{error}")))
        .timeout(Some(3 * LIMIT))
}

#[test]
fn a_debian_is_booted_by_its_systemd_and_has_what_other_guests_have() {
    let folder = tempfile::tempdir().unwrap();
    let note = folder.path().join("note");
    std::fs::write(&note, "from the host\n").unwrap();
    let config = debian()
        .nic(1)
        .copy(&note, "/lib/kbp-note")
        .tool("bc")
        .module("overlay")
        .before("cat /lib/kbp-note >/etc/before; command -v dpkg");
    let outcome = run(
        config,
        r#"
        cat /proc/1/comm /etc/before
        systemctl is-system-running
        systemctl show --property MainPID --value kbp-guest.service | grep -qx $PPID && echo a unit
        [ -L /lib ] && cat /lib/kbp-note
        command -v systemctl; pwd
        modprobe overlay && grep -o '^overlay' /proc/modules
        /sbin/modprobe dummy && grep -o '^dummy' /proc/modules
        echo '6 * 7' | /bin/bc
        ping -q -c 1 10.77.0.1 >/dev/null && echo reached
        cat /sys/class/tty/console/active
        exit 7
        "#,
    );
    assert_eq!(outcome.verdict, Verdict::Exit(7), "{}", show(&outcome));
    let want =
        "systemd\nfrom the host\nrunning\na unit\nfrom the host\n/usr/bin/systemctl\n/root\n\
                overlay\ndummy\n42\nreached\nttyS0\n";
    assert_eq!(outcome.text(), want, "{}", show(&outcome));
}

#[test]
fn what_fails_before_a_debian_boots_is_told() {
    let _turn = turn();
    let config = debian().before("echo the reason >&2; exit 3");
    let error = run_script(config, "true").unwrap_err().to_string();
    assert!(error.contains("code 3, after: the reason"), "{error}");
}

#[test]
fn what_a_debian_writes_is_gone_with_it() {
    let _turn = turn();
    for _ in 0..2 {
        let script = "[ ! -e /etc/was-here ]; : >/etc/was-here; sync; echo written; exit 4";
        let error = run_script(debian().before(script), "true").unwrap_err();
        let text = error.to_string();
        assert!(text.contains("code 4, after: written"), "{text}");
    }
}

#[test]
fn an_image_that_is_not_there_is_named() {
    let error = run_script(config().root("/no/such.ext4"), "true").unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("cannot open the image /no/such.ext4"),
        "{text}"
    );
}
