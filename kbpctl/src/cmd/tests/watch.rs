// SPDX-License-Identifier: GPL-2.0
//! `irq watch`: what is brought back, when, and what is not fought for.

use super::irq::{go, net};
use super::net::{Net, PCI};
use super::queues::{combined, many, sends};
use super::*;
use crate::steer::originals::FILE;
use crate::sys::Event;

/// Something happens so many milliseconds from now.
fn later(net: &Net, ms: u64) -> Duration {
    net.0.now() + Duration::from_millis(ms)
}

/// Somebody writes where an interrupt may go.
fn writes(net: &Net, ms: u64, irq: u32, cores: &str) {
    let at = later(net, ms);
    let path = PathBuf::from(format!("/proc/irq/{irq}/smp_affinity_list"));
    let mut machine = net.0 .0.borrow_mut();
    machine.late.push((at, path, format!("{cores}\n")));
}

fn event(net: &Net, ms: u64, event: Event) {
    let at = later(net, ms);
    net.0 .0.borrow_mut().events.push((at, event));
}

/// Watches for so long; what it said.
fn watch(net: &Net, ms: u64) -> Vec<String> {
    event(net, ms, Event::End);
    text(&net.0, "irq watch");
    std::mem::take(&mut net.0 .0.borrow_mut().said)
}

#[test]
fn a_silent_writer_is_noticed_within_two_seconds() {
    for ms in [100, 900, 1900] {
        let net = net();
        text(&net.0, "irq pin eth0 --cores 2-3");
        log(&net.0);
        writes(&net, ms, 27, "0-3");
        let said = watch(&net, ms + 1990);
        assert_eq!(said, ["eth0 IRQ 27 (virtio0-input.1): to core 3 again"]);
        go(&net, [(25, "2"), (27, "3")]);
        let log = log(&net.0);
        assert_eq!(
            log,
            "notify READY=1, write 3 to /proc/irq/27/smp_affinity_list"
        );
    }
}

#[test]
fn who_is_quiet_is_asked_nothing_and_the_count_is_told() {
    let net = net();
    text(&net.0, "irq pin eth0 --cores 2-3");
    assert!(watch(&net, 20_000).is_empty());
    event(&net, 3000, Event::End);
    writes(&net, 500, 25, "0");
    let answer = kbpctl(&net.0, "irq watch").expect("an end");
    assert_eq!(answer.json["schema"], "kbp.irq-watch/1");
    assert_eq!(answer.json["changed"], 1);
    assert_eq!(answer.text, "one was brought back");
}

#[test]
fn what_the_kernel_announces_is_looked_at_when_all_of_it_is_over() {
    let net = net();
    text(&net.0, "irq pin eth0 --cores 2-3");
    // A core goes off line: virtio places all anew, and that takes a while.
    event(&net, 1100, Event::Core);
    writes(&net, 1150, 25, "0-1");
    event(&net, 1200, Event::Core);
    writes(&net, 1300, 27, "0-1");
    let said = watch(&net, 1800);
    assert_eq!(said.len(), 2, "{said:?}");
    go(&net, [(25, "2"), (27, "3")]);
}

#[test]
fn a_fight_is_given_up_and_the_culprit_named() {
    for (comm, words) in [
        (None, "by another program"),
        (Some("irqbalance"), "by irqbalance, most likely"),
        (Some("tuned"), "by tuned, most likely"),
    ] {
        let net = net();
        text(&net.0, "irq pin eth0 --cores 2-3");
        if let Some(comm) = comm {
            net.0.add_task(4711, comm, -1);
            put(&net.0, "/proc/4711/comm", &format!("{comm}\n"));
        }
        for second in 0..30 {
            writes(&net, second * 1000 + 500, 25, "0");
        }
        let said = watch(&net, 31_000);
        let back = said.iter().filter(|line| line.contains("to core 2 again"));
        // Three at once, one after each rest.
        assert_eq!(back.count(), 4, "{said:#?}");
        let rests: Vec<&String> = said
            .iter()
            .filter(|line| line.contains("left alone"))
            .collect();
        assert_eq!(rests.len(), 2, "{said:#?}");
        assert!(
            rests[0].contains(words) && rests[0].ends_with("left alone for 10 s"),
            "{rests:?}"
        );
        assert!(rests[1].ends_with("left alone for 20 s"), "{rests:?}");
        // The others are not left alone meanwhile.
        go(&net, [(25, "0"), (27, "3")]);
    }
}

