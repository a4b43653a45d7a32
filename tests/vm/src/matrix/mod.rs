// SPDX-License-Identifier: GPL-2.0
//! One story on every kernel: does KBP go in, serve, bear with somebody else's livepatch, come back when
//! that has taken its hooks away and after a boot, always with one and the same saved state, and go out?

mod kernels;
mod page;
mod report;

pub use kernels::{Kernel, Kernels};
pub use page::page;
pub use report::{Report, Row, Step, Verdict, SCHEMA};

use crate::Transcript;

/// The story that is told to every kernel.
pub const STORY: &str = "every-series";

/// The times that a told story has printed.
pub fn steps(told: &Transcript) -> Vec<Step> {
    let step = |line: &str| {
        let (name, ms) = line.strip_prefix("@step ")?.split_once(' ')?;
        Some(Step {
            name: name.into(),
            ms: ms.parse().ok()?,
        })
    };
    told.text.lines().filter_map(step).collect()
}
