// SPDX-License-Identifier: GPL-2.0
//! What the guest finds.

use serde::{Deserialize, Serialize};

use crate::mode::Mode;
use crate::statistics::Times;

/// The address of a function, and its name.
pub type Symbol = (u64, String);

/// What the guest finds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Found {
    /// The clock counts instructions.
    Clock {
        /// Nanoseconds of the guest's clock for an instruction, as a loop of known length took it.
        ns_per_instruction: f64,
    },
    /// One row in one mode was measured.
    Cell(Box<Cell>),
    /// Functions of the kernel, or of its modules.
    Symbols {
        /// Of modules: of all that are loaded.
        of_modules: bool,
        /// All of the modules', or some of the kernel's.
        symbols: Vec<Symbol>,
    },
    /// The host has the instructions of some packets of this row in this mode.
    Followed {
        /// The row's name.
        row: String,
        /// Who polled.
        mode: Mode,
    },
    /// This kernel cannot do that.
    Left {
        /// What it cannot.
        mode: Mode,
        /// Why not.
        why: String,
    },
}

/// One row in one mode.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// The row's name.
    pub row: String,
    /// Who polled.
    pub mode: Mode,
    /// From the interrupt to the poll that takes the packet; with a program, until that has it.
    pub delay: Times,
    /// Packets that found no room in the NIC's ring, or did not get to the program.
    pub lost: u64,
    /// How much of the CPU the task beside had, as a part of what it has alone; absent without one.
    pub share: Option<f64>,
    /// From the start to the last packet, in nanoseconds.
    pub time_ns: u64,
    /// The highest rate without loss, packets a second, where that is looked for; then the other numbers
    /// are of a run at that rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<u64>,
    /// NET_RX softirqs meanwhile.
    pub net_rx: u64,
    /// What shows that the mode was in effect.
    pub evidence: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_survive() {
        let line = r#"{"event":"cell","row":"quiet","mode":"kbp-armed","delay":{"counts":[[1,2,3]],"min":1,"max":1,"mean":1.0},"lost":4,"share":0.5,"time_ns":6,"net_rx":7,"evidence":"x"}"#;
        let found: Found = serde_json::from_str(line).unwrap();
        assert!(
            matches!(&found, Found::Cell(cell) if cell.mode == Mode::KbpArmed),
            "{found:?}"
        );
        assert_eq!(serde_json::to_string(&found).unwrap(), line);
    }
}