#[test]
fn what_the_kernel_itself_moves_is_no_fight() {
    let net = net();
    text(&net.0, "irq pin eth0 --cores 2-3");
    for second in 0..8 {
        writes(&net, second * 2000 + 500, 25, "0-1");
        event(&net, second * 2000 + 510, Event::Core);
    }
    let said = watch(&net, 20_000);
    assert_eq!(said.len(), 8, "{said:#?}");
    // What another NIC does is no reason.
    for second in 0..8 {
        writes(&net, second * 1000 + 500, 25, "0-1");
        event(&net, second * 1000 + 510, Event::Link(77));
        let path = "/devices/pci0000:00/0000:00:09.0/net/eth9".to_owned();
        event(&net, second * 1000 + 520, Event::Device(path));
    }
    let said = watch(&net, 9000);
    assert!(
        said.iter().any(|line| line.contains("left alone for 10 s")),
        "{said:#?}"
    );
}

#[test]
fn restore_beside_it_stays() {
    let net = net();
    text(&net.0, "irq pin eth0 --cores 2-3");
    text(&net.0, "irq restore");
    assert!(watch(&net, 5000).is_empty());
    go(&net, [(25, "0-3"), (27, "1")]);
    // A kbpctl at work is not disturbed, and what it leaves is looked at soon.
    text(&net.0, "irq pin eth0 --cores 2-3");
    writes(&net, 500, 25, "0");
    net.0 .0.borrow_mut().locked_by = Some(77);
    assert!(watch(&net, 5000).is_empty());
    go(&net, [(25, "0")]);
    // One that was killed in the middle of it, too: its first write takes what was wanted away.
    net.0 .0.borrow_mut().locked_by = None;
    for kill in 1..4 {
        text(&net.0, "irq pin eth0 --cores 2-3");
        net.0 .0.borrow_mut().kill_after = Some(kill);
        let outcome = catch_unwind(AssertUnwindSafe(|| kbpctl(&net.0, "irq restore")));
        assert!(outcome.is_err(), "{kill}");
        assert!(watch(&net, 3000).is_empty());
        text(&net.0, "irq restore");
    }
}

#[test]
fn a_nic_may_go_come_back_with_other_numbers_and_be_renamed() {
    let net = net();
    text(&net.0, "irq pin eth0 --cores 2-3");
    let mut machine = net.0 .0.borrow_mut();
    let (away, stay): (Vec<_>, Vec<_>) = std::mem::take(&mut machine.files)
        .into_iter()
        .partition(|(path, _)| path.starts_with("/sys/class/net/eth0"));
    machine.files = stay.into_iter().collect();
    drop(machine);
    let said = watch(&net, 5000);
    assert_eq!(
        said,
        ["eth0 (0000:00:02.0) is not here: it is looked after when it comes back"]
    );
    let at = later(&net, 2000);
    for (path, text) in away {
        let path = path.to_string_lossy().replace("net/eth0", "net/wan0");
        let path = path.replace("msi_irqs/25", "msi_irqs/45");
        let path = PathBuf::from(path.replace("msi_irqs/27", "msi_irqs/47"));
        net.0 .0.borrow_mut().late.push((at, path, text));
    }
    for (irq, name) in [(45, "virtio0-input.0\n"), (47, "virtio0-input.1\n")] {
        put(&net.0, &format!("/sys/kernel/irq/{irq}/actions"), name);
        net.goes(irq, "0-3", "0");
    }
    let path = "/devices/pci0000:00/0000:00:02.0/virtio0/net/wan0".to_owned();
    event(&net, 2010, Event::Device(path));
    let said = watch(&net, 3000);
    let want = [
        "eth0 (0000:00:02.0) is not here: it is looked after when it comes back",
        "wan0 IRQ 45 (virtio0-input.0): to core 2 again",
        "wan0 IRQ 47 (virtio0-input.1): to core 3 again",
    ];
    assert_eq!(said, want);
    // The numbers that they had are somebody else's.
    go(&net, [(45, "2"), (47, "3"), (25, "2")]);
}

