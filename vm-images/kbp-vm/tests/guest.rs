// SPDX-License-Identifier: GPL-2.0
//! Guests with a real kernel: `KBP_KERNEL`, or the newest of trixie-backports. Without one in
//! the cache every test here fails and names the command that fetches it.

use std::collections::BTreeSet;
use std::env;
use std::io::{Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kbp_vm::cache::{default_kernel, Layout};
use kbp_vm::udp::Load;
use kbp_vm::{image, run_script, Error, Nic, Outcome, Verdict, Vm, VmConfig};
use nix::sys::socket::{setsockopt, sockopt::RcvBufForce};

/// Generous: only a guest that hangs gets there. What a busy host takes is not counted.
const LIMIT: Duration = Duration::from_secs(180);

/// One guest at a time: each has two CPUs, which is what small machines have.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn config() -> VmConfig {
    VmConfig::new(default_kernel()).timeout(Some(LIMIT))
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

/// Every way that a program is looked for, which prints the first line of `date --version`.
const DATE_BY_EVERY_WAY: &str = "
    for by in '' env 'timeout 60' 'taskset 1' setsid 'unshare -n' 'xargs date' 'sh -c'; do
        case $by in
        xargs*) said=$(echo --version | $by 2>&1) ;;
        sh*) said=$($by 'date --version' 2>&1) ;;
        *) said=$($by date --version 2>&1) ;;
        esac
        case $said in *GNU*) ;; *) echo \"by '$by': $said\" ;; esac
    done
    find /root -maxdepth 0 -exec date --version \\; | grep -q GNU || echo by find
    echo looked";

#[test]
fn a_tool_comes_before_busybox_s_by_whatever_way_it_is_started() {
    let outcome = run(config().tool("date"), DATE_BY_EVERY_WAY);
    assert_eq!(outcome.text(), "looked\n", "{}", show(&outcome));
}

#[test]
fn a_program_of_one_s_own_comes_before_busybox_s() {
    let own = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(own.path(), "#!/bin/sh\necho my own words\n").unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(own.path(), mode).unwrap();
    let script = "date; env date; echo | xargs date; busybox date +busybox";
    let outcome = run(config().copy(own.path(), "/bin/date"), script);
    let words = "my own words\n".repeat(3);
    assert_eq!(outcome.text(), words + "busybox\n", "{}", show(&outcome));
}

