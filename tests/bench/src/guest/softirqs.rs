// SPDX-License-Identifier: GPL-2.0
//! What `/proc/softirqs` counts.

use std::fs;
use std::path::Path;

use crate::{Error, Result};

/// How often the NET_RX softirq ran on `cpu`.
pub fn net_rx(cpu: usize) -> Result<u64> {
    let path = Path::new("/proc/softirqs");
    let text = fs::read_to_string(path).map_err(Error::at("read", path))?;
    counted(&text, cpu)
        .ok_or_else(|| Error::Other(format!("{} has no NET_RX of CPU {cpu}", path.display())))
}

/// The header says which CPU's a column is.
fn counted(text: &str, cpu: usize) -> Option<u64> {
    let mut lines = text.lines();
    let mut heads = lines.next()?.split_whitespace();
    let column = heads.position(|head| head == format!("CPU{cpu}"))?;
    let row = lines.find_map(|line| line.trim().strip_prefix("NET_RX:"))?;
    row.split_whitespace().nth(column)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "                    CPU0       CPU2       \n\
                        \x20         HI:          0          1\n\
                        \x20     NET_RX:         12         34\n";

    #[test]
    fn the_header_decides_on_the_column() {
        assert_eq!(counted(TEXT, 2), Some(34));
        assert_eq!(counted(TEXT, 1), None);
        assert_eq!(counted("CPU0\n", 0), None);
    }
}
