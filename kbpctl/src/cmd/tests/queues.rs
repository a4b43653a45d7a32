// SPDX-License-Identifier: GPL-2.0
//! `--channels` and `--xps`: how many queues a NIC uses, and which cores send by them.

use super::irq::{first, go, net, refuses};
use super::net::{Net, PCI};
use super::*;
use crate::steer::originals::FILE;
use crate::sys::channels::{Channels, Counts};

/// What a driver of combined channels has.
pub(super) fn combined(most: u32, now: u32) -> Channels {
    let of = |combined| Counts {
        combined,
        ..Counts::default()
    };
    Channels {
        most: of(most),
        now: of(now),
    }
}

/// eth0 of [`net`], whose driver can have four queues and uses two, and places all interrupts when that changes.
pub(super) fn many() -> Net {
    let net = net();
    let more = [
        (28, "virtio0-output.1", 1),
        (29, "virtio0-input.2", 0),
        (30, "virtio0-input.3", 3),
    ];
    net.nic("eth0", super::net::VIRTIO, &more);
    net.has("eth0", "queues/tx-0/xps_cpus", "5");
    net.has("eth0", "queues/tx-1/xps_cpus", "a");
    let mut machine = net.0 .0.borrow_mut();
    machine.channels.insert("eth0".to_owned(), combined(4, 2));
    let spread = |irq: u32, cores: &str| {
        let path = PathBuf::from(format!("/proc/irq/{irq}/smp_affinity_list"));
        (path, format!("{cores}\n"))
    };
    machine.spreads = vec![
        spread(25, "0-1"),
        spread(26, "0-1"),
        spread(27, "2-3"),
        spread(28, "2-3"),
    ];
    for queue in [0, 1] {
        let path = format!("/sys/class/net/eth0/queues/tx-{queue}/xps_cpus");
        machine
            .spreads
            .push((PathBuf::from(path), "f\n".to_owned()));
    }
    drop(machine);
    net
}

/// The cores that send by each queue, as the kernel writes them.
pub(super) fn sends(net: &Net) -> Vec<String> {
    let machine = net.0 .0.borrow();
    let queues = machine.files.iter();
    let queues = queues.filter(|(path, _)| path.ends_with("xps_cpus"));
    queues.map(|(_, text)| text.trim().to_owned()).collect()
}

/// Everything that a driver or kbpctl may have set.
fn settings(net: &Net) -> Vec<(PathBuf, String)> {
    let machine = net.0 .0.borrow();
    let files = machine.files.iter().filter(|(path, _)| {
        path.starts_with("/proc/irq") || path.starts_with("/sys/class/net/eth0/queues")
    });
    files
        .map(|(path, text)| (path.clone(), text.clone()))
        .collect()
}

#[test]
fn channels_come_first_and_restore_brings_back_all_that_they_reset() {
    let net = many();
    let was = settings(&net);
    let said = text(&net.0, "irq pin eth0 --cores 2-3 --channels 4 --xps");
    assert!(
        said.starts_with("4 receive interrupts of eth0: pinned to cores 2-3"),
        "{said}"
    );
    let words = "note: eth0 has 4 combined channels now, and had 2 combined channels";
    assert!(said.contains(words), "{said}");
    assert!(said.contains("several queues share cores 2-3"), "{said}");
    go(&net, [(25, "2"), (27, "3"), (29, "2"), (30, "3")]);
    assert_eq!(sends(&net), ["4", "8", "4", "8"]);
    // Kept before the driver is asked, and again what the new queues had.
    let log = log(&net.0);
    let begin = "store, 4 channels of eth0, store, write 2 to /proc/irq/25/smp_affinity_list";
    assert!(log.starts_with(begin), "{log}");
    // Nothing is missing.
    let said = first(&net, "irq pin eth0 --cores 2-3 --channels 4 --xps");
    assert!(said.ends_with("already pinned"), "{said}");
    assert_eq!(super::log(&net.0), "");
    let said = text(&net.0, "irq restore");
    assert!(said.contains("eth0: 2 combined channels again"), "{said}");
    assert!(said.contains("eth0 tx-1: xps_cpus a again"), "{said}");
    assert_eq!(settings(&net), was);
    assert!(!net.0 .0.borrow().files.contains_key(Path::new(FILE)));
}

#[test]
fn vectors_of_queues_that_are_not_in_use_stay() {
    let net = many();
    let was = settings(&net);
    let said = first(&net, "irq pin eth0 --cores 1,3");
    assert_eq!(said, "2 receive interrupts of eth0: pinned to cores 1,3");
    go(&net, [(25, "1"), (27, "3"), (29, "0"), (30, "3")]);
    let shown = text(&net.0, "irq show eth0 --all");
    assert!(shown.contains("virtio0-input.3  idle"), "{shown}");
    let said = first(&net, "irq pin eth0 --cores 1,3 --channels 1");
    assert_eq!(said, "1 receive interrupt of eth0: pinned to cores 1,3");
    // What was before all changes counts, also of the one that was pinned before.
    text(&net.0, "irq restore");
    assert_eq!(settings(&net), was);
}

