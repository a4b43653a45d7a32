// SPDX-License-Identifier: GPL-2.0
//! What the guest finds.

use serde::{Deserialize, Serialize};

use super::plan::{Load, Mode};

/// What the guest finds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Found {
    /// The clock counts instructions.
    Clock {
        /// Nanoseconds of the guest's clock for an instruction, as a loop of known length took it.
        ns_per_instruction: f64,
    },
    /// One load in one mode was measured.
    Sample(Sample),
}

/// What one load left of the CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// Which repetition, from 1.
    pub round: u32,
    /// Who polled.
    pub mode: Mode,
    /// What happened.
    pub load: Load,
    /// How long it was measured. Under KBP without the housekeeping windows.
    pub time_ns: u64,
    /// How much was left: turns of the spinning task, or rounds of KBP that had nothing to look at.
    pub left: u64,
    /// Rounds of KBP that looked at the ring of a held NAPI and found it empty.
    pub held: u64,
    /// Looks of KBP at its list between rounds.
    pub looks: u64,
    /// Their time, with all interrupts that came meanwhile.
    pub looks_ns: u64,
    /// Interrupts of the timer that plays the NIC within that time.
    pub ticks: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_survive() {
        let line = r#"{"event":"sample","round":1,"mode":"kbp-armed","load":{"packets":64},"time_ns":5,"left":6,"held":7,"looks":9,"looks_ns":10,"ticks":8}"#;
        let found: Found = serde_json::from_str(line).unwrap();
        let Found::Sample(sample) = &found else {
            panic!("{found:?}")
        };
        let what = (sample.mode, sample.load);
        assert_eq!(what, (Mode::KbpArmed, Load::Packets(64)));
        assert_eq!(serde_json::to_string(&found).unwrap(), line);
    }
}