#[test]
fn an_interrupt_whose_core_is_off_line_waits_for_it() {
    let net = net();
    text(&net.0, "irq pin eth0 --cores 2-3");
    put(&net.0, "/sys/devices/system/cpu/online", "0-2\n");
    net.goes(27, "0-2", "1");
    net.goes(25, "0-2", "1");
    let said = watch(&net, 5000);
    let want = [
        "eth0 IRQ 27 (virtio0-input.1): core 3 is off line, and is waited for",
        "eth0 IRQ 25 (virtio0-input.0): to core 2 again",
    ];
    assert_eq!(said, want);
    go(&net, [(25, "2"), (27, "0-2")]);
    let at = later(&net, 500);
    let path = PathBuf::from("/sys/devices/system/cpu/online");
    net.0
         .0
        .borrow_mut()
        .late
        .push((at, path, "0-3\n".to_owned()));
    event(&net, 600, Event::Core);
    watch(&net, 2000);
    go(&net, [(25, "2"), (27, "3")]);
}

#[test]
fn queues_and_cores_that_send_are_kept_too() {
    let net = many();
    text(&net.0, "irq pin eth0 --cores 2-3 --channels 2 --xps");
    // ethtool -L eth0 combined 1: the driver places all anew, and the queue is gone.
    let one = combined(4, 1).now;
    net.0.set_channels("eth0", &one).expect("a change");
    let queue = "/devices/pci0000:00/0000:00:02.0/virtio0/net/eth0/queues/rx-1".to_owned();
    event(&net, 100, Event::Device(queue));
    let said = watch(&net, 2000);
    assert!(
        said.contains(&"eth0: 2 combined channels again".to_owned()),
        "{said:#?}"
    );
    assert!(
        said.contains(&"eth0 tx-1: core 3 sends by it again".to_owned()),
        "{said:#?}"
    );
    go(&net, [(25, "2"), (27, "3")]);
    assert_eq!(sends(&net), ["4", "8"]);
    // Of a silent writer, too.
    put(&net.0, "/sys/class/net/eth0/queues/tx-0/xps_cpus", "f\n");
    let said = watch(&net, 1000);
    assert_eq!(said, ["eth0 tx-0: core 2 sends by it again"]);
    // Where no number was asked for, more queues get their cores.
    let net = many();
    text(&net.0, "irq pin eth0 --cores 2-3");
    net.0
        .set_channels("eth0", &combined(4, 4).now)
        .expect("a change");
    watch(&net, 1000);
    go(&net, [(25, "2"), (27, "3"), (29, "2"), (30, "3")]);
}

#[test]
fn who_changes_the_number_of_queues_again_and_again_is_not_fought_for_ever() {
    let net = many();
    text(&net.0, "irq pin eth0 --cores 2-3 --channels 2");
    for second in 0..20 {
        let at = later(&net, second * 1000 + 500);
        let mut machine = net.0 .0.borrow_mut();
        machine.late_channels.push((at, "eth0", combined(4, 4).now));
        machine.events.push((at, Event::Queues));
    }
    let said = watch(&net, 9000);
    let back = said
        .iter()
        .filter(|line| *line == "eth0: 2 combined channels again");
    assert_eq!(back.count(), 3, "{said:#?}");
    let words = "the number of queues of eth0: changed again and again by another program; \
                 left alone for 10 s";
    assert!(said.iter().any(|line| line == words), "{said:#?}");
}

#[test]
fn a_file_that_cannot_be_understood_is_said_once_and_waited_for() {
    let net = net();
    text(&net.0, "irq pin eth0 --cores 2-3");
    let good = net.0 .0.borrow().files[Path::new(FILE)].clone();
    put(&net.0, FILE, "{\"schema\":");
    writes(&net, 100, 25, "0");
    let said = watch(&net, 10_000);
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(
        said[0].contains("cannot read /run/kbp/irq.json"),
        "{said:#?}"
    );
    assert!(said[0].contains("it is damaged"), "{said:#?}");
    let at = later(&net, 500);
    net.0
         .0
        .borrow_mut()
        .late
        .push((at, PathBuf::from(FILE), good));
    watch(&net, 3000);
    go(&net, [(25, "2")]);
}