#[test]
fn what_fails_later_brings_the_queues_back_too() {
    for (line, errno) in [
        ("irq pin eth0 --cores 2-3 --channels 4 --xps", libc::EINVAL),
        (
            "enable --cores 2-3 --from eth0 --channels 4 --xps",
            libc::ENOSPC,
        ),
    ] {
        let net = many();
        let was = settings(&net);
        refuses(&net, 29, errno);
        let (exit, line) = error(&net.0, line);
        assert_eq!(exit, Exit::Failed);
        assert!(line.contains("cannot move IRQ 29"), "{line}");
        assert!(line.contains("the interrupts were moved back"), "{line}");
        assert_eq!(settings(&net), was);
        assert!(!net.0 .0.borrow().files.contains_key(Path::new(FILE)));
    }
    // So does a queue that takes no cores, and a core that cannot be enabled.
    let net = many();
    let was = settings(&net);
    let path = PathBuf::from("/sys/class/net/eth0/queues/tx-1/xps_cpus");
    net.0
         .0
        .borrow_mut()
        .refuse_writes
        .push((path, libc::EPERM));
    let line = error(&net.0, "irq pin eth0 --cores 2-3 --xps").1;
    assert!(
        line.contains("cannot have core 3 send by tx-1 of eth0"),
        "{line}"
    );
    assert_eq!(settings(&net), was);
    let net = many();
    let line = error(&net.0, "enable --cores 0 --from eth0 --channels 4 --xps").1;
    assert!(line.contains("core 0 runs work"), "{line}");
    assert_eq!(settings(&net), was);
}

#[test]
fn a_number_of_queues_that_cannot_be_is_refused_before_anything_is_changed() {
    for (channels, count, words) in [
        (
            Some(combined(4, 2)),
            5,
            "it can have 4, as combined channels (ethtool -l); name a number from 1 to 4",
        ),
        (
            None,
            4,
            "its driver has no channels to set; it has 2 receive queues; leave --channels out",
        ),
    ] {
        let net = many();
        let mut machine = net.0 .0.borrow_mut();
        machine.channels.clear();
        machine
            .channels
            .extend(channels.map(|channels| ("eth0".to_owned(), channels)));
        drop(machine);
        let (exit, line) = error(
            &net.0,
            &format!("irq pin eth0 --cores 2 --channels {count}"),
        );
        assert_eq!(exit, Exit::Failed);
        assert!(
            line.contains("nothing was changed") && line.contains(words),
            "{line}"
        );
        assert_eq!(log(&net.0), "");
    }
    // Nothing is to be set.
    let net = net();
    text(&net.0, "irq pin eth0 --cores 2-3 --channels 2");
    // A NIC of a bond that cannot keeps the others as they are.
    let net = many();
    net.nic("eth1", PCI, &[(40, "eth1-rx-0", 0)]);
    net.has("eth1", "queues/rx-0/rps_cpus", "0");
    net.stacked("bond0", &["eth0", "eth1"]);
    let line = error(&net.0, "irq pin bond0 --cores 2-3 --channels 4").1;
    assert!(
        line.contains("cannot have eth1 use 4 receive queues"),
        "{line}"
    );
    assert_eq!(log(&net.0), "");
}

#[test]
fn what_a_driver_refuses_is_explained() {
    for (errno, words) in [
        (
            libc::EINVAL,
            "while the RSS table or a flow rule names a queue that would go, or an XDP program",
        ),
        (
            libc::EOPNOTSUPP,
            "its driver does not change the number of its queues (it has 2 combined channels)",
        ),
        (
            libc::EBUSY,
            "cannot have eth0 use 1 combined channel: Device or resource busy",
        ),
    ] {
        let net = many();
        let was = settings(&net);
        fail(&net.0, "1 channels of eth0", errno);
        let (exit, line) = error(&net.0, "irq pin eth0 --cores 2 --channels 1");
        assert_eq!(exit, Exit::Failed);
        assert!(line.contains(words), "{line}");
        assert_eq!(settings(&net), was);
        assert!(!net.0 .0.borrow().files.contains_key(Path::new(FILE)));
    }
}

#[test]
fn a_dry_run_says_what_would_change() {
    let net = many();
    let was = settings(&net);
    let said = text(
        &net.0,
        "irq pin eth0 --cores 2-3 --channels 1 --xps --dry-run",
    );
    for words in [
        "would set eth0 to 1 combined channel",
        "would write 2 to /proc/irq/25/smp_affinity_list",
        "would write 4 to /sys/class/net/eth0/queues/tx-0/xps_cpus",
    ] {
        assert!(said.contains(words), "{said}");
    }
    assert!(!said.contains("irq/27") && !said.contains("tx-1"), "{said}");
    assert_eq!(settings(&net), was);
    assert_eq!(log(&net.0), "");
}

