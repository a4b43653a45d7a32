// SPDX-License-Identifier: GPL-2.0
//! What the guest tells the host while it measures: one JSON document a line on its output.

use serde::{Deserialize, Serialize};

use crate::plan::Phase;
use crate::stats::Buckets;

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// The guest is set up.
    Setup {
        /// `uname -r`.
        kernel: String,
        /// What the numbers depend on, in words.
        note: String,
    },
    /// A measurement begins.
    Begin {
        /// Which one.
        phase: Phase,
    },
    /// A measurement with the synthetic NIC is done.
    Testnic {
        /// Which one.
        phase: Phase,
        /// Packets the NIC generated.
        sent: u64,
        /// Packets that arrived at the socket.
        received: u64,
        /// Packets the NIC lost.
        dropped: u64,
        /// Arrived twice.
        duplicates: u64,
        /// NET_RX softirqs on the receiving core meanwhile.
        net_rx_softirqs: u64,
        /// Interrupt to poll: `[low, high, count]`.
        delay: Vec<(u64, u64, u64)>,
        /// The largest delay.
        delay_max_ns: u64,
        /// Intended to real interrupt: `[low, high, count]`. Nothing in the kernel's receive path
        /// can change it, so it is the noise floor.
        late: Vec<(u64, u64, u64)>,
        /// The largest lateness.
        late_max_ns: u64,
    },
    /// The guest's part of a measurement through the virtio NIC is done.
    Virtio {
        /// Which one.
        phase: Phase,
        /// Probes the guest sent back, warm-up included.
        echoed: u64,
        /// Interrupts of the receiving queue on the receiving core meanwhile.
        interrupts: u64,
        /// NET_RX softirqs on the receiving core meanwhile.
        net_rx_softirqs: u64,
    },
    /// Everything is measured.
    Done,
}

/// Puts the two parts of a histogram together.
pub fn buckets(counts: &[(u64, u64, u64)], max: u64) -> Buckets {
    Buckets {
        counts: counts.to_vec(),
        max,
    }
}

/// The mark on the guest's control port that says: phase number `index` waits for traffic.
pub fn ready_mark(index: usize) -> String {
    format!("bench-{index}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::plan;

    #[test]
    fn lines_survive() {
        let phase = plan(1)[0];
        let event = Event::Virtio {
            phase,
            echoed: 1,
            interrupts: 2,
            net_rx_softirqs: 3,
        };
        let line = serde_json::to_string(&event).unwrap();
        assert!(
            line.starts_with(r#"{"event":"virtio","phase":{"source":"testnic""#),
            "{line}"
        );
        assert_eq!(serde_json::from_str::<Event>(&line).unwrap(), event);
    }
}
