// SPDX-License-Identifier: GPL-2.0
//! `ethtool -l` and `-L`.

use std::io;

use super::{ask, Request};
use crate::sys::channels::{Channels, Counts};

const ETHTOOL_GCHANNELS: u32 = 0x3c;
const ETHTOOL_SCHANNELS: u32 = 0x3d;

/// `struct ethtool_channels`.
#[repr(C)]
#[derive(Default)]
struct Raw {
    command: u32,
    most: Numbers,
    now: Numbers,
}

// SAFETY: whole-request: the functions below make it, with one of its two commands.
unsafe impl Request for Raw {}

#[repr(C)]
#[derive(Default)]
struct Numbers {
    rx: u32,
    tx: u32,
    other: u32,
    combined: u32,
}

/// The channels of a NIC. `EOPNOTSUPP`: its driver has none to set.
pub(in crate::sys) fn channels(interface: &str) -> io::Result<Channels> {
    let mut raw = Raw {
        command: ETHTOOL_GCHANNELS,
        ..Raw::default()
    };
    ask(interface, &mut raw)?;
    Ok(Channels {
        most: counts(&raw.most),
        now: counts(&raw.now),
    })
}

/// Has a NIC use so many; its driver may stop it for that.
pub(in crate::sys) fn set_channels(interface: &str, counts: &Counts) -> io::Result<()> {
    let Counts {
        rx,
        tx,
        other,
        combined,
    } = *counts;
    let mut raw = Raw {
        command: ETHTOOL_SCHANNELS,
        most: Numbers::default(),
        now: Numbers {
            rx,
            tx,
            other,
            combined,
        },
    };
    ask(interface, &mut raw)
}

fn counts(numbers: &Numbers) -> Counts {
    Counts {
        rx: numbers.rx,
        tx: numbers.tx,
        other: numbers.other,
        combined: numbers.combined,
    }
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
