// SPDX-License-Identifier: GPL-2.0
//! The transmit queues of a NIC, and the cores that send by each: XPS
//! (Documentation/networking/scaling.rst).

use std::path::PathBuf;

use super::sysfs;
use super::vectors;
use crate::sys::System;

/// The queues in use, `tx-0` and so on, in their order.
pub(crate) fn queues(sys: &dyn System, interface: &str) -> Vec<String> {
    let mut queues = sysfs::queues(sys, interface, "tx-");
    queues.sort_by_key(|name| vectors::number(name));
    queues
}

/// The file with the cores that send by this queue.
pub(crate) fn file_of(interface: &str, queue: &str) -> PathBuf {
    let queues = sysfs::folder(interface).join("queues");
    queues.join(queue).join("xps_cpus")
}
