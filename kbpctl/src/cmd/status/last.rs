// SPDX-License-Identifier: GPL-2.0
//! What happens on the cores just now: totals since kbp.ko was loaded do not tell.

use std::time::Duration;

use kbp_uapi::kbp_info;

use crate::rates::interval::Interval;
use crate::rates::one_core::Core;
use crate::rates::sample::Sample;
use crate::sys::System;

/// For how long it looks: no operator waits for that, and a rare packet is seen.
pub(super) const LENGTH: Duration = Duration::from_millis(200);

/// Looks twice. `None` when the second look is of no use: the status stands without it.
pub(super) fn look(sys: &dyn System, info: &kbp_info) -> Option<Interval> {
    let before = Sample::take(sys, info).ok()?;
    sys.sleep(LENGTH);
    let now = Sample::take(sys, info).ok()?;
    Some(Interval::between(&before, &now, None))
}

/// The figures of one core.
pub(super) fn of(last: Option<&Interval>, core: u32) -> Option<&Core> {
    last?.cores.iter().find(|one| one.core == core)
}
