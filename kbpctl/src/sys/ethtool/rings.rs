// SPDX-License-Identifier: GPL-2.0
//! `ethtool -g`.

use std::io;

use super::{ask, Request};
use crate::sys::rings::Rings;

const ETHTOOL_GRINGPARAM: u32 = 0x10;

/// `struct ethtool_ringparam`.
#[repr(C)]
#[derive(Default)]
struct Raw {
    command: u32,
    most: Sizes,
    now: Sizes,
}

// SAFETY: whole-request: the function below makes it, with its command.
unsafe impl Request for Raw {}

#[repr(C)]
#[derive(Default)]
struct Sizes {
    rx: u32,
    rx_mini: u32,
    rx_jumbo: u32,
    tx: u32,
}

/// The size of a NIC's receive rings. `EOPNOTSUPP`: its driver does not say.
pub(in crate::sys) fn rings(interface: &str) -> io::Result<Rings> {
    let mut raw = Raw {
        command: ETHTOOL_GRINGPARAM,
        ..Raw::default()
    };
    ask(interface, &mut raw)?;
    Ok(Rings {
        now: raw.now.rx,
        most: raw.most.rx,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layout_is_that_of_linux() {
        // Nine numbers.
        assert_eq!(size_of::<Raw>(), 36);
    }
}
