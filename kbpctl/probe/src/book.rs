// SPDX-License-Identifier: GPL-2.0
//! What became of every probe.

use schemars::JsonSchema;
use serde::Serialize;

use crate::times::Times;

/// Probes and their answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Counts {
    /// Probes whose time had come.
    pub sent: u64,
    /// Of these, those the sender's own system did not take; they count as lost, too.
    pub not_taken: u64,
    /// Probes with an answer.
    pub received: u64,
    /// Probes without an answer.
    pub lost: u64,
    /// Second and further answers.
    pub duplicates: u64,
    /// Answers that came after the answer to a later probe of the same flow.
    pub reordered: u64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.sent += other.sent;
        self.not_taken += other.not_taken;
        self.received += other.received;
        self.lost += other.lost;
        self.duplicates += other.duplicates;
        self.reordered += other.reordered;
    }
}

/// Follows probes numbered one after the other from `first` on, which go round the flows.
#[derive(Debug)]
pub struct Book {
    first: u64,
    warm_up: u64,
    /// One bit for each probe that was sent.
    answered: Vec<u64>,
    /// The highest answered probe of each flow.
    highest: Vec<Option<u64>>,
    next: u64,
    outstanding: u64,
    counts: Counts,
    latency: Times,
}

impl Book {
    /// An empty book. `first` tells these probes from those of earlier traffic; the first
    /// `warm_up` of them are followed, but not counted.
    pub fn new(first: u64, flows: usize, warm_up: u64) -> Book {
        Book {
            first,
            warm_up,
            answered: Vec::new(),
            highest: vec![None; flows.max(1)],
            next: 0,
            outstanding: 0,
            counts: Counts::default(),
            latency: Times::new(),
        }
    }

    /// Makes room for this many probes, so that counting them takes no memory later.
    #[must_use]
    pub fn with_room_for(mut self, probes: u64) -> Book {
        self.answered.reserve(probes.div_ceil(64) as usize);
        self
    }

    /// How many were sent: the number, from 0, of the next one.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// The sequence number of the next one.
    pub fn next_seq(&self) -> u64 {
        self.first + self.next
    }

    /// Whether probe `index` counts.
    pub fn counts_index(&self, index: u64) -> bool {
        index >= self.warm_up
    }

    /// How many answers are still missing, those of the warm-up among them.
    pub fn outstanding(&self) -> u64 {
        self.outstanding
    }

    /// Notes that the next probe was sent, or (not `taken`) that it should have been.
    pub fn sent(&mut self, taken: bool) {
        if self.next % 64 == 0 {
            self.answered.push(0);
        }
        let counts = self.counts_index(self.next);
        self.next += 1;
        self.outstanding += u64::from(taken);
        if counts {
            self.counts.sent += 1;
            self.counts.not_taken += u64::from(!taken);
        }
    }

    /// The number, from 0, of the probe with this sequence number, if it is one of ours.
    pub fn index(&self, seq: u64) -> Option<u64> {
        seq.checked_sub(self.first)
            .filter(|index| *index < self.next)
    }

    /// Notes the answer to probe `index`, which [`Book::index`] gave; `true` when it is the first
    /// one and counts.
    pub fn answered(&mut self, index: u64, latency_ns: u64) -> bool {
        let Some(word) = self.answered.get_mut((index / 64) as usize) else {
            return false;
        };
        let counts = index >= self.warm_up;
        let bit = 1 << (index % 64);
        if *word & bit != 0 {
            self.counts.duplicates += u64::from(counts);
            return false;
        }
        *word |= bit;
        self.outstanding = self.outstanding.saturating_sub(1);
        let flows = self.highest.len() as u64;
        let highest = &mut self.highest[(index % flows) as usize];
        let late = highest.is_some_and(|highest| index < highest);
        *highest = (*highest).max(Some(index));
        if counts {
            self.counts.received += 1;
            self.counts.reordered += u64::from(late);
            self.latency.record(latency_ns);
        }
        counts
    }

