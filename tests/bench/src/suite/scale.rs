// SPDX-License-Identifier: GPL-2.0
//! How much is measured.

use std::time::Duration;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

/// How much is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ValueEnum, IntoStaticStr)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Scale {
    /// The demo's round trips: two rows by softirq and by KBP, a minute.
    Demo,
    /// Every kind of row, a quarter of an hour on two cores.
    Quick,
    /// Every row in every mode, hours.
    Full,
    /// The paper's rows with its lengths and repetitions (60 s, 5 times), two to three days.
    Paper,
}

impl Scale {
    /// Its name in reports and on the command line.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// How long packets flow in a cell; in a trial of a search half of it.
    pub fn length(self) -> Duration {
        Duration::from_secs(match self {
            Scale::Demo => 2,
            Scale::Quick => 1,
            Scale::Full => 5,
            Scale::Paper => 60,
        })
    }
}
