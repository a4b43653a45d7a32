// SPDX-License-Identifier: GPL-2.0
//! How many packets receivers have polled themselves: `BusyPollRxPackets` of `/proc/net/netstat`.

use std::fs;
use std::path::Path;

use crate::{Error, Result};

const NETSTAT: &str = "/proc/net/netstat";
const FAMILY: &str = "TcpExt:";
const NAME: &str = "BusyPollRxPackets";

/// Since the boot, in this network namespace.
pub(super) fn packets() -> Result<u64> {
    let text = fs::read_to_string(NETSTAT).map_err(Error::at("read", Path::new(NETSTAT)))?;
    find(&text).ok_or_else(|| Error::Other(format!("{NETSTAT} has no {FAMILY} {NAME}")))
}

/// The file has two lines for a family: names, then numbers.
fn find(netstat: &str) -> Option<u64> {
    let mut lines = netstat.lines().filter(|line| line.starts_with(FAMILY));
    let (names, numbers) = (lines.next()?, lines.next()?);
    let at = names.split_whitespace().position(|name| name == NAME)?;
    numbers.split_whitespace().nth(at)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_two_lines() {
        let text =
            "TcpExt: A BusyPollRxPackets C\nTcpExt: 1 22 3\nIpExt: BusyPollRxPackets\nIpExt: 7\n";
        assert_eq!(find(text), Some(22));
        assert_eq!(find("TcpExt: A B\nTcpExt: 1 2\n"), None);
    }
}