    /// The state of things; what has no answer counts as lost.
    pub fn counts(&self) -> Counts {
        Counts {
            lost: self.counts.sent - self.counts.received,
            ..self.counts
        }
    }

    /// Closes it: the counts, and how long the answers took.
    pub fn close(self) -> (Counts, Times) {
        (self.counts(), self.latency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn answer(book: &mut Book, seq: u64) {
        if let Some(index) = book.index(seq) {
            book.answered(index, 1000);
        }
    }

    #[test]
    fn loss_duplicates_and_order() {
        let mut book = Book::new(100, 1, 0);
        (0..4).for_each(|_| book.sent(true));
        for seq in [100, 103, 102, 102, 99, 104] {
            answer(&mut book, seq);
        }
        assert_eq!(book.outstanding(), 1);
        let (counts, latency) = book.close();
        assert_eq!((counts.sent, counts.received, counts.lost), (4, 3, 1));
        assert_eq!((counts.duplicates, counts.reordered), (1, 1));
        assert_eq!(latency.summary().count, 3);
    }

    #[test]
    fn order_is_a_matter_of_one_flow() {
        let mut book = Book::new(0, 2, 0);
        (0..4).for_each(|_| book.sent(true));
        // Flow 0 has 0 and 2, flow 1 has 1 and 3.
        [1, 3, 0, 2].iter().for_each(|seq| answer(&mut book, *seq));
        assert_eq!(book.counts().reordered, 0);
    }

    #[test]
    fn the_warm_up_is_followed_but_not_counted() {
        let mut book = Book::new(0, 1, 2);
        (0..4).for_each(|_| book.sent(true));
        [1, 1, 0, 2].iter().for_each(|seq| answer(&mut book, *seq));
        assert_eq!(book.outstanding(), 1);
        let (counts, latency) = book.close();
        assert_eq!((counts.sent, counts.received, counts.lost), (2, 1, 1));
        assert_eq!((counts.duplicates, counts.reordered), (0, 0));
        assert_eq!(latency.summary().count, 1);
    }

    #[test]
    fn what_was_not_taken_is_lost_and_not_waited_for() {
        let mut book = Book::new(0, 1, 0);
        book.sent(false);
        assert_eq!(book.outstanding(), 0);
        let counts = book.counts();
        assert_eq!((counts.sent, counts.not_taken, counts.lost), (1, 1, 1));
    }

    proptest! {
        /// Against sets and lists, for any order of any answers.
        #[test]
        fn any_answers(
            first in 0u64..1 << 40, sent in 0u64..200, flows in 1usize..5, warm_up in 0u64..50,
            seqs in proptest::collection::vec(0u64..260, 0..400),
        ) {
            let mut book = Book::new(first, flows, warm_up).with_room_for(sent);
            (0..sent).for_each(|_| book.sent(true));
            let mut order: Vec<u64> = Vec::new();
            let mut duplicates = 0;
            // From below `first`, where there is a below, to beyond the last.
            for seq in seqs {
                let Some(seq) = (first + seq).checked_sub(30) else { continue };
                answer(&mut book, seq);
                let Some(index) = seq.checked_sub(first).filter(|index| *index < sent) else { continue };
                if order.contains(&index) {
                    duplicates += u64::from(index >= warm_up);
                } else {
                    order.push(index);
                }
            }
            let measured = order.iter().filter(|index| **index >= warm_up).count() as u64;
            let reordered = order.iter().enumerate().filter(|(place, index)| {
                let earlier = &order[..*place];
                **index >= warm_up
                    && earlier.iter().any(|other| other > index && (other - **index) % flows as u64 == 0)
            }).count() as u64;
            prop_assert_eq!(book.outstanding(), sent - order.len() as u64);
            let (counts, latency) = book.close();
            let all = sent.saturating_sub(warm_up);
            prop_assert_eq!(counts, Counts {
                sent: all, not_taken: 0, received: measured, lost: all - measured, duplicates, reordered,
            });
            prop_assert_eq!(latency.summary().count, measured);
        }
    }
}
