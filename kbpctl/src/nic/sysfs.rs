// SPDX-License-Identifier: GPL-2.0
//! What sysfs says of one interface and its interrupts.

use std::path::{Path, PathBuf};

use nix::libc;

use super::vectors::{self, Vector};
use crate::sys::System;

/// Its folder.
pub(crate) fn folder(interface: &str) -> PathBuf {
    Path::new("/sys/class/net").join(interface)
}

/// Beside interfaces there may be files, such as `bonding_masters`.
pub(crate) fn is_one(sys: &dyn System, name: &str) -> bool {
    sys.list(&folder(name)).is_ok()
}

/// What it stands on.
pub(crate) fn below(sys: &dyn System, interface: &str) -> Vec<String> {
    let names = sys.list(&folder(interface)).unwrap_or_default();
    let lower = |name: String| name.strip_prefix("lower_").map(str::to_owned);
    names.into_iter().filter_map(lower).collect()
}

/// Where the device has its interrupts. That of virtio has them one level up, at its PCI function;
/// above a PCI function there is a bridge, whose interrupts are not the NIC's.
pub(crate) fn device(sys: &dyn System, interface: &str) -> PathBuf {
    let device = folder(interface).join("device");
    let is_pci = sys.exists(&device.join("config"));
    match is_pci || sys.exists(&device.join("msi_irqs")) {
        true => device,
        false => device.join(".."),
    }
}

/// The message-signalled interrupts that somebody has requested.
pub(crate) fn requested(sys: &dyn System, interface: &str) -> Vec<Vector> {
    let device = device(sys, interface);
    // Ports of one PCI function have its vectors together.
    let ports = sys.list(&device.join("net")).unwrap_or_default();
    let is_anothers = |name: &str| {
        let of = |port: &str| {
            let rest = name.strip_prefix(port);
            rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        };
        !of(interface) && ports.iter().any(|port| of(port))
    };
    let mut requested = Vec::new();
    for irq in sys.list(&device.join("msi_irqs")).unwrap_or_default() {
        let actions = sys.read(&Path::new("/sys/kernel/irq").join(&irq).join("actions"));
        // Without the list of actions every vector counts.
        let actions = actions.unwrap_or_else(|_| "unknown".to_owned());
        let names = actions.trim().split(',').filter(|name| !name.is_empty());
        for name in names.filter(|name| !is_anothers(name)) {
            let (irq, name) = (irq.clone(), name.to_owned());
            requested.push(Vector { irq, name });
        }
    }
    requested
}

/// Its queues in use of one kind, `rx-` or `tx-`, by their names. None: sysfs does not tell.
pub(crate) fn queues(sys: &dyn System, interface: &str, kind: &str) -> Vec<String> {
    let queues = sys.list(&folder(interface).join("queues"));
    let mut queues = queues.unwrap_or_default();
    queues.retain(|name| name.starts_with(kind));
    queues
}

/// How many queues of it receive. 0: sysfs does not tell.
pub(crate) fn receive_queues(sys: &dyn System, interface: &str) -> usize {
    queues(sys, interface, "rx-").len()
}

/// Those of them that receive.
pub(crate) fn receiving(sys: &dyn System, interface: &str) -> Vec<Vector> {
    let queues = receive_queues(sys, interface);
    vectors::receiving(interface, queues, &requested(sys, interface))
}

/// Whether a device is behind it: it is a NIC, not a virtual one.
pub(crate) fn has_device(sys: &dyn System, interface: &str) -> bool {
    sys.exists(&folder(interface).join("device"))
}

/// Whether it is known to be down.
pub(crate) fn is_down(sys: &dyn System, interface: &str) -> bool {
    let flags = sys.read(&folder(interface).join("flags"));
    let flags = flags.ok().and_then(|flags| {
        let digits = flags.trim().strip_prefix("0x")?.to_owned();
        u32::from_str_radix(&digits, 16).ok()
    });
    flags.is_some_and(|flags| flags & libc::IFF_UP as u32 == 0)
}
