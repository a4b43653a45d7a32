// SPDX-License-Identifier: GPL-2.0
//! `/proc/stat`: where the time of each core went.

use std::collections::BTreeMap;

/// Of one core, in ticks since the boot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) all: u64,
    pub(crate) idle: u64,
    pub(crate) steal: u64,
}

/// Lines `cpu3 USER NICE SYSTEM IDLE IOWAIT IRQ SOFTIRQ STEAL ...`. Guests' time, which follows, is a
/// part of USER.
pub(super) fn parse(text: &str) -> BTreeMap<u32, Times> {
    const COLUMNS: usize = 8;
    let row = |line: &str| {
        let mut words = line.strip_prefix("cpu")?.split(' ');
        let core = words.next()?.parse().ok()?;
        let columns: Vec<u64> = words
            .take(COLUMNS)
            .map(str::parse)
            .collect::<Result<_, _>>()
            .ok()?;
        let column = |index: usize| columns.get(index).copied();
        let times = Times {
            all: columns.iter().sum(),
            idle: column(3)? + column(4)?,
            steal: column(7)?,
        };
        Some((core, times))
    };
    text.lines().filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_only() {
        let text =
            "cpu  9 9 9 9 9 9 9 9 0 0\ncpu0 1 2 3 40 5 6 7 8 0 0\ncpu12 1 0 0 2 0 0 0 0 0 0\n\
                    cpufreq\nintr 1 2\ncpu3 x\n";
        let times = |all, idle, steal| Times { all, idle, steal };
        let want = BTreeMap::from([(0, times(72, 45, 8)), (12, times(3, 2, 0))]);
        assert_eq!(parse(text), want);
    }
}
