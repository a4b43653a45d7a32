// SPDX-License-Identifier: GPL-2.0
//! What one run has sent, and what the answers to it say.

use schemars::JsonSchema;
use serde::Serialize;

use crate::book::{Book, Counts};
use crate::load::{Load, Peer};
use crate::schedule::Schedule;
use crate::times::Times;
use crate::wire::{self, Kind, Probe};

/// An answer that took longer than allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Exceeded {
    /// Which of the counted probes it answered, from 0.
    pub probe: u64,
    /// When that probe was due, from the start of counting.
    pub at_ns: u64,
    /// How long the answer took.
    pub latency_ns: u64,
}

/// Follows the probes of a run.
pub(crate) struct Answers {
    peer: Peer,
    first: u64,
    schedule: Schedule,
    warm_up: u64,
    stop_above_ns: Option<u64>,
    book: Book,
    /// When each probe left; only where times count from then.
    sent_ns: Vec<u64>,
    /// The probe that leaves, or that an echo is compared with.
    payload: Vec<u8>,
    corrupt: u64,
    exceeded: Option<Exceeded>,
}

impl Answers {
    pub(crate) fn new(load: &Load, schedule: Schedule, flows: usize) -> Answers {
        let warm_up = schedule.count(load.warm_up);
        let total = warm_up.saturating_add(schedule.count(load.duration));
        let kept = match load.peer {
            Peer::Reflector => 0,
            Peer::Echo => total,
        };
        Answers {
            peer: load.peer,
            first: load.first,
            schedule,
            warm_up,
            stop_above_ns: load.stop_above.map(|limit| limit.as_nanos() as u64),
            book: Book::new(load.first, flows, warm_up).with_room_for(total),
            sent_ns: Vec::with_capacity(usize::try_from(kept).unwrap_or(0)),
            payload: vec![0; load.payload.max(Probe::SIZE)],
            corrupt: 0,
            exceeded: None,
        }
    }

    /// The number, from 0, of the next probe.
    pub(crate) fn next(&self) -> u64 {
        self.book.next()
    }

    /// Whether an answer is missing.
    pub(crate) fn misses(&self) -> bool {
        self.book.outstanding() > 0
    }

    pub(crate) fn exceeded(&self) -> Option<Exceeded> {
        self.exceeded
    }

    /// The next probe, which leaves now.
    pub(crate) fn probe(&mut self, now_ns: u64) -> &[u8] {
        if self.peer == Peer::Echo {
            self.sent_ns.push(now_ns);
        }
        self.write(self.book.next());
        &self.payload
    }

    /// Notes whether it was taken; `true` when it counts.
    pub(crate) fn sent(&mut self, taken: bool) -> bool {
        let counts = self.book.counts_index(self.book.next());
        self.book.sent(taken);
        counts
    }

    /// Takes what came at `now_ns`.
    pub(crate) fn take(&mut self, payload: &[u8], now_ns: u64) {
        let Some(index) = self.index(payload) else {
            return;
        };
        let due_ns = self.schedule.due_ns(index);
        let begin_ns = self.sent_ns.get(index as usize).unwrap_or(&due_ns);
        let latency_ns = now_ns.saturating_sub(*begin_ns);
        let counted = self.book.answered(index, latency_ns);
        let exceeds = self.stop_above_ns.is_some_and(|limit| latency_ns > limit);
        if counted && exceeds && self.exceeded.is_none() {
            self.exceeded = Some(Exceeded {
                probe: index - self.warm_up,
                at_ns: due_ns - self.schedule.due_ns(self.warm_up),
                latency_ns,
            });
        }
    }

    /// Which probe this answers, if it is an answer to one.
    fn index(&mut self, payload: &[u8]) -> Option<u64> {
        let probe = Probe::read(payload);
        let index = probe.and_then(|probe| self.book.index(probe.seq));
        if self.peer == Peer::Reflector {
            let probe = probe.filter(|probe| probe.kind == Kind::Pong)?;
            return index.filter(|index| probe.sent_ns == self.schedule.due_ns(*index));
        }
        if let Some(index) = index {
            self.write(index);
            if self.payload == payload {
                return Some(index);
            }
        }
        let earlier = probe.is_some_and(|probe| probe.seq < self.first);
        self.corrupt += u64::from(!earlier);
        None
    }

    /// Writes probe `index` into `payload`.
    fn write(&mut self, index: u64) {
        let probe = Probe {
            kind: Kind::Ping,
            seq: self.first + index,
            sent_ns: self.schedule.due_ns(index),
        };
        probe.write(&mut self.payload);
        if self.peer == Peer::Echo {
            wire::pad(&mut self.payload, index);
        }
    }

    /// The counts, how long the answers took, and how many echoes were not what was sent.
    pub(crate) fn close(self) -> (Counts, Times, u64) {
        let (counts, latency) = self.book.close();
        (counts, latency, self.corrupt)
    }
}
