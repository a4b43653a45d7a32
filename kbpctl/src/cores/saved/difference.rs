// SPDX-License-Identifier: GPL-2.0
//! How what is served differs from what is saved.

use kbp_uapi::kbp_core_set;

use super::served::Served;
use super::Saved;
use crate::cores::list;
use crate::error::Result;
use crate::sys::System;

/// What `kbpctl reapply` would find.
#[derive(Debug)]
pub(crate) struct Difference {
    /// All that the files name, as far as it is here.
    pub(crate) saved: kbp_core_set,
    /// Saved and not served.
    pub(crate) missing: kbp_core_set,
    /// Served in another way than saved.
    pub(crate) otherwise: kbp_core_set,
    /// Served and not saved: a boot ends that.
    pub(crate) more: kbp_core_set,
    /// A set names what this machine does not have now.
    pub(crate) unknown: bool,
}

impl Saved {
    /// Against what is served now.
    ///
    /// # Errors
    /// When the module cannot be asked.
    pub(crate) fn difference(&self, sys: &dyn System) -> Result<Difference> {
        let now = Served::now(sys)?;
        // What a set does not name, stays as it is.
        let mut wanted = now.all_off();
        let unknown = !wanted.reapply(sys, &self.sets);
        let cores = |of: &Served| list::set(of.cores.keys().copied());
        let differs = |core: &u32| match (now.cores.get(core), wanted.cores.get(core)) {
            (Some(now), Some(wanted)) => now.config != wanted.config,
            _ => false,
        };
        let saved = cores(&wanted);
        let served = cores(&now);
        let without = |these: &kbp_core_set, those: &kbp_core_set| {
            list::set(these.iter().filter(|core| !those.contains(*core)))
        };
        Ok(Difference {
            saved,
            missing: without(&saved, &served),
            otherwise: list::set(saved.iter().filter(differs)),
            more: without(&served, &saved),
            unknown,
        })
    }
}
