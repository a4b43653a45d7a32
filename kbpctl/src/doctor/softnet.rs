// SPDX-License-Identifier: GPL-2.0
//! `/proc/net/softnet_stat`: what each core's share of the network layer dropped and put off.

use std::collections::BTreeMap;

/// Of one core, since the boot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Softnet {
    /// Packets that its backlog had no room for.
    pub(crate) dropped: u64,
    /// Times that softirq stopped with work left.
    pub(crate) squeezed: u64,
}

/// A line for each core that is online, of hexadecimal columns that became more over the years; the
/// thirteenth names the core.
pub(super) fn parse(text: &str) -> BTreeMap<u32, Softnet> {
    const CORE: usize = 12;
    let row = |(line, text): (usize, &str)| {
        let columns = text.split_whitespace();
        let columns: Vec<u64> = columns
            .map(|word| u64::from_str_radix(word, 16))
            .collect::<Result<_, _>>()
            .ok()?;
        // Kernels before 5.10 do not name it; theirs have all cores, or nobody knows which.
        let core = columns.get(CORE).copied().unwrap_or(line as u64);
        let softnet = Softnet {
            dropped: *columns.get(1)?,
            squeezed: *columns.get(2)?,
        };
        Some((u32::try_from(core).ok()?, softnet))
    };
    text.lines().enumerate().filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_of_the_cores_that_they_name() {
        let text = concat!(
            "0000a3f1 00000000 00000002 00000000 00000000 00000000 00000000 00000000 00000000 ",
            "00000000 00000000 00000000 00000000 00000000 00000000\n",
            "00000010 0000000b 00000000 00000000 00000000 00000000 00000000 00000000 00000000 ",
            "00000000 00000000 00000000 00000003 00000000 00000000\n",
            "garbage\n",
        );
        let rows = parse(text);
        let row = |dropped, squeezed| Softnet { dropped, squeezed };
        assert_eq!(rows, BTreeMap::from([(0, row(0, 2)), (3, row(11, 0))]));
        assert_eq!(parse("1 2 3"), BTreeMap::from([(0, row(2, 3))]));
        assert_eq!(parse(""), BTreeMap::new());
    }
}
