// SPDX-License-Identifier: GPL-2.0
//! Disabling when a thread does not end.

use super::*;

#[test]
fn disable_goes_through_all_cores() {
    let fake = Fake::active();
    text(&fake, "enable --cores 0-3 --force");
    fake.0.borrow_mut().endless = [1, 2].into();
    log(&fake);
    let (exit, line) = error(&fake, "disable");
    assert_eq!(exit, Exit::Failed);
    assert_eq!(
        line,
        "cannot disable cores 1-2 completely: softirq serves the cores, but their threads kbp/1, \
         kbp/2 have not ended: they wait for the CPU, for example behind real-time tasks; the \
         other cores are disabled; find that task with ps -eo pid,cls,rtprio,psr,comm, then run \
         the command again"
    );
    assert_eq!(log(&fake), "disable", "two seconds, however many are stuck");
    let states = [0, 1, 2, 3].map(|core| core_state(&fake, core));
    let (off, draining) = (abi::KBP_CORE_OFF, abi::KBP_CORE_DRAINING);
    assert_eq!(states, [off, draining, draining, off]);
    // The next try is about those alone.
    fake.0.borrow_mut().endless = [2].into();
    let (exit, line) = error(&fake, "disable --cores 2");
    assert_eq!(exit, Exit::Failed);
    assert_eq!(
        line,
        "cannot disable core 2 completely: softirq serves the core, but its thread kbp/2 has not \
         ended: it waits for the CPU, for example behind a real-time task; find that task with ps \
         -eo pid,cls,rtprio,psr,comm, then run the command again"
    );
    fake.0.borrow_mut().endless.clear();
    assert_eq!(text(&fake, "disable"), "cores 1-2: disabled");
}

#[test]
fn disable_reports_other_failures_at_once() {
    let fake = Fake::active();
    fail(&fake, "disable", 12);
    let (exit, line) = error(&fake, "disable --cores 1-3");
    assert_eq!(exit, Exit::Failed);
    assert!(line.contains("cannot disable cores 1-3"), "{line}");
    assert!(line.contains("Cannot allocate memory"), "{line}");
    fake.0.borrow_mut().fail.clear();
    assert!(error(&fake, "disable --cores 2,9")
        .1
        .contains("core 9 cannot exist"));
}
