// SPDX-License-Identifier: GPL-2.0
//! The cores that the packets of an interface come to.

use kbp_uapi::kbp_core_set;

use super::unsuited;
use crate::cores::list;
use crate::error::Result;
use crate::nic::why::{self, Wish};
use crate::nic::{affinity, interface, sysfs};
use crate::sys::System;

/// The cores that receive what comes by this interface.
pub(super) fn cores(sys: &dyn System, interface: &str) -> Result<kbp_core_set> {
    let stack = interface::stack(sys, interface::find(sys, interface, &unsuited(interface))?);
    let vectors = stack.iter().flat_map(|name| sysfs::receiving(sys, name));
    let places: Vec<kbp_core_set> = vectors
        .map(|vector| affinity::of(sys, &vector.irq))
        .collect();
    let cores = list::set(places.iter().flat_map(kbp_core_set::iter));
    match cores.is_empty() {
        true => Err(why::not(sys, interface, &stack, &wish(interface))),
        false => Ok(cores),
    }
}

fn wish(interface: &str) -> Wish {
    Wish {
        what: unsuited(interface),
        instead: "name the cores themselves (--cores 2,3)",
        line: |_, cores| format!("name the core it goes to: --cores {cores}"),
    }
}
