// SPDX-License-Identifier: GPL-2.0
//! Cores that are kept free for somebody: `isolated` and `nohz`.

use std::path::Path;

use kbp_uapi::kbp_core_set;

use crate::cores::list;
use crate::error::{Error, Exit, Result};
use crate::sys::System;

/// A word for `--cores`.
pub(super) struct Kept {
    pub(super) word: &'static str,
    /// What may name such cores.
    files: &'static [&'static str],
    none: &'static str,
    cure: &'static str,
}

/// Cores on which the scheduler puts nobody.
pub(crate) const ISOLATED: [&str; 2] = [
    "/sys/devices/system/cpu/isolated",
    // Partitions of cgroup v2, from 6.7 on; a file of the root group.
    "/sys/fs/cgroup/cpuset.cpus.isolated",
];
/// Cores without the tick.
pub(crate) const NOHZ_FULL: &str = "/sys/devices/system/cpu/nohz_full";

pub(super) const KEPT: [Kept; 2] = [
    Kept {
        word: "isolated",
        files: &ISOLATED,
        none: "no core here is isolated, neither by isolcpus= nor by a cpuset partition",
        cure: "boot with isolcpus=2,3, or name the cores themselves (--cores 2,3)",
    },
    Kept {
        word: "nohz",
        files: &[NOHZ_FULL],
        none: "no core here runs without the tick (nohz_full=)",
        cure: "boot with nohz_full=2,3, or name the cores themselves (--cores 2,3)",
    },
];

/// The cores that the word names on this machine.
pub(super) fn cores(sys: &dyn System, kept: &Kept) -> Result<kbp_core_set> {
    let what = || format!("cannot use {}", kept.word);
    let mut places: Vec<kbp_core_set> = Vec::new();
    for file in kept.files {
        // Not every kernel has each of them.
        let text = sys.read(Path::new(file)).unwrap_or_default();
        places.push(list::of_kernel(&text).map_err(|cause| {
            let cause = format!("{file} says \"{}\": {cause}", text.trim());
            Error::new(Exit::Failed, what(), cause, "name cores as 2-5,8")
        })?);
    }
    let cores = list::set(places.iter().flat_map(kbp_core_set::iter));
    match cores.is_empty() {
        true => Err(Error::new(Exit::Failed, what(), kept.none, kept.cure)),
        false => Ok(cores),
    }
}
