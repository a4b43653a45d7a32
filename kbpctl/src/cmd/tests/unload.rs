// SPDX-License-Identifier: GPL-2.0
//! Unloading when the transition or the module does not let go.

use super::*;

#[test]
fn unload_names_who_holds_the_transition_back_and_goes_back() {
    let fake = Fake::active();
    fake.0.borrow_mut().stuck = Some(false);
    fake.add_task(4711, "spinner", 1);
    let (exit, line) = error(&fake, "unload --timeout 2s");
    assert_eq!(exit, Exit::TimedOut);
    assert!(line.contains("held back by 4711 (spinner)"), "{line}");
    assert!(
        line.contains("the livepatch and core 2 are enabled again"),
        "{line}"
    );
    assert_eq!(patch(&fake), State::Enabled);
    assert_eq!(core_state(&fake, 2), abi::KBP_CORE_POLLING);
    assert_eq!(log(&fake), "disable, write 0, write 1, enable");
}

#[test]
fn unload_says_who_uses_the_module() {
    let fake = Fake::active();
    fail(&fake, "delete kbp", libc::EAGAIN);
    let (exit, line) = error(&fake, "unload --timeout 1s");
    assert_eq!(exit, Exit::TimedOut);
    assert!(line.contains("a process holds /dev/kbp open"), "{line}");
    fake.0.borrow_mut().fail.clear();
    text(&fake, "unload");
}

#[test]
fn unload_changes_nothing_where_modules_cannot_be_removed() {
    let fake = Fake::active();
    put(&fake, "/proc/sys/kernel/modules_disabled", "1\n");
    for line in ["unload", "unload --dry-run"] {
        let (exit, said) = error(&fake, line);
        assert_eq!(exit, Exit::Unsupported, "{said}");
        assert!(
            said.contains("; nothing was changed: kernel.modules_disabled is 1"),
            "{said}"
        );
    }
    assert_eq!(log(&fake), "");
}

#[test]
fn unload_leaves_a_module_in_use_alone() {
    let fake = Fake::active();
    let put = |path: &str, text: &str| put(&fake, path, text);
    put("/sys/module/kbp/refcnt", "2\n");
    put("/sys/module/kbp/holders/kbp_livepatch", "");
    let (exit, line) = error(&fake, "unload --timeout 1s");
    assert_eq!(exit, Exit::TimedOut);
    assert!(line.contains("a process holds /dev/kbp open"), "{line}");
    assert!(
        line.contains("the livepatch and core 2 are enabled again"),
        "{line}"
    );
    assert_eq!(log(&fake), "disable, enable");
    put("/sys/module/kbp/refcnt", "1\n");
    text(&fake, "unload");
}

#[test]
fn unload_stops_at_a_thread_that_does_not_end() {
    let fake = Fake::active();
    fake.0.borrow_mut().set_state(3, abi::KBP_CORE_POLLING);
    fake.0.borrow_mut().endless.insert(2);
    let (exit, line) = error(&fake, "unload");
    assert_eq!(exit, Exit::Failed);
    assert!(line.contains("its thread kbp/2 has not ended"), "{line}");
    assert!(
        line.contains("the other cores are disabled; no module was touched"),
        "{line}"
    );
    assert_eq!(patch(&fake), State::Enabled);
    assert_eq!(log(&fake), "disable");
    fake.0.borrow_mut().endless.clear();
    text(&fake, "unload");
    assert!(fake.0.borrow().modules.is_empty());
}

#[test]
fn unload_goes_back_when_the_kernel_refuses() {
    let fake = Fake::active();
    fail(&fake, "write 0", libc::EROFS);
    let (exit, line) = error(&fake, "unload");
    assert_eq!(exit, Exit::Failed);
    assert!(
        line.contains("the livepatch and core 2 are enabled again"),
        "{line}"
    );
    assert_eq!(log(&fake), "disable, enable");
    // The patch is out: what is left is said.
    for (operation, words) in [
        ("delete kbp_livepatch", "core 2 is not enabled any more"),
        ("delete kbp", "the livepatch is out and no core is enabled"),
    ] {
        let fake = Fake::active();
        fail(&fake, operation, libc::EPERM);
        let (_, line) = error(&fake, "unload");
        assert!(line.contains(words), "{line}");
        assert_eq!(core_state(&fake, 2), abi::KBP_CORE_OFF);
    }
}

#[test]
fn a_core_that_went_offline_keeps_no_other_from_coming_back() {
    let fake = Fake::active();
    fake.0.borrow_mut().set_state(3, abi::KBP_CORE_YIELDED);
    fake.0.borrow_mut().offline.insert(3);
    fake.0.borrow_mut().stuck = Some(false);
    let (_, line) = error(&fake, "unload --timeout 1s");
    assert!(
        line.contains("the livepatch is enabled again, core 3 not: "),
        "{line}"
    );
    assert_eq!(core_state(&fake, 2), abi::KBP_CORE_POLLING);
}
