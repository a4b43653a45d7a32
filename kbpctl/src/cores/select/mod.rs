// SPDX-License-Identifier: GPL-2.0
//! `--cores`: a cpulist, `numa:N`, `irq-of:INTERFACE`, `isolated` or `nohz`.
//!
//! [`irq_of`] finds the cores of an interface, [`isolated`] those that are kept free.

mod irq_of;
mod isolated;

use std::path::Path;

use kbp_uapi::kbp_core_set;

use crate::cores::list;
use crate::error::{Error, Exit, Result};
use crate::nic::interface;
use crate::sys::System;

pub(crate) use isolated::{ISOLATED, NOHZ_FULL};

pub(crate) const IRQ_OF: &str = "irq-of:";
pub(crate) const NUMA: &str = "numa:";

/// The interface that `selector` names, which may come later than KBP.
pub(crate) fn interface_of(selector: &str) -> Option<&str> {
    selector.strip_prefix(IRQ_OF)
}

/// The words for cores that are kept free.
pub(crate) fn kept() -> impl Iterator<Item = &'static str> {
    isolated::KEPT.iter().map(|kept| kept.word)
}

/// The cores that `selector` names on this machine.
pub(crate) fn resolve(sys: &dyn System, selector: &str) -> Result<kbp_core_set> {
    if let Some(node) = selector.strip_prefix(NUMA) {
        return of_node(sys, node);
    }
    if let Some(name) = interface_of(selector) {
        return match interface::refuse(name) {
            Some(cause) => Err(usage(selector, cause, "write irq-of:eth0")),
            None => irq_of::cores(sys, name),
        };
    }
    if let Some(kept) = isolated::KEPT.iter().find(|kept| kept.word == selector) {
        return isolated::cores(sys, kept);
    }
    list::parse(selector).map_err(|cause| {
        usage(
            selector,
            cause,
            "write it like 2,3 or 2-5,8, or use numa:0, irq-of:eth0, isolated or nohz",
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

/// What does not go with an interface.
fn unsuited(interface: &str) -> String {
    format!("cannot use {IRQ_OF}{interface}")
}

fn of_node(sys: &dyn System, node: &str) -> Result<kbp_core_set> {
    let selector = format!("{NUMA}{node}");
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