/// A program on CPU 1 writes down how late it is; what the host takes can only make that more.
#[test]
fn the_host_stalls_one_virtual_cpu_as_a_guest_asks() {
    let script = r#"
        taskset 2 sh -c 'while :; do read -r up _ </proc/uptime; echo $up; done' >>/tmp/times &
        late() { awk 'last && $1 - last > most { most = $1 - last } { last = $1 } END { print int(most * 100) }' /tmp/times; }
        is_late() { [ "$(late)" -ge "$1" ] || echo "CPU 1 was away for $(late) hundredths, want $1"; }
        until [ -s /tmp/times ]; do usleep 50000; done
        kbp-host stall 1 700
        usleep 100000
        is_late 65
        : >/tmp/times
        kbp-host cap 1 400 20 2
        usleep 100000
        is_late 25
        kbp-host stall 5 1 && echo no error
        kbp-host stay && echo no error
        [ "$(kbp-host waited)" -ge 0 ] || echo no number
        echo done; exit 3"#;
    let outcome = run(config(), script);
    assert_eq!(outcome.verdict, Verdict::Exit(3), "{}", show(&outcome));
    let text = outcome.text();
    let lines: Vec<&str> = text.lines().collect();
    let [no_cpu, no_request, "done"] = lines[..] else {
        panic!("{text}")
    };
    assert!(no_cpu.contains("no thread of QEMU is CPU 5"), "{text}");
    assert!(no_request.contains("'stay' is not understood"), "{text}");
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

/// Says one word of gdb's remote protocol to QEMU and gives the answer, without the frame.
fn gdb(stream: &mut TcpStream, word: &str) -> String {
    let sum = word.bytes().fold(0u8, u8::wrapping_add);
    write!(stream, "${word}#{sum:02x}").unwrap();
    let mut heard = Vec::new();
    let mut byte = [0];
    // A `+` for the word, then `$answer#sum`.
    while heard.len() < 3 || heard[heard.len() - 3] != b'#' {
        stream.read_exact(&mut byte).unwrap();
        heard.push(byte[0]);
    }
    stream.write_all(b"+").unwrap();
    let heard = String::from_utf8(heard).unwrap();
    let answer = heard
        .split_once('$')
        .and_then(|(_, rest)| rest.rsplit_once('#'));
    answer.unwrap_or_else(|| panic!("{heard}")).0.to_owned()
}

/// With a NIC for which QEMU is in another network namespace than the one that asks.
#[test]
fn gdb_finds_the_guest_before_its_first_instruction_and_lets_it_go() {
    let _turn = turn();
    let script =
        "grep -qw nokaslr /proc/cmdline || exit 5; kbp-gdb __napi_poll && kbp-gdb nobody || exit 4";
    let config = config().nic(2).gdb(0).script(script);
    let mut vm = Vm::boot(config).unwrap_or_else(|error| panic!("{error}"));
    let mut stream = TcpStream::connect(vm.gdb().unwrap()).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    let stopped = gdb(&mut stream, "?");
    assert!(stopped.starts_with("T05"), "{stopped}");
    // Registers: of all those bytes some are not zero, the instruction pointer's.
    let registers = gdb(&mut stream, "g");
    assert!(
        registers.len() > 100 && registers.bytes().any(|c| c != b'0'),
        "{registers}"
    );
    assert!(vm.wait_ready(Duration::from_millis(500)).is_err());
    assert_eq!(vm.console(), "", "it stood still");
    // No answer comes before it stops again.
    stream.write_all(b"$c#63").unwrap();
    vm.limit(Some(LIMIT));
    let outcome = vm.wait().unwrap();
    assert_eq!(outcome.verdict, Verdict::Exit(4), "{}", show(&outcome));
    let text = outcome.text();
    assert!(text.starts_with("break *0xffffffff8"), "{text}");
    assert!(
        text.contains("this kernel has no function nobody"),
        "{text}"
    );
}

#[test]
fn a_trace_follows_the_output() {
    let outcome = run(config().trace("sched:sched_switch"), "echo out; exit 5");
    assert_eq!(outcome.verdict, Verdict::Exit(5), "{}", show(&outcome));
    let text = outcome.text();
    assert!(text.starts_with("out\n# tracer: nop\n"), "{text}");
    assert!(text.contains(": sched_switch: prev_comm="), "{text}");
}

#[test]
fn trace_events_that_no_kernel_has_are_named() {
    let _turn = turn();
    let error = run_script(config().trace("no:such"), "true").unwrap_err();
    let text = error.to_string();
    assert!(text.contains("no trace events 'no:such'"), "{text}");
}

#[test]
fn a_person_gets_bash_and_two_queues() {
    let _turn = turn();
    let mut child = Command::new(env!("CARGO_BIN_EXE_kbp-vm"))
        .args(["shell", "--kernel", &default_kernel()])
        .env("TERM", "no-such-terminal")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let typed = "echo bash=$BASH_VERSINFO term=$TERM; set -- /sys/class/net/eth0/queues/rx-*; echo queues=$#; exit 3\n";
    child
        .stdin
        .take()
        .unwrap()
        .write_all(typed.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(3), "{text}");
    for part in ["bash=5 term=vt100", "queues=2"] {
        assert!(text.contains(part), "no {part} in {text}");
    }
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
        // It ends with the last answer; only a loss waits so long.
        drain: LIMIT / 2,
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
    // Room for a whole load: on a busy host the guest may not run for as long as one takes.
    setsockopt(&socket, RcvBufForce, &(4 << 20)).unwrap();
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
        echo '6 * 8' | bc
        ping -q -c 1 10.77.0.1 >/dev/null && echo reached
        cat /sys/class/tty/console/active
        exit 7
        "#,
    );
    assert_eq!(outcome.verdict, Verdict::Exit(7), "{}", show(&outcome));
    let want =
        "systemd\nfrom the host\nrunning\na unit\nfrom the host\n/usr/bin/systemctl\n/root\n\
                overlay\ndummy\n42\n48\nreached\nttyS0\n";
    assert_eq!(outcome.text(), want, "{}", show(&outcome));
}

/// Busybox stays for what the image has not.
#[test]
fn a_debian_s_own_programs_come_before_busybox_s() {
    let script = format!("{DATE_BY_EVERY_WAY}; usleep 1 && busybox date +busybox");
    let outcome = run(debian(), &script);
    assert_eq!(outcome.text(), "looked\nbusybox\n", "{}", show(&outcome));
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
