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
    /// What may name such cores. The kernel writes an empty line, or from 6.1 to 6.12 `(null)`,
    /// where there are none.
    files: &'static [&'static str],
    none: &'static str,
    cure: &'static str,
}

pub(super) const KEPT: [Kept; 2] = [
    Kept {
        word: "isolated",
        files: &[
            "/sys/devices/system/cpu/isolated",
            // Partitions of cgroup v2, from 6.7 on; a file of the root group.
            "/sys/fs/cgroup/cpuset.cpus.isolated",
        ],
        none: "no core here is isolated, neither by isolcpus= nor by a cpuset partition",
        cure: "boot with isolcpus=2,3, or name the cores themselves (--cores 2,3)",
    },
    Kept {
        word: "nohz",
        files: &["/sys/devices/system/cpu/nohz_full"],
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
        let text = text.trim();
        if matches!(text, "" | "(null)") {
            continue;
        }
        places.push(list::parse(text).map_err(|cause| {
            let cause = format!("{file} says \"{text}\": {cause}");
            Error::new(Exit::Failed, what(), cause, "name cores as 2-5,8")
        })?);
    }
    let cores = list::set(places.iter().flat_map(kbp_core_set::iter));
    match cores.is_empty() {
        true => Err(Error::new(Exit::Failed, what(), kept.none, kept.cure)),
        false => Ok(cores),
    }
}
