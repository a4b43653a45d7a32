// SPDX-License-Identifier: GPL-2.0
//! Why an interface leads to no core, and what can be done.

use super::unsuited;
use crate::cores::list;
use crate::error::{Error, Exit};
use crate::nic::{affinity, sysfs};
use crate::sys::System;

const NAME_THEM: &str = "name the cores themselves (--cores 2,3)";

/// Why no core could be found: in the words of a NIC below, where there is one.
pub(super) fn not(sys: &dyn System, interface: &str, stack: &[String]) -> Error {
    let is_nic = |name: &&String| sys.exists(&sysfs::folder(name).join("device"));
    let nic = stack.iter().rev().find(is_nic);
    let (cause, cure) = match nic {
        Some(nic) => of_nic(sys, nic),
        None => without_nic(stack),
    };
    let cause = match nic {
        Some(nic) if nic != interface => format!("{interface} leads to {nic}; {cause}"),
        _ => cause,
    };
    Error::new(Exit::Failed, unsuited(interface), cause, cure)
}

fn of_nic(sys: &dyn System, nic: &str) -> (String, String) {
    if sysfs::is_down(sys, nic) {
        let cure = format!("bring it up (ip link set {nic} up), or {NAME_THEM}");
        return (format!("{nic} is down"), cure);
    }
    let requested = sysfs::requested(sys, nic);
    if !requested.is_empty() {
        let names: Vec<&str> = requested.iter().map(|vector| &*vector.name).collect();
        let names = names.join(", ");
        let cause = format!("no interrupt of {nic} both receives and has a core (it has {names})");
        return (cause, NAME_THEM.to_owned());
    }
    let device = sysfs::device(sys, nic);
    let line = sys.read(&device.join("irq")).unwrap_or_default();
    let line = line.trim();
    if matches!(line, "" | "0") || sys.exists(&device.join("msi_irqs")) {
        let cause = format!("sysfs names no interrupt of {nic} that is in use");
        let cure = format!("see where its interrupts go (/proc/interrupts), and {NAME_THEM}");
        return (cause, cure);
    }
    let goes_to = affinity::of(sys, line);
    let cause = format!(
        "{nic} has a line interrupt (INTx), IRQ {line}, and no message-signalled one, which this \
         selector asks for"
    );
    let cure = match goes_to.is_empty() {
        true => format!("see where IRQ {line} goes (/proc/interrupts), and {NAME_THEM}"),
        false => format!(
            "name the core it goes to: --cores {}",
            list::print(&goes_to)
        ),
    };
    (cause, cure)
}

fn without_nic(stack: &[String]) -> (String, String) {
    let interface = &stack[0];
    let cause = match &stack[1..] {
        [] => format!("{interface} is a virtual device, and no NIC is below it"),
        below => format!(
            "{interface} leads to {}, and none of them is a NIC",
            below.join(", ")
        ),
    };
    let cause = format!(
        "{cause}: its packets are received by the core that sends them, or by those that RPS names"
    );
    let cure = format!(
        "{NAME_THEM}; RPS brings packets to them (/sys/class/net/{interface}/queues/rx-0/rps_cpus)"
    );
    (cause, cure)
}
