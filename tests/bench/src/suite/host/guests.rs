// SPDX-License-Identifier: GPL-2.0
//! The guests: which kinds a run needs, and what each is made of.

use std::collections::BTreeMap;

use kbp_vm::cache::Layout;
use kbp_vm::{image, Nic, VmConfig};

use crate::suite::cell::{Boot, Cell};
use crate::suite::plan::Job;
use crate::topology::{self, needs};
use crate::Result;

/// One CPU for control and the receiver, one for the receive path.
pub(super) const GUEST_CPUS: u32 = 2;

/// The cells of each kind of guest, in their order.
pub(super) fn by_boot(cells: Vec<Cell>) -> BTreeMap<Boot, Vec<Cell>> {
    let mut groups = BTreeMap::<_, Vec<Cell>>::new();
    for cell in cells {
        groups
            .entry(cell.row.workload.boot())
            .or_default()
            .push(cell);
    }
    groups
}

/// A guest that boots into that.
pub(super) fn of_kind(boot: Boot, kernel: &str) -> Result<VmConfig> {
    let guest = VmConfig::new(kernel).smp(GUEST_CPUS).nic(1);
    Ok(match boot {
        Boot::Plain => guest,
        Boot::Debian => guest.root(image::debian(&Layout::find()?)?),
        Boot::Ovs => guest.any_nic(Nic::OvsDpdk),
    })
}

/// What containers need of a guest, where there are some.
pub(super) fn with_places(mut guest: VmConfig, boot: Boot, job: &Job) -> VmConfig {
    let contained = |cell: &Cell| cell.row.workload.place().is_container();
    if !job.cells.iter().any(contained) {
        return guest;
    }
    guest = needs(topology::PLACES, "module").fold(guest, VmConfig::module);
    match boot {
        Boot::Plain | Boot::Ovs => needs(topology::PLACES, "tool").fold(guest, VmConfig::tool),
        // It has programs of its own.
        Boot::Debian => needs(topology::PODMAN, "module").fold(guest, VmConfig::module),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::plan::cells;
    use crate::suite::scale::Scale;

    #[test]
    fn each_kind_of_guest_is_booted_once_and_gets_its_cells_in_order() {
        let all = cells(Scale::Quick, None, |_| true);
        let groups = by_boot(all.clone());
        let kinds: Vec<Boot> = groups.keys().copied().collect();
        assert_eq!(kinds, [Boot::Plain, Boot::Debian, Boot::Ovs]);
        for (boot, cells) in groups {
            let of_all = all.iter().filter(|c| c.row.workload.boot() == boot);
            assert!(cells.iter().eq(of_all));
        }
        let plain = cells(Scale::Quick, None, |cell| cell.row.name == "vm-64");
        assert_eq!(by_boot(plain).len(), 1);
    }
}
