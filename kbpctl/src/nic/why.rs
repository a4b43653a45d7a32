// SPDX-License-Identifier: GPL-2.0
//! Why an interface has no interrupt that receives, and what can be done.

use super::{affinity, sysfs};
use crate::cores::list;
use crate::error::{Error, Exit};
use crate::sys::System;

/// What a caller wants of an interface.
pub(crate) struct Wish {
    /// What cannot be done.
    pub(crate) what: String,
    /// What to do instead, where nothing better is known.
    pub(crate) instead: &'static str,
    /// What to do with a line interrupt, before its cores or its number.
    pub(crate) line: fn(irq: &str, cores: &str) -> String,
}

/// Why it has none: in the words of a NIC below, where there is one.
pub(crate) fn not(sys: &dyn System, interface: &str, stack: &[String], wish: &Wish) -> Error {
    let is_nic = |name: &&String| sysfs::has_device(sys, name);
    let nic = stack.iter().rev().find(is_nic);
    let (cause, cure) = match nic {
        Some(nic) => of_nic(sys, nic, wish),
        None => without_nic(stack, wish),
    };
    let cause = match nic {
        Some(nic) if nic != interface => format!("{interface} leads to {nic}; {cause}"),
        _ => cause,
    };
    Error::new(Exit::Failed, &wish.what, cause, cure)
}

fn of_nic(sys: &dyn System, nic: &str, wish: &Wish) -> (String, String) {
    let instead = wish.instead;
    if sysfs::is_down(sys, nic) {
        let cure = format!("bring it up (ip link set {nic} up), or {instead}");
        return (format!("{nic} is down"), cure);
    }
    let requested = sysfs::requested(sys, nic);
    if !requested.is_empty() {
        let names: Vec<&str> = requested.iter().map(|vector| &*vector.name).collect();
        let names = names.join(", ");
        let cause = format!("no interrupt of {nic} both receives and has a core (it has {names})");
        return (cause, instead.to_owned());
    }
    let device = sysfs::device(sys, nic);
    let line = sys.read(&device.join("irq")).unwrap_or_default();
    let line = line.trim();
    if matches!(line, "" | "0") || sys.exists(&device.join("msi_irqs")) {
        let cause = format!("sysfs names no interrupt of {nic} that is in use");
        let cure = format!("see where its interrupts go (/proc/interrupts), and {instead}");
        return (cause, cure);
    }
    let goes_to = affinity::of(sys, line);
    let cause = format!(
        "{nic} has a line interrupt (INTx), IRQ {line}, and no message-signalled one, which this \
         command asks for"
    );
    let cure = match goes_to.is_empty() {
        true => format!("see where IRQ {line} goes (/proc/interrupts), and {instead}"),
        false => (wish.line)(line, &list::print(&goes_to)),
    };
    (cause, cure)
}

fn without_nic(stack: &[String], wish: &Wish) -> (String, String) {
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
        "{}; RPS brings packets to them (/sys/class/net/{interface}/queues/rx-0/rps_cpus)",
        wish.instead
    );
    (cause, cure)
}
