// SPDX-License-Identifier: GPL-2.0
//! Sets of cores as the kernel writes masks: groups of 32 bits in hexadecimal digits, the highest
//! first.

use kbp_uapi::{kbp_core_set, KBP_MAX_CORES};

use super::list;

const BITS: u32 = 32;

/// Reads `ff`, `1,00000003` and the like; `None`: it is none.
pub(crate) fn parse(mask: &str) -> Option<kbp_core_set> {
    let mut cores = Vec::new();
    for (place, group) in mask.trim().rsplit(',').enumerate() {
        let bits = u32::from_str_radix(group, 16).ok()?;
        let first = u32::try_from(place).ok()?.checked_mul(BITS)?;
        let of_group = (0..BITS).filter(|bit| (bits >> bit) & 1 == 1);
        cores.extend(of_group.map(|bit| first + bit));
    }
    let is_possible = cores.iter().all(|core| *core < KBP_MAX_CORES);
    is_possible.then(|| list::set(cores))
}

/// Prints a set so that the kernel reads it.
pub(crate) fn print(cores: &kbp_core_set) -> String {
    let highest = cores.iter().max().unwrap_or_default() / BITS;
    let mut groups = vec![0_u32; highest as usize + 1];
    for core in cores.iter() {
        groups[(core / BITS) as usize] |= 1 << (core % BITS);
    }
    let mut groups = groups.iter().rev();
    let first = groups.next().map(|group| format!("{group:x}"));
    let rest = groups.map(|group| format!(",{group:08x}"));
    first.into_iter().chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn masks_are_those_of_the_kernel() {
        for (cores, text) in [
            ("0", "1"),
            ("3", "8"),
            ("31", "80000000"),
            ("32", "1,00000000"),
            ("0-1,32", "1,00000003"),
            ("71", "80,00000000,00000000"),
        ] {
            assert_eq!(print(&list::parse(cores).expect("a list")), text);
        }
        let printed = |text| parse(text).map(|cores| list::print(&cores));
        for (text, cores) in [
            ("0\n", ""),
            ("c\n", "2-3"),
            ("00000000,0000000c\n", "2-3"),
            ("00000001,00000003", "0-1,32"),
            ("1,80000001\n", "0,31-32"),
        ] {
            assert_eq!(printed(text).as_deref(), Some(cores), "{text}");
        }
        for text in ["", "(null)", "1,,2", "xyz", &"1,".repeat(300)] {
            assert_eq!(printed(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_mask_is_read_as_it_is_written(
            cores in prop::collection::btree_set(0..KBP_MAX_CORES, 0..60)
        ) {
            let cores = list::set(cores);
            prop_assert_eq!(parse(&print(&cores)), Some(cores));
        }

        #[test]
        fn any_text_is_answered(text in "[0-9a-fx,\n]{0,40}") {
            let _ = parse(&text);
        }
    }
}
