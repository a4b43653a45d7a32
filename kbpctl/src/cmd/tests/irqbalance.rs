// SPDX-License-Identifier: GPL-2.0
//! What irqbalance is told while interrupts are moved.

use super::irq::{net, refuses};
use super::*;
use crate::steer::originals::FILE;

#[test]
fn irqbalance_is_told_what_to_leave_alone_and_keeps_what_others_told_it() {
    let net = net();
    put(&net.0, "/run/irqbalance/irqbalance99.sock", "");
    net.0 .0.borrow_mut().balancer = Some([9, 27].into());
    let banned = || net.0 .0.borrow().balancer.clone().expect("it runs");
    let said = text(&net.0, "irq pin eth0 --cores 2");
    assert!(
        said.contains("note: irqbalance was told to leave them alone"),
        "{said}"
    );
    assert_eq!(banned(), [9, 25, 27].into());
    // Kept before it is told, and told before they are moved.
    let log = log(&net.0);
    let begin = "store, settings ban irqs 9 25 27, write 2";
    assert!(log.starts_with(begin), "{log}");
    // One that was restarted has forgotten it; nothing is to be moved.
    net.0 .0.borrow_mut().balancer = Some([9].into());
    let said = text(&net.0, "irq pin eth0 --cores 2");
    assert!(said.contains("already pinned"), "{said}");
    assert_eq!(banned(), [9, 25, 27].into());
    text(&net.0, "irq restore");
    assert_eq!(banned(), [9].into());
    // What is undone is undone here, too.
    refuses(&net, 27, libc::ENOSPC);
    let (_, line) = error(&net.0, "irq pin eth0 --cores 2-3");
    assert!(line.contains("the interrupts were moved back"), "{line}");
    assert_eq!(banned(), [9].into());
    assert!(!net.0 .0.borrow().files.contains_key(Path::new(FILE)));
}

#[test]
fn what_irqbalance_moves_before_it_hears_is_brought_back() {
    let net = net();
    put(&net.0, "/run/irqbalance/irqbalance99.sock", "");
    net.0 .0.borrow_mut().balancer = Some([].into());
    text(&net.0, "irq pin eth0 --cores 2");
    // It is restarted, and has begun to look.
    net.0 .0.borrow_mut().balancer = Some([].into());
    net.0 .0.borrow_mut().balancer_moves = Some((25, "0"));
    text(&net.0, "irq pin eth0 --cores 2");
    let cores = net.0.read(Path::new("/proc/irq/25/smp_affinity_list"));
    assert_eq!(cores.unwrap().trim(), "2");
}

#[test]
fn an_irqbalance_that_cannot_be_told_is_named() {
    for (socket, errno, words) in [
        (false, 0, "it has no socket in /run/irqbalance"),
        (
            true,
            libc::EACCES,
            "it could not be told: Permission denied",
        ),
    ] {
        let net = net();
        net.0.add_task(4711, "irqbalance", -1);
        put(&net.0, "/proc/4711/comm", "irqbalance\n");
        if socket {
            put(&net.0, "/run/irqbalance/irqbalance4711.sock", "");
            fail(&net.0, "ask", errno);
        }
        let said = text(&net.0, "irq pin eth0 --cores 2");
        assert!(
            said.contains("pinned to core 2") && said.contains(words),
            "{said}"
        );
    }
    // One that is gone leaves its socket.
    let net = net();
    put(&net.0, "/run/irqbalance/irqbalance99.sock", "");
    assert!(!text(&net.0, "irq pin eth0 --cores 2").contains("irqbalance"));
}

#[test]
fn a_list_that_irqbalance_would_cut_off_is_not_said() {
    let net = net();
    put(&net.0, "/run/irqbalance/irqbalance99.sock", "");
    let banned: std::collections::BTreeSet<u32> = (100..180).collect();
    net.0 .0.borrow_mut().balancer = Some(banned.clone());
    let said = text(&net.0, "irq pin eth0 --cores 2");
    assert!(
        said.contains("82 interrupts are more than it reads at once"),
        "{said}"
    );
    assert_eq!(net.0 .0.borrow().balancer, Some(banned));
}
