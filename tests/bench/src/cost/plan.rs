// SPDX-License-Identifier: GPL-2.0
//! What is measured, in which order.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// Who polls, in an order that needs KBP loaded once a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ValueEnum, strum::Display)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Mode {
    /// The NET_RX softirq of a kernel without KBP's modules. Everything is compared with it.
    Softirq,
    /// The kernel's own threaded NAPI, without KBP's modules.
    Threaded,
    /// The NET_RX softirq with KBP loaded and the core not enabled: what the hooks cost others.
    SoftirqLoaded,
    /// KBP, which arms the interrupt of a NAPI that has run dry.
    KbpArmed,
    /// KBP, which leaves the interrupt off and looks at the NAPI's ring.
    KbpMasked,
}

impl Mode {
    /// Whether KBP's modules are in.
    pub fn loaded(self) -> bool {
        !matches!(self, Mode::Softirq | Mode::Threaded)
    }

    /// Whether KBP polls.
    pub fn by_kbp(self) -> bool {
        matches!(self, Mode::KbpArmed | Mode::KbpMasked)
    }

    /// Whether the NET_RX softirq polls.
    pub fn by_softirq(self) -> bool {
        matches!(self, Mode::Softirq | Mode::SoftirqLoaded)
    }
}

/// What happens on the CPU while it is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Load {
    /// Nothing: how much of what remains of the CPU goes into one unit of it.
    Quiet,
    /// A packet now and then, so that KBP holds the NAPI nearly all the time: the same for its
    /// rounds that look at the ring of a held NAPI. Only [`Mode::KbpMasked`] has such rounds.
    Rare,
    /// The timer that plays the NIC runs, and schedules nothing.
    Ticks(u32),
    /// The same, and each tick brings so many packets.
    Packets(u32),
}

/// Packets per interrupt.
pub const BATCHES: [u32; 3] = [1, 8, 64];

/// The rhythm of the interrupts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rhythm {
    /// Between two of them. Long enough that each is done with before the next one comes.
    pub period_ns: u64,
    /// How many.
    pub interrupts: u64,
    /// How many packets come with each of them, or would.
    pub batch: u32,
}

impl Load {
    /// Everything that is measured of `mode` in one round.
    pub fn all(mode: Mode) -> Vec<Load> {
        let mut loads = vec![Load::Quiet];
        loads.extend((mode == Mode::KbpMasked).then_some(Load::Rare));
        for batch in BATCHES {
            loads.extend([Load::Ticks(batch), Load::Packets(batch)]);
        }
        loads
    }

    /// The interrupts, when there are any.
    pub fn rhythm(self) -> Option<Rhythm> {
        // No divisors of the kernel's tick: interrupts meet it in all its phases alike.
        let (period_ns, interrupts, batch) = match self {
            Load::Quiet => return None,
            Load::Rare => (2_003_000, 200, 1),
            Load::Ticks(batch @ 0..=1) | Load::Packets(batch @ 0..=1) => (101_700, 8000, batch),
            Load::Ticks(batch @ 2..=8) | Load::Packets(batch @ 2..=8) => (203_100, 1000, batch),
            Load::Ticks(batch) | Load::Packets(batch) => (1_017_000, 200, batch),
        };
        Some(Rhythm {
            period_ns,
            interrupts,
            batch,
        })
    }

    /// How many packets arrive.
    pub fn packets(self) -> u64 {
        match (self, self.rhythm()) {
            (Load::Rare | Load::Packets(_), Some(rhythm)) => rhythm.packets(),
            _ => 0,
        }
    }
}

impl Rhythm {
    /// How many packets come, or would.
    pub fn packets(&self) -> u64 {
        self.interrupts * u64::from(self.batch)
    }
}

/// The modes of a round: every other round goes backwards, so that a drift meets all alike.
pub fn order(modes: &[Mode], round: u32) -> Vec<Mode> {
    let mut order = Mode::value_variants().to_vec();
    order.retain(|mode| modes.contains(mode));
    if round % 2 == 0 {
        order.reverse();
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_everywhere() {
        for mode in Mode::value_variants() {
            let json = serde_json::to_string(mode).unwrap();
            assert_eq!(json, format!("\"{mode}\""));
            assert_eq!(Mode::from_str(&mode.to_string(), false), Ok(*mode));
        }
    }

    #[test]
    fn rounds_alternate_and_leave_out_what_was_not_asked_for() {
        let asked = [Mode::KbpMasked, Mode::Softirq];
        assert_eq!(order(&asked, 1), [Mode::Softirq, Mode::KbpMasked]);
        assert_eq!(order(&asked, 2), [Mode::KbpMasked, Mode::Softirq]);
    }

    #[test]
    fn packets_come_with_their_own_load_only() {
        assert_eq!(Load::all(Mode::Softirq).len(), 1 + 2 * BATCHES.len());
        assert!(Load::all(Mode::KbpMasked).contains(&Load::Rare));
        assert_eq!((Load::Quiet.packets(), Load::Ticks(8).packets()), (0, 0));
        for load in [Load::Rare, Load::Packets(8)] {
            assert_eq!(load.packets(), load.rhythm().unwrap().packets());
        }
    }
}
