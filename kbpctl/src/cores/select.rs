// SPDX-License-Identifier: GPL-2.0
//! `--cores`: a cpulist, `numa:N`, or `irq-of:INTERFACE`.

use std::path::Path;

use kbp_uapi::kbp_core_set;

use crate::cores::list;
use crate::error::{Error, Exit, Result};
use crate::sys::System;

/// The cores that `selector` names on this machine.
pub(crate) fn resolve(sys: &dyn System, selector: &str) -> Result<kbp_core_set> {
    if let Some(node) = selector.strip_prefix("numa:") {
        return of_node(sys, node);
    }
    if let Some(interface) = selector.strip_prefix("irq-of:") {
        return of_interface(sys, interface);
    }
    list::parse(selector).map_err(|cause| {
        usage(
            selector,
            cause,
            "write it like 2,3 or 2-5,8, or use numa:0 or irq-of:eth0",
        )
    })
}

fn usage(selector: &str, cause: impl Into<String>, cure: &str) -> Error {
    Error::new(
        Exit::Usage,
        format!("cannot read --cores {selector}"),
        cause,
        cure,
    )
}

/// A name that is one component of a path.
fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains('/') && name != "." && name != ".."
}

fn of_node(sys: &dyn System, node: &str) -> Result<kbp_core_set> {
    let selector = format!("numa:{node}");
    if node.is_empty() || !node.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(usage(
            &selector,
            format!("\"{node}\" is not a node number"),
            "write numa:0",
        ));
    }
    let path = format!("/sys/devices/system/node/node{node}/cpulist");
    let list = sys.read(Path::new(&path)).map_err(|error| {
        let known = sys.read(Path::new("/sys/devices/system/node/online"));
        let known = known.map_or("none".to_owned(), |text| text.trim().to_owned());
        let cause = format!("there is no NUMA node {node} ({error}); online nodes: {known}");
        Error::new(
            Exit::Failed,
            format!("cannot use {selector}"),
            cause,
            "name a node that exists",
        )
    })?;
    match list.trim().is_empty() {
        true => Err(Error::new(
            Exit::Failed,
            format!("cannot use {selector}"),
            format!("NUMA node {node} has memory only, no cores"),
            "name a node that has cores",
        )),
        false => list::parse(&list).map_err(|cause| usage(&selector, cause, "name cores as 2-5,8")),
    }
}

fn of_interface(sys: &dyn System, interface: &str) -> Result<kbp_core_set> {
    let what = format!("cannot use irq-of:{interface}");
    let link = Path::new("/sys/class/net").join(interface);
    if !is_name(interface) || !sys.exists(&link) {
        let names = sys
            .list(Path::new("/sys/class/net"))
            .unwrap_or_default()
            .join(", ");
        return Err(Error::new(
            Exit::Failed,
            what,
            format!("there is no interface \"{interface}\" here; there are {names}"),
            "name an interface from ip link",
        ));
    }
    let mut set = kbp_core_set::default();
    for irq in message_irqs(sys, &link) {
        if !receives(sys, &irq) {
            continue;
        }
        let path = Path::new("/proc/irq")
            .join(&irq)
            .join("effective_affinity_list");
        if let Some(part) = sys
            .read(&path)
            .ok()
            .and_then(|text| list::parse(&text).ok())
        {
            part.iter().for_each(|core| {
                set.insert(core);
            });
        }
    }
    if set.is_empty() {
        return Err(Error::new(
            Exit::Failed,
            what,
            format!("{interface} has no message-signalled interrupt in use (is it up, and a PCI device?)"),
            "bring it up (ip link set up), or name the cores themselves",
        ));
    }
    Ok(set)
}

/// The MSI interrupts of the device. A virtio device keeps them one level up, at its PCI function.
fn message_irqs(sys: &dyn System, link: &Path) -> Vec<String> {
    ["device/msi_irqs", "device/../msi_irqs"]
        .iter()
        .filter_map(|below| sys.list(&link.join(below)).ok())
        .find(|irqs| !irqs.is_empty())
        .unwrap_or_default()
}

/// Whether the interrupt is requested and may stand for received packets: vectors of
/// configuration changes and of pure transmit queues only blur the answer.
fn receives(sys: &dyn System, irq: &str) -> bool {
    let path = Path::new("/sys/kernel/irq").join(irq).join("actions");
    match sys.read(&path) {
        Ok(actions) => actions.trim().split(',').any(|action| {
            !action.is_empty() && !action.ends_with("-config") && !action.contains("-output.")
        }),
        // Without the list of actions every vector counts.
        Err(_) => true,
    }
}
