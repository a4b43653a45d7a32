// SPDX-License-Identifier: GPL-2.0
//! `ethtool -c`.

use std::io;

use super::{ask, Request};
use crate::sys::coalescing::Coalescing;

const ETHTOOL_GCOALESCE: u32 = 0x0e;

/// `struct ethtool_coalesce`.
#[repr(C)]
#[derive(Default)]
struct Raw {
    command: u32,
    rx_usecs: u32,
    rx_frames: u32,
    /// While an interrupt is served; and the same four of what is sent.
    irq_and_tx: [u32; 6],
    statistics_usecs: u32,
    adaptive_rx: u32,
    adaptive_tx: u32,
    /// What adaptive ones use at low and high rates, and how often they look.
    rates: [u32; 11],
}

// SAFETY: whole-request: the function below makes it, with its command.
unsafe impl Request for Raw {}

/// How long a NIC's receive interrupts wait. `EOPNOTSUPP`: its driver does not say.
pub(in crate::sys) fn coalescing(interface: &str) -> io::Result<Coalescing> {
    let mut raw = Raw {
        command: ETHTOOL_GCOALESCE,
        ..Raw::default()
    };
    ask(interface, &mut raw)?;
    Ok(Coalescing {
        usecs: raw.rx_usecs,
        frames: raw.rx_frames,
        is_adaptive: raw.adaptive_rx != 0,
    })
}

#[cfg(test)]
mod tests {
    use std::mem::offset_of;

    use super::*;

    #[test]
    fn the_layout_is_that_of_linux() {
        // 23 numbers; use_adaptive_rx_coalesce is the eleventh.
        assert_eq!(size_of::<Raw>(), 92);
        assert_eq!(offset_of!(Raw, adaptive_rx), 40);
    }
}
