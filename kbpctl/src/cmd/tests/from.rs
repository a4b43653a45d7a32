// SPDX-License-Identifier: GPL-2.0
//! `enable --from`, and `from` in the saved state.

use super::irq::{first, go, net, refuses};
use super::net::PCI;
use super::*;
use crate::steer::originals::FILE;

#[test]
fn a_move_that_fails_undoes_those_before_it() {
    for (errno, words) in [
        (libc::ENOSPC, "core 3 has no interrupt vector left"),
        (libc::EINVAL, "nothing of core 3 is online"),
        (libc::ERANGE, "this machine has no core 3"),
        (libc::EROFS, "Read-only file system"),
    ] {
        let net = net();
        refuses(&net, 27, errno);
        for line in ["irq pin eth0 --cores 2-3", "enable --cores 2-3 --from eth0"] {
            let (exit, error) = error(&net.0, line);
            assert_eq!(exit, Exit::Failed);
            assert!(error.contains(words), "{error}");
            assert!(error.contains("the interrupts were moved back"), "{error}");
            go(&net, [(25, "0-3"), (27, "1")]);
            assert!(!net.0 .0.borrow().files.contains_key(Path::new(FILE)));
            assert_eq!(core_state(&net.0, 3), abi::KBP_CORE_OFF);
        }
    }
}

#[test]
fn enable_brings_the_interrupts_of_interfaces_along() {
    let net = net();
    let said = first(&net, "enable --cores 1,3 --from eth0");
    assert_eq!(
        said,
        "cores 1,3: enabled; 2 receive interrupts of eth0 moved there"
    );
    go(&net, [(25, "1"), (27, "3")]);
    assert!(log(&net.0).ends_with("smp_affinity_list, enable"));
    let said = first(&net, "enable --cores 1,3 --from eth0");
    assert_eq!(
        said,
        "cores 1,3: already enabled; 2 receive interrupts of eth0 go there already"
    );
    // A core that cannot be enabled leaves the interrupts where they were.
    let (_, line) = error(&net.0, "enable --cores 0 --from eth0");
    assert!(line.contains("core 0 runs work"), "{line}");
    assert!(line.contains("the interrupts were moved back"), "{line}");
    go(&net, [(25, "1"), (27, "3")]);
    // Nor does one that has nothing to do with interrupts take the way back.
    error(&net.0, "enable --cores 0");
    text(&net.0, "irq restore");
    go(&net, [(25, "0-3"), (27, "1")]);
}

#[test]
fn where_interrupts_come_from_is_saved_and_reapplied() {
    let net = net();
    text(&net.0, "enable --cores 1,3 --from eth0 --save");
    let saved = PathBuf::from("/etc/kbp/kbp.toml");
    let file = || net.0 .0.borrow().files[&saved].clone();
    assert!(
        file().contains("cores = \"1,3\"\nfrom = \"eth0\"\n"),
        "{}",
        file()
    );
    // One of the two gets options of its own: the interrupts still go to both.
    text(&net.0, "set --cores 3 --idle spin --save");
    assert!(
        file().contains("cores = \"1,3\"\nfrom = \"eth0\"\n"),
        "{}",
        file()
    );
    text(&net.0, "set --cores 3 --idle adaptive --save");
    // A later --save of another core keeps it.
    text(&net.0, "set --cores 2 --idle spin --save");
    assert!(
        file().contains("cores = \"1,3\"\nfrom = \"eth0\"\n"),
        "{}",
        file()
    );
    text(&net.0, "irq restore");
    text(&net.0, "disable --cores 1");
    text(&net.0, "reapply");
    go(&net, [(25, "1"), (27, "3")]);
    // An interface that is not there yet is waited for.
    put(&net.0, "/proc/sys/kernel/random/boot_id", "1\n");
    put(
        &net.0,
        "/etc/kbp/kbp.toml",
        "[[serve]]\ncores = \"1\"\nfrom = \"eth7\"\n",
    );
    let (exit, line) = error(&net.0, "reapply --boot --wait 1s");
    assert_eq!(exit, Exit::Failed);
    assert!(
        line.contains("there is no interface \"eth7\" here"),
        "{line}"
    );
    for (value, words) in [
        ("\"a/b\"", "is no name of an interface"),
        ("[]", "neither a whole number"),
    ] {
        let text = format!("[[serve]]\ncores = \"1\"\nfrom = {value}\n");
        put(&net.0, "/etc/kbp/kbp.toml", &text);
        let (exit, line) = error(&net.0, "reapply");
        assert_eq!(exit, Exit::Usage, "{line}");
        assert!(line.contains(words) && line.contains("line 3"), "{line}");
    }
}

