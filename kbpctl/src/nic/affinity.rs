// SPDX-License-Identifier: GPL-2.0
//! Where an interrupt goes.

use std::path::{Path, PathBuf};

use kbp_uapi::kbp_core_set;

use crate::cores::list;
use crate::sys::System;

/// Where an interrupt may go, and where it goes. `None`: the kernel does not tell.
pub(crate) struct Affinity {
    /// The cores that it may go to: what somebody set.
    pub(crate) set: Option<kbp_core_set>,
    /// What takes effect, one of them on most machines. Where the kernel cannot move an interrupt
    /// at once, this lags behind until its next one.
    pub(crate) effective: Option<kbp_core_set>,
    /// The cores that it will come to.
    pub(crate) comes_to: kbp_core_set,
    /// The kernel places it by itself, and lets nobody change that (managed). Before 6.12 that
    /// shows only when somebody tries.
    pub(crate) fixed: bool,
}

impl Affinity {
    pub(crate) fn read(sys: &dyn System, irq: &str) -> Affinity {
        let cores = |file: &str| list::of_file(sys, file_of(irq, file));
        let (set, effective) = (cores(SET), cores("effective_affinity_list"));
        let mode = sys.mode(&file_of(irq, SET));
        Affinity {
            comes_to: comes_to(sys, set.as_ref(), effective.as_ref()),
            fixed: mode.is_ok_and(|mode| mode & 0o222 == 0),
            set,
            effective,
        }
    }

    /// Whether it moves with its next interrupt.
    pub(crate) fn is_pending(&self) -> bool {
        let (Some(set), Some(effective)) = (&self.set, &self.effective) else {
            return false;
        };
        !effective.is_empty() && common(effective, set).is_empty() && !self.comes_to.is_empty()
    }
}

/// The file of what is set.
pub(crate) const SET: &str = "smp_affinity_list";

/// A file of an interrupt.
pub(crate) fn file_of(irq: &str, file: &str) -> PathBuf {
    Path::new("/proc/irq").join(irq).join(file)
}

/// The cores that an interrupt will come to.
pub(crate) fn of(sys: &dyn System, irq: &str) -> kbp_core_set {
    Affinity::read(sys, irq).comes_to
}

fn comes_to(
    sys: &dyn System,
    set: Option<&kbp_core_set>,
    effective: Option<&kbp_core_set>,
) -> kbp_core_set {
    let now = effective.copied().unwrap_or_default();
    let Some(set) = set else {
        return now;
    };
    let stays = common(&now, set);
    if !stays.is_empty() {
        return stays;
    }
    // It is leaving; the kernel chooses a core that is online.
    let online = list::of_file(sys, "/sys/devices/system/cpu/online");
    online.map_or(*set, |online| common(&online, set))
}

fn common(one: &kbp_core_set, other: &kbp_core_set) -> kbp_core_set {
    list::set(one.iter().filter(|core| other.contains(*core)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::fake::Fake;

    #[test]
    fn what_will_be_counts() {
        for (set, effective, online, want) in [
            // In effect; of a wide set, one core.
            ("1", "1", "0-7", "1"),
            ("0-7", "5", "0-7", "5"),
            // Where the hardware spreads them, or the kernel does not tell.
            ("2-3", "2-3", "0-7", "2-3"),
            ("2-3", "", "0-7", "2-3"),
            ("", "4", "0-7", "4"),
            // It leaves core 0, in either direction.
            ("1", "0", "0-7", "1"),
            ("0", "1", "0-7", "0"),
            // It leaves for one of these; the kernel chooses none that is offline.
            ("4-7", "0", "0-5", "4-5"),
            // A managed one whose cores are offline comes to nobody.
            ("6-7", "", "0-5", ""),
            ("", "", "0-7", ""),
        ] {
            let fake = Fake::new();
            let put = |path: &str, text: &str| {
                let text = format!("{text}\n");
                fake.0.borrow_mut().files.insert(path.into(), text);
            };
            put("/proc/irq/24/smp_affinity_list", set);
            put("/proc/irq/24/effective_affinity_list", effective);
            put("/sys/devices/system/cpu/online", online);
            let cores = list::print(&of(&fake, "24"));
            assert_eq!(cores, want, "{set} {effective} {online}");
            let leaves =
                set.len() == 1 && effective.len() == 1 && set != effective || want == "4-5";
            let affinity = Affinity::read(&fake, "24");
            assert_eq!(affinity.is_pending(), leaves, "{set} {effective} {online}");
            assert!(!affinity.fixed);
        }
    }

    #[test]
    fn one_that_the_kernel_places_is_read_only() {
        let fake = Fake::new();
        let path = PathBuf::from("/proc/irq/24/smp_affinity_list");
        let mut machine = fake.0.borrow_mut();
        machine.files.insert(path.clone(), "3\n".to_owned());
        machine.read_only.insert(path);
        drop(machine);
        assert!(Affinity::read(&fake, "24").fixed);
    }
}
