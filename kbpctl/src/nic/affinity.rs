// SPDX-License-Identifier: GPL-2.0
//! Where an interrupt goes.

use std::path::Path;

use kbp_uapi::kbp_core_set;

use crate::cores::list;
use crate::sys::System;

/// The cores that an interrupt will come to. Where the kernel cannot move it at once, what takes
/// effect (one of the cores it may go to) lags behind until its next one: then it is leaving.
pub(crate) fn of(sys: &dyn System, irq: &str) -> kbp_core_set {
    let folder = Path::new("/proc/irq").join(irq);
    let cores = |file: &str| read(sys, &folder.join(file));
    let now = cores("effective_affinity_list").unwrap_or_default();
    let Some(set) = cores("smp_affinity_list") else {
        return now;
    };
    let stays = common(&now, &set);
    if !stays.is_empty() {
        return stays;
    }
    let online = read(sys, Path::new("/sys/devices/system/cpu/online"));
    online.map_or(set, |online| common(&online, &set))
}

fn read(sys: &dyn System, path: &Path) -> Option<kbp_core_set> {
    list::parse(&sys.read(path).ok()?).ok()
}

fn common(one: &kbp_core_set, other: &kbp_core_set) -> kbp_core_set {
    let mut set = kbp_core_set::default();
    for core in one.iter().filter(|core| other.contains(*core)) {
        set.insert(core);
    }
    set
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
        }
    }
}