#[test]
fn a_dry_run_names_each_write() {
    let net = net();
    let said = text(&net.0, "enable --cores 1,3 --from eth0 --dry-run");
    for words in [
        "would write /run/kbp/irq.json",
        "would write 1 to /proc/irq/25/smp_affinity_list",
        "would write 3 to /proc/irq/27/smp_affinity_list",
        "would serve the packets for cores 1,3",
    ] {
        assert!(said.contains(words), "{said}");
    }
    assert_eq!(log(&net.0), "");
}

/// kill -9 after the n-th change, for every n: restore brings back what was.
#[test]
fn a_kill_at_any_change_leaves_what_restore_needs() {
    for kill in 1..5 {
        let net = net();
        net.0 .0.borrow_mut().kill_after = Some(kill);
        let line = "enable --cores 1,3 --from eth0";
        let outcome = catch_unwind(AssertUnwindSafe(|| kbpctl(&net.0, line)));
        net.0 .0.borrow_mut().kill_after = None;
        assert!(outcome.is_err(), "{kill}");
        text(&net.0, "irq restore");
        go(&net, [(25, "0-3"), (27, "1")]);
        assert_eq!(
            text(&net.0, "irq restore"),
            "no interrupt was moved by kbpctl"
        );
    }
}

#[test]
fn what_arrives_is_said() {
    const NOT_YET: &str = "not verified yet: no packet came within a second";
    let net = net();
    let said = text(&net.0, "enable --cores 1,3 --from eth0");
    assert!(said.contains(NOT_YET), "{said}");
    // Elsewhere more come: that does not count.
    for (table, words) in [
        (
            "CPU0 CPU1 CPU2 CPU3\n 25: 99 0 0 0 x\n 27: 1 2 0 4 x\n",
            NOT_YET,
        ),
        (
            "CPU0 CPU1 CPU2 CPU3\n 25: 7 5 0 0 x\n 27: 1 2 0 4 x\n",
            "verified: 1 of 2 queues brought packets there (5 interrupts)",
        ),
        (
            "CPU0 CPU1 CPU2 CPU3\n 25: 7 9 0 0 x\n 27: 1 2 0 6 x\n",
            "verified: 2 of 2 queues brought packets there (6 interrupts)",
        ),
    ] {
        let soon = net.0.now() + Duration::from_millis(100);
        let path = PathBuf::from("/proc/interrupts");
        net.0 .0.borrow_mut().late = vec![(soon, path, table.to_owned())];
        let said = text(&net.0, "irq pin eth0 --cores 1,3");
        assert!(said.contains(words), "{words}: {said}");
    }
    // Who masks interrupts sees packets all the same.
    let napi = |packets| abi::kbp_napi_status {
        ifindex: 2,
        packets,
        ..abi::kbp_napi_status::default()
    };
    net.has("eth0", "ifindex", "2");
    net.0 .0.borrow_mut().napis.insert(1, vec![napi(40)]);
    let said = text(&net.0, "irq pin eth0 --cores 1,3");
    assert!(said.contains(NOT_YET), "{said}");
    let dry = text(&net.0, "irq pin eth0 --cores 2 --dry-run");
    assert!(!dry.contains("verified"), "{dry}");
}

#[test]
fn the_interrupts_of_an_interface_go_to_the_cores_named_last() {
    let net = net();
    text(&net.0, "enable --cores 1 --from eth0 --save");
    text(&net.0, "enable --cores 3 --from eth0 --save");
    let file = net.0 .0.borrow().files[Path::new("/etc/kbp/kbp.toml")].clone();
    assert!(file.ends_with("cores = \"3\"\nfrom = \"eth0\"\n"), "{file}");
    assert!(file.contains("cores = \"1-3\"\n"), "{file}");
    net.goes(25, "0", "0");
    text(&net.0, "reapply");
    go(&net, [(25, "3"), (27, "3")]);
}

#[test]
fn a_port_that_is_down_is_named_and_waited_for() {
    let net = net();
    net.nic("eth1", PCI, &[]);
    net.stacked("bond0", &["eth0", "eth1"]);
    let said = text(&net.0, "irq pin bond0 --cores 2");
    assert!(
        said.contains("note: eth1 has no receive interrupt yet"),
        "{said}"
    );
    put(&net.0, "/proc/sys/kernel/random/boot_id", "1\n");
    put(
        &net.0,
        "/etc/kbp/kbp.toml",
        "[[serve]]\ncores = \"2\"\nfrom = \"bond0\"\n",
    );
    let path = format!("/sys/class/net/eth1/{PCI}/50");
    let soon = net.0.now() + Duration::from_secs(3);
    net.0 .0.borrow_mut().late = vec![(soon, PathBuf::from(path), "msix\n".to_owned())];
    put(&net.0, "/sys/kernel/irq/50/actions", "eth1-rx-0\n");
    net.goes(50, "0", "0");
    text(&net.0, "reapply --boot --wait 10s");
    go(&net, [(50, "2")]);
}