#[test]
fn a_nic_that_sends_by_one_queue_has_no_choice() {
    let net = net();
    let said = text(&net.0, "irq pin eth0 --cores 2 --xps");
    assert!(
        said.contains("note: eth0 sends by one queue, or this kernel has no XPS"),
        "{said}"
    );
}

#[test]
fn queues_are_saved_and_reapplied() {
    let net = many();
    text(
        &net.0,
        "enable --cores 1,3 --from eth0 --channels 4 --xps --save",
    );
    let file = || net.0 .0.borrow().files[Path::new("/etc/kbp/kbp.toml")].clone();
    let want = "cores = \"1,3\"\nfrom = \"eth0\"\nchannels = 4\nxps = true\n";
    assert!(file().contains(want), "{}", file());
    // A later --save of another core keeps it.
    text(&net.0, "set --cores 2 --idle spin --save");
    assert!(file().contains(want), "{}", file());
    text(&net.0, "irq restore");
    text(&net.0, "reapply");
    go(&net, [(25, "1"), (27, "3"), (29, "1"), (30, "3")]);
    assert_eq!(sends(&net), ["2", "8", "2", "8"]);
    for (lines, words) in [
        (
            "from = \"eth0\"\nchannels = 0",
            "channels = 0 is no number of queues",
        ),
        (
            "from = \"eth0\"\nchannels = \"many\"",
            "channels = \"many\" is no number of queues",
        ),
        (
            "from = \"eth0\"\nxps = 1",
            "xps = 1 is neither true nor false",
        ),
        (
            "channels = 2",
            "channels and xps are about NICs, and this [[serve]] has no from",
        ),
        (
            "xps = true",
            "channels and xps are about NICs, and this [[serve]] has no from",
        ),
    ] {
        put(
            &net.0,
            "/etc/kbp/kbp.toml",
            &format!("[[serve]]\ncores = \"1\"\n{lines}\n"),
        );
        let (exit, line) = error(&net.0, "reapply");
        assert_eq!(exit, Exit::Usage, "{line}");
        assert!(line.contains(words), "{line}");
    }
    let (exit, line) = error(&net.0, "enable --cores 1 --channels 2");
    assert_eq!(exit, Exit::Usage);
    assert!(line.contains("add --from INTERFACE"), "{line}");
}

/// kill -9 after the n-th change, for every n: restore brings back what was.
#[test]
fn a_kill_at_any_change_leaves_what_restore_needs() {
    let line = "irq pin eth0 --cores 1,3 --channels 4 --xps";
    let mut kills = 0;
    for kill in 1.. {
        let net = many();
        let was = settings(&net);
        net.0 .0.borrow_mut().kill_after = Some(kill);
        let outcome = catch_unwind(AssertUnwindSafe(|| kbpctl(&net.0, line)));
        net.0 .0.borrow_mut().kill_after = None;
        if outcome.is_ok() {
            break;
        }
        kills += 1;
        text(&net.0, "irq restore");
        assert_eq!(settings(&net), was, "{kill}");
    }
    assert!(kills > 8, "{kills}");
}

#[test]
fn a_file_of_before_is_still_read() {
    let net = many();
    let file = r#"{"schema":"kbp.irq-originals/1","interrupts":[{"device":"0000:00:02.0",
        "vector":"virtio0-input.0","irq":"25","affinity":"1-2"}],"told_irqbalance":[25]}"#;
    put(&net.0, FILE, file);
    text(&net.0, "irq pin eth0 --cores 2-3 --xps");
    text(&net.0, "irq restore");
    go(&net, [(25, "1-2"), (27, "1")]);
    assert_eq!(sends(&net), ["5", "a"]);
}

#[test]
fn a_link_file_that_places_the_same_interrupts_is_named() {
    let net = net();
    net.has("eth0", "ifindex", "2");
    let file = "/etc/systemd/network/10-fast.link";
    put(
        &net.0,
        "/run/udev/data/n2",
        &format!("E:ID_NET_LINK_FILE={file}\n"),
    );
    put(
        &net.0,
        file,
        "[Match]\nOriginalName=*\n[Link]\nIRQAffinityPolicy=spread\n",
    );
    let said = text(&net.0, "irq pin eth0 --cores 2");
    let words = format!("note: {file} has systemd place the interrupts of eth0, too");
    assert!(said.contains(&words), "{said}");
    let said = text(&net.0, "enable --cores 2 --from eth0");
    assert!(said.contains(&words), "{said}");
}
