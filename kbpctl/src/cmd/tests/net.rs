// SPDX-License-Identifier: GPL-2.0
//! Interfaces and their interrupts, as sysfs and procfs show them.

use super::*;

pub(super) const VIRTIO: &str = "device/../msi_irqs";
pub(super) const PCI: &str = "device/msi_irqs";

/// Interfaces as sysfs shows them.
pub(super) struct Net(pub(super) Fake);

impl Net {
    pub(super) fn new() -> Net {
        let net = Net(Fake::active());
        net.has("lo", "flags", "0x9");
        net
    }

    /// A file of an interface.
    pub(super) fn has(&self, interface: &str, file: &str, text: &str) {
        let path = format!("/sys/class/net/{interface}/{file}");
        put(&self.0, &path, &format!("{text}\n"));
    }

    /// An interface that stands on these.
    pub(super) fn stacked(&self, interface: &str, below: &[&str]) {
        self.has(interface, "flags", "0x1003");
        for below in below {
            self.has(interface, &format!("lower_{below}"), "");
        }
    }

    /// A NIC that is up; each of its vectors (in this folder) has a name and the core it goes to.
    pub(super) fn nic(&self, interface: &str, folder: &str, vectors: &[(u32, &str, u32)]) {
        self.has(interface, "flags", "0x1003");
        self.has(interface, "device/vendor", "0x1af4");
        for (irq, name, core) in vectors {
            self.has(interface, &format!("{folder}/{irq}"), "msix");
            put(
                &self.0,
                &format!("/sys/kernel/irq/{irq}/actions"),
                &format!("{name}\n"),
            );
            self.goes(*irq, &core.to_string(), &core.to_string());
        }
    }

    /// Where an interrupt may go, and where it goes now.
    pub(super) fn goes(&self, irq: u32, set: &str, now: &str) {
        let folder = format!("/proc/irq/{irq}");
        put(
            &self.0,
            &format!("{folder}/smp_affinity_list"),
            &format!("{set}\n"),
        );
        put(
            &self.0,
            &format!("{folder}/effective_affinity_list"),
            &format!("{now}\n"),
        );
    }
}
