// SPDX-License-Identifier: GPL-2.0
//! What a run is to send, and to whom.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::schedule::Schedule;

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// A [`crate::reflect::Reflector`], with pongs. Latency counts from when a probe was due, and a
    /// sender that falls too far behind should give up: the figures would be of another load.
    Reflector,
    /// An echo that runs on the sender's own machine, in a guest for example: everything comes back
    /// as it was sent, and is compared. The two take CPU time from each other, so latency counts
    /// from when a probe was sent, and a sender that is late catches up.
    Echo,
}

/// What to send.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// To whom.
    pub peer: Peer,
    /// Probes per second.
    pub rate: u64,
    /// Bytes of probe and padding.
    pub payload: usize,
    /// How long probes are not counted, before those that are.
    pub warm_up: Duration,
    /// How long probes are counted.
    pub duration: Duration,
    /// The number of the first probe, so that answers to earlier traffic can be told apart.
    pub first: u64,
    /// How long to wait for missing answers after the last probe.
    pub patience: Duration,
    /// How far behind its schedule the sender may end; what is not sent by then never is. `MAX`: it catches up.
    pub grace: Duration,
    /// How long before a probe is due sleeping ends; `MAX`: never sleep.
    pub spin: Duration,
    /// Send no more after an answer that took longer.
    pub stop_above: Option<Duration>,
}

impl Load {
    /// `count` probes to an echo, which may keep the last answer for as long as `patience`. Their
    /// numbers differ from those of all earlier ones: what is left of those may still come.
    pub fn to_echo(rate: u64, count: u64, payload: usize, patience: Duration) -> Load {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Load {
            peer: Peer::Echo,
            rate,
            payload,
            warm_up: Duration::ZERO,
            duration: Schedule::new(rate).time(count),
            first: NEXT.fetch_add(count, Ordering::Relaxed),
            patience,
            grace: Duration::MAX,
            // Who spins takes the CPU from the echo.
            spin: Duration::ZERO,
            stop_above: None,
        }
    }
}
