// SPDX-License-Identifier: GPL-2.0
//! What every row is made of.

use crate::suite::cell::{Row, Workload};
use crate::suite::scale::Scale;

/// Ethernet frames, with their check sequence.
pub(super) const FRAMES: [u32; 3] = [64, 512, 1518];

/// A row of that name.
pub(super) fn row(name: impl Into<String>, about: impl Into<String>, workload: Workload) -> Row {
    Row {
        name: name.into(),
        about: about.into(),
        workload,
    }
}

/// The frame sizes of rows that are many.
pub(super) fn frames(scale: Scale) -> &'static [u32] {
    match scale {
        Scale::Demo | Scale::Quick => &FRAMES[..1],
        _ => &FRAMES,
    }
}
