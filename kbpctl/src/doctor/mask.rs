// SPDX-License-Identifier: GPL-2.0
//! Sets of cores as the kernel writes masks: hexadecimal words of 32 bits, the highest first.

use kbp_uapi::{kbp_core_set, KBP_MAX_CORES};

use crate::cores::list;

/// Reads `ff`, `1,00000003` and the like; `None`: it is none.
pub(super) fn parse(mask: &str) -> Option<kbp_core_set> {
    const BITS: u32 = 32;
    let mut cores = Vec::new();
    for (index, word) in mask.trim().rsplit(',').enumerate() {
        let word = u32::from_str_radix(word, 16).ok()?;
        let first = u32::try_from(index).ok()?.checked_mul(BITS)?;
        let of_word = (0..BITS).filter(|bit| (word >> bit) & 1 == 1);
        cores.extend(of_word.map(|bit| first + bit));
    }
    cores
        .iter()
        .all(|core| *core < KBP_MAX_CORES)
        .then(|| list::set(cores))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_of_any_length() {
        let printed = |mask| parse(mask).map(|set| list::print(&set));
        assert_eq!(printed("0").as_deref(), Some(""));
        assert_eq!(printed("c\n").as_deref(), Some("2-3"));
        assert_eq!(printed("00000001,00000003").as_deref(), Some("0-1,32"));
        assert_eq!(printed(""), None);
        assert_eq!(printed("1,,2"), None);
        assert_eq!(printed("xyz"), None);
        assert_eq!(printed(&"1,".repeat(300)), None);
    }
}
