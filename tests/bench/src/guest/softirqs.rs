// SPDX-License-Identifier: GPL-2.0
//! Per-CPU columns of `/proc/softirqs` and `/proc/interrupts`.

use std::fs;
use std::path::Path;

use crate::{Error, Result};

/// How often the NET_RX softirq ran on `cpu`.
pub fn net_rx(cpu: usize) -> Result<u64> {
    let path = Path::new("/proc/softirqs");
    let text = fs::read_to_string(path).map_err(Error::at("read", path))?;
    cell(&text, |label, _| label == "NET_RX", cpu)
        .ok_or_else(|| Error::Other(format!("{} has no NET_RX of CPU {cpu}", path.display())))
}

/// The number of the first row that `pick` accepts (its label and whole text), in the column of
/// `cpu`. Offline CPUs have no column in `/proc/interrupts`, so the header decides.
pub(crate) fn cell(text: &str, pick: impl Fn(&str, &str) -> bool, cpu: usize) -> Option<u64> {
    let mut lines = text.lines();
    let name = format!("CPU{cpu}");
    let column = lines
        .next()?
        .split_whitespace()
        .position(|head| head == name)?;
    lines.find_map(|line| {
        let (label, numbers) = line.split_once(':')?;
        pick(label.trim(), line)
            .then(|| numbers.split_whitespace().nth(column)?.parse().ok())
            .flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "                    CPU0       CPU2       \n\
                        \x20         HI:          0          1\n\
                        \x20     NET_RX:         12         34\n";

    #[test]
    fn the_header_decides_on_the_column() {
        assert_eq!(cell(TEXT, |label, _| label == "NET_RX", 2), Some(34));
        assert_eq!(cell(TEXT, |label, _| label == "NET_RX", 1), None);
        assert_eq!(cell(TEXT, |label, _| label == "RCU", 0), None);
    }
}
