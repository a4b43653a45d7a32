// SPDX-License-Identifier: GPL-2.0
//! Where and when a run of the suite was measured.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::report::Environment;
use crate::suite::scale::Scale;

/// Everything a reader must know to compare the run with another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conditions {
    /// Accelerator, CPUs, load, commit, duration.
    #[serde(flatten)]
    pub machine: Environment,
    /// `uname -r` of the guest.
    pub kernel: String,
    /// What matters of the kernel's configuration: `CONFIG_PREEMPT_DYNAMIC` -> `y`.
    pub config: BTreeMap<String, String>,
    /// The CPU model, as the host names it.
    pub cpu: String,
    /// How much was measured, in the words of the command line: `demo`, `quick`.
    pub scale: String,
    /// When it began, RFC 3339 in UTC; see [`rfc3339`].
    pub started: String,
    /// What else the numbers depend on, as the guest says it.
    pub note: String,
    /// [`crate::suite::cell::Cell::id`] of every measurement that was planned; what of them came to
    /// nothing is a failure. Empty: every row is expected to have all its modes in all its rounds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub planned: Vec<String>,
}

impl Conditions {
    /// Whether it was a run of the demo.
    pub fn is_demo(&self) -> bool {
        self.scale == Scale::Demo.name()
    }
}

/// A time as RFC 3339 has it, in UTC, to the second; times before 1970 count as 1970.
pub fn rfc3339(time: SystemTime) -> String {
    let seconds = time
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let (year, month, day) = civil(seconds / 86_400);
    let of_day = seconds % 86_400;
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Year, month and day of a day since 1970. Years begin in March here, so that a leap day is a
/// year's last.
fn civil(days: u64) -> (u64, u64, u64) {
    const ERA: u64 = 146_097;
    let days = days + 719_468;
    let (era, of_era) = (days / ERA, days % ERA);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn known_times() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_795_305_600, "2026-11-22T00:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(rfc3339(UNIX_EPOCH + Duration::from_secs(seconds)), text);
        }
    }
}
