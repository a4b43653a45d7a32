// SPDX-License-Identifier: GPL-2.0
//! Enabling: every refusal names value, rule and cure.

use super::*;

#[test]
fn enable_names_value_rule_and_cure() {
    let fake = Fake::active();
    fake.0.borrow_mut().offline.insert(3);
    for (line, exit, words) in [
        (
            "enable --cores 9",
            Exit::Failed,
            "core 9 cannot exist here; possible are 0-3",
        ),
        (
            "enable --cores 1,3",
            Exit::Failed,
            "core 3 is offline; online are 0-3",
        ),
        (
            "enable --cores 0",
            Exit::Failed,
            "leave core 0 out, or add --force",
        ),
        ("enable --cores 5-2", Exit::Usage, "\"5-2\" runs backwards"),
        (
            "enable --cores numa:x",
            Exit::Usage,
            "\"x\" is not a node number",
        ),
        (
            "enable --cores numa:7",
            Exit::Failed,
            "there is no NUMA node 7",
        ),
        (
            "enable --cores irq-of:eth9",
            Exit::Failed,
            "no interface \"eth9\"",
        ),
    ] {
        let (got, error) = error(&fake, line);
        assert_eq!(got, exit, "{error}");
        assert!(error.contains(words), "{error}");
    }
    assert_eq!(core_state(&fake, 1), abi::KBP_CORE_OFF);
    assert_eq!(text(&fake, "enable --cores 0 --force"), "core 0: enabled");
}

/// As many as a kernel for x86-64 can be built for, with all ways to name one.
#[test]
fn the_highest_core_of_any_kernel_can_be_named() {
    let fake = Fake::active();
    for core in [1023, 1024, 8191] {
        let status = abi::kbp_core_status {
            core,
            ..*fake.0.borrow_mut().core(3)
        };
        fake.0.borrow_mut().cores.insert(core, status);
    }
    put(
        &fake,
        "/sys/devices/system/node/node7/cpulist",
        "1024,8191\n",
    );
    let enabled = "cores 1024,8191: enabled";
    assert_eq!(text(&fake, "enable --cores numa:7"), enabled);
    assert_eq!(text(&fake, "enable --cores 1023"), "core 1023: enabled");
    assert_eq!(core_state(&fake, 8191), abi::KBP_CORE_POLLING);
    let disabled = "cores 2,1023-1024,8191: disabled";
    assert_eq!(text(&fake, "disable"), disabled);
    let (exit, error) = error(&fake, "enable --cores 2,8192");
    assert_eq!(exit, Exit::Usage);
    assert!(error.contains("\"8192\" names core 8192, the highest of any kernel is 8191"));
}

#[test]
fn enable_needs_a_whole_livepatch() {
    let (exit, line) = error(&Fake::new(), "enable --cores 2");
    assert_eq!(exit, Exit::NotActive);
    assert_eq!(
        line,
        "cannot enable core 2: KBP is not loaded; run kbpctl load"
    );
    let fake = Fake::active();
    fake.0.borrow_mut().patch = None;
    let (exit, line) = error(&fake, "enable --cores 1");
    assert_eq!(exit, Exit::NotActive);
    assert!(
        line.contains("the livepatch is leftover; run kbpctl load"),
        "{line}"
    );
    // A transition that runs is waited for.
    fake.0.borrow_mut().patch = Some(Patch {
        enabled: true,
        since: Some(Duration::ZERO),
    });
    assert_eq!(text(&fake, "enable --cores 1"), "core 1: enabled");
    fake.0.borrow_mut().patch = Some(Patch {
        enabled: true,
        since: Some(fake.now()),
    });
    fake.0.borrow_mut().stuck = Some(true);
    assert_eq!(
        error(&fake, "enable --cores 1 --timeout 1s").0,
        Exit::TimedOut
    );
}
