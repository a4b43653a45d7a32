// SPDX-License-Identifier: GPL-2.0
//! The transmit queues of a NIC, and the cores that send by each: XPS
//! (Documentation/networking/scaling.rst).

use std::path::PathBuf;

use kbp_uapi::kbp_core_set;

use super::sysfs;
use super::vectors;
use crate::cores::list;
use crate::sys::System;

/// The queues in use, `tx-0` and so on, in their order.
pub(crate) fn queues(sys: &dyn System, interface: &str) -> Vec<String> {
    let names = sys.list(&sysfs::folder(interface).join("queues"));
    let mut queues = names.unwrap_or_default();
    queues.retain(|name| name.starts_with("tx-"));
    queues.sort_by_key(|name| vectors::number(name));
    queues
}

/// The file with the cores that send by this queue.
pub(crate) fn file_of(interface: &str, queue: &str) -> PathBuf {
    let queues = sysfs::folder(interface).join("queues");
    queues.join(queue).join("xps_cpus")
}

/// A core in the form of that file: groups of 32 bits in hexadecimal digits, the highest first.
pub(crate) fn mask(core: u32) -> String {
    let lower = (core / 32) as usize;
    format!("{:x}{}", 1_u32 << (core % 32), ",00000000".repeat(lower))
}

/// Reads such a mask; `None` where it is none.
pub(crate) fn cores(mask: &str) -> Option<kbp_core_set> {
    let mut cores = Vec::new();
    for (place, group) in mask.trim().rsplit(',').enumerate() {
        let bits = u32::from_str_radix(group, 16).ok()?;
        let first = 32 * u32::try_from(place).ok()?;
        cores.extend(
            (0..32)
                .filter(|bit| (bits >> bit) & 1 == 1)
                .map(|bit| first + bit),
        );
    }
    let is_possible = cores.iter().all(|core| *core < kbp_uapi::KBP_MAX_CORES);
    is_possible.then(|| list::set(cores))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn masks_are_those_of_the_kernel() {
        for (core, text) in [
            (0, "1"),
            (3, "8"),
            (31, "80000000"),
            (32, "1,00000000"),
            (71, "80,00000000,00000000"),
        ] {
            assert_eq!(mask(core), text);
        }
        let printed = |text| cores(text).map(|cores| list::print(&cores));
        assert_eq!(printed("00000000,0000000c\n"), Some("2-3".to_owned()));
        assert_eq!(printed("1,80000001\n"), Some("0,31-32".to_owned()));
        assert_eq!(printed("0\n"), Some(String::new()));
        assert_eq!(printed("(null)"), None);
        assert_eq!(printed(""), None);
    }

    proptest! {
        #[test]
        fn a_mask_is_read_as_it_is_written(core in 0..kbp_uapi::KBP_MAX_CORES) {
            prop_assert_eq!(cores(&mask(core)), Some(list::set([core])));
        }

        #[test]
        fn any_text_is_answered(text in "[0-9a-fx,\n]{0,40}") {
            let _ = cores(&text);
        }
    }
}
