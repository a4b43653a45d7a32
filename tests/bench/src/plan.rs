// SPDX-License-Identifier: GPL-2.0
//! What is measured, in which order. Host and guest both follow this one list.

use serde::{Deserialize, Serialize};

/// Where the packets come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// `kbp_testnic.ko` in the guest; the delay from interrupt to poll.
    Testnic,
    /// The host, through the virtio NIC; the round trip of a UDP echo.
    Virtio,
}

/// What else happens on the receiving core.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scenario {
    /// Nothing.
    Idle,
    /// A CFS task spins.
    Spin,
    /// Packet processing takes 90 % of the core.
    Load90,
    /// Both.
    #[serde(rename = "load90-spin")]
    Load90Spin,
}

/// Who polls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The NET_RX softirq, as without KBP.
    Softirq,
    /// The KBP thread.
    Kbp,
}

impl Source {
    /// Every source.
    pub const ALL: [Source; 2] = [Source::Testnic, Source::Virtio];

    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Source::Testnic => "testnic",
            Source::Virtio => "virtio",
        }
    }

    /// What its times are.
    pub fn metric(self) -> &'static str {
        match self {
            Source::Testnic => "schedule-to-poll delay",
            Source::Virtio => "UDP round trip",
        }
    }

    /// The scenarios it is measured in.
    pub fn scenarios(self) -> &'static [Scenario] {
        match self {
            Source::Testnic => &Scenario::ALL,
            // The host sets the pace here, so there is no 90 % load to ask for.
            Source::Virtio => &Scenario::ALL[..2],
        }
    }
}

impl Scenario {
    /// Every scenario.
    pub const ALL: [Scenario; 4] = [
        Scenario::Idle,
        Scenario::Spin,
        Scenario::Load90,
        Scenario::Load90Spin,
    ];

    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Scenario::Idle => "idle",
            Scenario::Spin => "spin",
            Scenario::Load90 => "load90",
            Scenario::Load90Spin => "load90-spin",
        }
    }

    /// What happens in it, for readers.
    pub fn explain(self) -> &'static str {
        match self {
            Scenario::Idle => "nothing else on the core",
            Scenario::Spin => "a task spins on the core",
            Scenario::Load90 => "90 % receive load",
            Scenario::Load90Spin => "90 % load and a spinning task",
        }
    }

    /// Whether a task spins on the receiving core.
    pub fn spins(self) -> bool {
        matches!(self, Scenario::Spin | Scenario::Load90Spin)
    }

    /// Whether packets cost 90 % of the receiving core.
    pub fn loaded(self) -> bool {
        matches!(self, Scenario::Load90 | Scenario::Load90Spin)
    }
}

impl Mode {
    /// Both modes.
    pub const ALL: [Mode; 2] = [Mode::Softirq, Mode::Kbp];

    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Softirq => "softirq",
            Mode::Kbp => "kbp",
        }
    }
}

/// One measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    /// Where the packets come from.
    pub source: Source,
    /// What else happens on the core.
    pub scenario: Scenario,
    /// Who polls.
    pub mode: Mode,
    /// Which repetition, from 1.
    pub round: u32,
}

impl Phase {
    /// The phase in a few words.
    pub fn label(&self) -> String {
        format!(
            "round {} {} {} {}",
            self.round,
            self.source.name(),
            self.scenario.name(),
            self.mode.name()
        )
    }
}

/// The order of the measurements: the modes alternate, and every round starts with the other one,
/// so that a slow drift of the machine meets both alike.
pub fn plan(rounds: u32) -> Vec<Phase> {
    let mut phases = Vec::new();
    for round in 1..=rounds {
        let mut modes = Mode::ALL;
        if round % 2 == 0 {
            modes.reverse();
        }
        for source in Source::ALL {
            for scenario in source.scenarios() {
                phases.extend(modes.map(|mode| Phase {
                    source,
                    scenario: *scenario,
                    mode,
                    round,
                }));
            }
        }
    }
    phases
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_alternate_and_each_round_starts_with_the_other() {
        let phases = plan(2);
        assert_eq!(phases.len(), 2 * (4 + 2) * 2);
        assert!(phases.chunks(2).all(|pair| pair[0].mode != pair[1].mode));
        assert_eq!(phases[0].mode, Mode::Softirq);
        assert_eq!(phases[12].mode, Mode::Kbp);
    }

    #[test]
    fn names_in_json_are_the_names_in_reports() {
        for scenario in Scenario::ALL {
            let json = serde_json::to_string(&scenario).unwrap();
            assert_eq!(json, format!("\"{}\"", scenario.name()));
        }
        for mode in Mode::ALL {
            assert_eq!(
                serde_json::to_string(&mode).unwrap(),
                format!("\"{}\"", mode.name())
            );
        }
        for source in Source::ALL {
            assert_eq!(
                serde_json::to_string(&source).unwrap(),
                format!("\"{}\"", source.name())
            );
        }
    }
}
