// SPDX-License-Identifier: GPL-2.0
//! How many queues a NIC uses: its channels, as `ethtool -l` shows them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Numbers of channels. A combined one has a queue of either kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Counts {
    pub(crate) rx: u32,
    pub(crate) tx: u32,
    /// For link events and the like.
    pub(crate) other: u32,
    pub(crate) combined: u32,
}

/// What a NIC can have, and what it has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Channels {
    pub(crate) most: Counts,
    pub(crate) now: Counts,
}

/// "4 combined channels", as ethtool names them.
impl fmt::Display for Counts {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = [
            (self.combined, "combined"),
            (self.rx, "receive"),
            (self.tx, "transmit"),
        ];
        let some = kinds.iter().filter(|(count, _)| *count > 0);
        let some: Vec<String> = some
            .map(|(count, kind)| format!("{count} {kind}"))
            .collect();
        match (&some[..], self.combined + self.rx + self.tx) {
            ([], _) => write!(to, "no channels"),
            ([only], 1) => write!(to, "{only} channel"),
            (some, _) => write!(to, "{} channels", some.join(" and ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_said_as_ethtool_names_them() {
        let said = |rx, tx, combined| {
            let other = 1;
            let counts = Counts {
                rx,
                tx,
                other,
                combined,
            };
            counts.to_string()
        };
        assert_eq!(said(0, 0, 1), "1 combined channel");
        assert_eq!(said(2, 4, 0), "2 receive and 4 transmit channels");
        assert_eq!(said(0, 0, 0), "no channels");
    }
}
