// SPDX-License-Identifier: GPL-2.0
//! Guests that go on from a kept boot.

use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use kbp_vm::cache::default_kernel;
use kbp_vm::{Outcome, Verdict, Vm, VmConfig};

/// Generous: only a guest that hangs gets there.
const LIMIT: Duration = Duration::from_secs(180);

/// One guest at a time.
static TURN: Mutex<()> = Mutex::new(());

/// A guest that goes on from a kept boot, with this word in a file of its own.
fn tell(dir: &Path, word: &str, script: &str) -> Outcome {
    let file = dir.join(word);
    fs::write(&file, word).expect("a file");
    let config = VmConfig::new(default_kernel())
        .timeout(Some(LIMIT))
        .nic(1)
        .kept()
        .own(file, "/root/new/word")
        .script(script);
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let told = Vm::boot(config).and_then(Vm::wait);
    told.unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn guests_of_one_boot_have_their_own_work_files_network_and_end() {
    let dir = tempfile::tempdir().expect("a folder");
    let first = tell(dir.path(), "one", "cat new/word; exit 3");
    let ping = "ping -c 3 -q 10.77.0.1 | grep -o '3 packets received'";
    let script = format!("cat new/word; echo; {ping}; ls new; dmesg | grep -c 'Linux version'");
    let second = tell(dir.path(), "two", &script);
    assert_eq!(first.verdict, Verdict::Exit(3), "{first:?}");
    assert_eq!(second.verdict, Verdict::Exit(0), "{second:?}");
    assert_eq!(first.text(), "one");
    assert_eq!(second.text(), "two\n3 packets received\nword\n1\n");
    // No two boots reach it in the same microsecond.
    let init = |outcome: &Outcome| {
        let line = outcome
            .console
            .lines()
            .find(|line| line.contains("Run /init"));
        line.map(str::to_owned).expect("the kernel's line")
    };
    assert_eq!(init(&first), init(&second));
}

#[test]
fn the_clocks_of_a_kept_guest_stood_still_and_agree() {
    let dir = tempfile::tempdir().expect("a folder");
    let script = "now() { cut -d. -f1 /proc/uptime; date +%s; }; now; sleep 2; now";
    let outcome = tell(dir.path(), "clock", script);
    let text = outcome.text();
    let numbers: Vec<u64> = text.lines().filter_map(|line| line.parse().ok()).collect();
    let [up, date, up_later, date_later] = numbers[..] else {
        panic!("{text}");
    };
    let (for_up, for_date) = (up_later - up, date_later - date);
    assert!(for_up >= 2 && for_date.abs_diff(for_up) <= 1, "{text}");
    // Of the host's time since the kernel's boot none has passed but what the guest ran.
    assert!(up < 120, "{text}");
}

#[test]
fn a_nic_of_a_kept_guest_is_reset_and_has_told_nobody_that_it_moved() {
    let dir = tempfile::tempdir().expect("a folder");
    let script = "sent=$(cat /sys/class/net/eth0/statistics/tx_packets)
        sleep 2
        echo $(($(cat /sys/class/net/eth0/statistics/tx_packets) - sent))
        nic=$(basename $(readlink -f /sys/class/net/eth0/device)); cd /sys/bus/virtio/drivers/virtio_net
        echo $nic >unbind && echo $nic >bind
        ip addr add 10.77.0.2/24 dev eth0; ip link set eth0 up
        ping -c 1 -q 10.77.0.1 | grep -o '1 packets received'";
    let outcome = tell(dir.path(), "nic", script);
    assert_eq!(outcome.verdict, Verdict::Exit(0), "{outcome:?}");
    assert_eq!(outcome.text(), "0\n1 packets received\n");
}

#[test]
fn a_crash_of_a_kept_guest_is_a_crash() {
    let dir = tempfile::tempdir().expect("a folder");
    let outcome = tell(dir.path(), "crash", "echo c >/proc/sysrq-trigger; sleep 60");
    assert!(matches!(outcome.verdict, Verdict::Crash(_)), "{outcome:?}");
}

#[test]
fn what_is_too_large_for_the_way_in_is_named() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("large");
    fs::write(&file, vec![b'x'; 1 << 20]).expect("a file");
    let config = VmConfig::new(default_kernel()).kept().own(file, "/x");
    let error = Vm::boot(config).err().expect("an error").to_string();
    assert!(error.contains("at most 49152 get to it"), "{error}");
}