#[test]
fn irqbalance_that_was_restarted_is_told_again() {
    let net = net();
    put(&net.0, "/run/irqbalance/irqbalance99.sock", "");
    net.0 .0.borrow_mut().balancer = Some([9].into());
    text(&net.0, "irq pin eth0 --cores 2-3");
    net.0 .0.borrow_mut().balancer = Some([9].into());
    writes(&net, 500, 25, "0");
    let said = watch(&net, 2000);
    assert!(
        said.iter()
            .any(|line| line.starts_with("irqbalance was told")),
        "{said:#?}"
    );
    // Of all, not only of the one that it had moved away.
    assert_eq!(net.0 .0.borrow().balancer, Some([9, 25, 27].into()));
}

#[test]
fn an_interrupt_that_cannot_be_moved_is_said_once_and_tried_seldom() {
    let net = net();
    text(&net.0, "irq pin eth0 --cores 2-3");
    super::irq::refuses(&net, 25, libc::ENOSPC);
    writes(&net, 500, 25, "0");
    log(&net.0);
    let said = watch(&net, 9000);
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(
        said[0].contains("core 2 has no interrupt vector left"),
        "{said:#?}"
    );
    assert_eq!(log(&net.0).matches("irq/25").count(), 1);
}

#[test]
fn ports_that_share_their_vectors_do_not_fight_each_other() {
    let net = Net::new();
    for port in ["eth4", "eth5"] {
        let vectors = [
            (40, "mlx4-1@0000:08:00.0", 0),
            (41, "mlx4-2@0000:08:00.0", 0),
        ];
        net.nic(port, PCI, &vectors);
        net.has(port, "device/uevent", "PCI_SLOT_NAME=0000:08:00.0");
    }
    text(&net.0, "irq pin eth4 eth5 --cores 1-3");
    go(&net, [(40, "1"), (41, "2")]);
    writes(&net, 500, 41, "0");
    let said = watch(&net, 5000);
    assert_eq!(said, ["eth4 IRQ 41 (mlx4-2@0000:08:00.0): to core 2 again"]);
}

#[test]
fn what_it_needs_is_asked_for() {
    let net = net();
    fail(&net.0, "events", libc::EPERM);
    let (exit, line) = error(&net.0, "irq watch");
    assert_eq!(exit, Exit::Permission);
    assert!(line.contains("cannot hear what changes"), "{line}");
    net.0 .0.borrow_mut().capabilities = (false, false);
    assert!(error(&net.0, "irq watch").1.contains("CAP_NET_ADMIN"));
}

#[test]
fn what_could_not_be_moved_is_tried_again_when_something_changes() {
    for (is_announced, core) in [(true, "3"), (false, "0")] {
        let net = net();
        text(&net.0, "irq pin eth0 --cores 2-3");
        // A core on its way off line: the kernel has not said so yet.
        let write = "write 3 to /proc/irq/27/smp_affinity_list";
        let once = (libc::EINVAL, 1);
        net.0 .0.borrow_mut().fail.insert(write, once);
        writes(&net, 500, 27, "0");
        if is_announced {
            event(&net, 2500, Event::Core);
        }
        let said = watch(&net, 4000);
        assert!(said[0].contains("nothing of core 3 is online"), "{said:#?}");
        go(&net, [(25, "2"), (27, core)]);
    }
}

#[test]
fn one_that_cannot_be_moved_keeps_none_of_the_others() {
    let net = net();
    text(&net.0, "irq pin eth0 --cores 2-3");
    super::irq::refuses(&net, 25, libc::ENOSPC);
    writes(&net, 500, 25, "0");
    writes(&net, 500, 27, "0");
    watch(&net, 3000);
    go(&net, [(25, "0"), (27, "3")]);
}

#[test]
fn a_nic_that_is_pinned_again_by_another_name_is_one_nic() {
    let net = many();
    text(&net.0, "irq pin eth0 --cores 2-3 --xps");
    let mut machine = net.0 .0.borrow_mut();
    let files = std::mem::take(&mut machine.files).into_iter();
    let renamed = |(path, text): (PathBuf, String)| {
        let path = path.to_string_lossy().replace("net/eth0", "net/wan0");
        (PathBuf::from(path), text)
    };
    machine.files = files.map(renamed).collect();
    drop(machine);
    text(&net.0, "irq pin wan0 --cores 1 --xps");
    assert!(watch(&net, 2000).is_empty());
    go(&net, [(25, "1"), (27, "1")]);
    text(&net.0, "irq restore");
    assert_eq!(sends(&net), ["5", "a"]);
}
