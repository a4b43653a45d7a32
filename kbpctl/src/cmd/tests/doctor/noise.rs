// SPDX-License-Identifier: GPL-2.0
//! `doctor --noise`: whom it disturbs, and what it says of what a thread saw.

use super::*;

const BEFORE: &str = "\
       CPU1 CPU3
 25: 10 0 PCI-MSIX virtio0-input.0
 40: 0 7 x
LOC: 1000 2000 Local timer interrupts
RES: 5 5 Rescheduling interrupts
";
const AFTER: &str = "\
       CPU1 CPU3
 25: 50 0 PCI-MSIX virtio0-input.0
 40: 0 8 x
LOC: 1500 2002 Local timer interrupts
RES: 6 5 Rescheduling interrupts
";

/// A machine whose cores 1 and 3 are interrupted, and of which the host takes core 3.
fn noisy() -> Net {
    let net = net();
    put(&net.0, "/proc/interrupts", BEFORE);
    put(
        &net.0,
        "/proc/stat",
        "cpu1 0 0 0 0 0 0 0 5\ncpu3 0 0 0 0 0 0 0 5\n",
    );
    let mut machine = net.0 .0.borrow_mut();
    machine.gaps_ns = (1..=100).map(|number| number * 1000).collect();
    for (path, text) in [
        ("/proc/interrupts", AFTER),
        (
            "/proc/stat",
            "cpu1 90 0 0 0 0 0 0 5\ncpu3 90 0 0 0 0 0 0 15\n",
        ),
    ] {
        let late = (
            Duration::from_millis(500),
            PathBuf::from(path),
            text.to_owned(),
        );
        machine.late.push(late);
    }
    drop(machine);
    net
}

#[test]
fn what_a_thread_saw_is_told_with_who_came_meanwhile() {
    let net = noisy();
    let answer = kbpctl(&net.0, "doctor --noise 2 --cores 1,3").expect("an answer");
    assert_eq!(answer.exit, Exit::Ok);
    insta::assert_snapshot!("noise", answer.text);
    let core = &answer.json["cores"][1];
    assert_eq!(core["looked_ns"], 2_000_000_000_u64);
    assert_eq!(core["gaps"]["count"], 100);
    assert_eq!(core["lost_ns"], 5_050_000);
    assert_eq!(core["steal_share"], 0.1);
    assert_eq!(core["interrupts"][0]["irq"], "LOC");
    assert_eq!(core["interrupts"][1]["name"], "40");
    assert_eq!(log(&net.0), "");
}

#[test]
fn who_names_no_time_gets_ten_seconds() {
    let net = noisy();
    kbpctl(&net.0, "doctor --cores 1 --noise").expect("an answer");
    assert_eq!(net.0.now(), Duration::from_secs(10));
}

#[test]
fn a_core_that_kbp_has_is_not_disturbed() {
    let net = noisy();
    for line in ["doctor --noise", "doctor --noise 1 --cores 1-2"] {
        let (exit, said) = error(&net.0, line);
        assert_eq!(exit, Exit::Failed, "{line}");
        assert!(
            said.starts_with("cannot look at core 2: KBP receives there"),
            "{said}"
        );
        assert!(said.ends_with("disturb these with --force"), "{said}");
    }
    assert_eq!(net.0.now(), Duration::ZERO);
    text(&net.0, "doctor --noise 1 --cores 1-2 --force");
    // Who may not ask whom KBP serves is not let.
    fail(&net.0, "info", libc::EACCES);
    let (exit, said) = error(&net.0, "doctor --noise 1 --cores 1");
    assert_eq!(exit, Exit::Permission);
    assert!(said.contains("CAP_NET_ADMIN"), "{said}");
}

#[test]
fn a_core_that_cannot_be_had_is_named() {
    let net = noisy();
    fail(&net.0, "noise", libc::EINVAL);
    let (exit, said) = error(&net.0, "doctor --noise 1 --cores 3");
    assert_eq!(exit, Exit::Failed);
    assert!(said.starts_with("cannot look at core 3: "), "{said}");
}
