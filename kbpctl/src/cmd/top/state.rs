// SPDX-License-Identifier: GPL-2.0
//! What the screen shows, apart from how.

use std::cmp::Reverse;
use std::collections::VecDeque;
use std::time::Duration;

use super::watch::Report;
use crate::rates::event::Event;
use crate::rates::one_core::Core;

/// So many events are kept.
const EVENTS: usize = 200;

/// The screen's content.
pub(super) struct State {
    /// The last interval, once there was one.
    pub(super) report: Option<Report>,
    /// With the time at which each was seen, the newest first.
    pub(super) events: VecDeque<(Duration, Event)>,
    pub(super) now: Duration,
    pub(super) every: Duration,
    pub(super) sort: Sort,
    pub(super) is_paused: bool,
    pub(super) shows_help: bool,
    pub(super) colours: bool,
}

/// What the cores are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Number,
    Packets,
    Busy,
    Delay,
}

impl Sort {
    pub(super) fn word(self) -> &'static str {
        match self {
            Sort::Number => "core",
            Sort::Packets => "pkt/s",
            Sort::Busy => "busy",
            Sort::Delay => "p99us",
        }
    }

    pub(super) fn next(self) -> Sort {
        match self {
            Sort::Number => Sort::Packets,
            Sort::Packets => Sort::Busy,
            Sort::Busy => Sort::Delay,
            Sort::Delay => Sort::Number,
        }
    }

    /// The most first; among equals the number decides, as it came.
    fn apply(self, cores: &mut [&Core]) {
        let most = |value: fn(&Core) -> Option<f64>| {
            move |a: &&Core, b: &&Core| {
                let of = |core: &Core| value(core).unwrap_or(-1.0);
                of(b).total_cmp(&of(a))
            }
        };
        match self {
            Sort::Number => {}
            Sort::Packets => cores.sort_by(most(|core| core.poller.packets_per_s)),
            Sort::Busy => cores.sort_by(most(|core| core.poller.busy_share)),
            // The last bucket has no edge, and is the longest.
            Sort::Delay => cores.sort_by_key(|core| {
                let delay = core.poller.delay.as_ref();
                Reverse(delay.map_or(0, |delay| match delay.count {
                    0 => 0,
                    _ => delay.p99_ns.unwrap_or(u64::MAX),
                }))
            }),
        }
    }
}

impl State {
    pub(super) fn new(every: Duration, colours: bool) -> State {
        State {
            report: None,
            events: VecDeque::new(),
            now: Duration::ZERO,
            every,
            sort: Sort::Number,
            is_paused: false,
            shows_help: false,
            colours,
        }
    }

    /// Takes what was seen in an interval.
    pub(super) fn take(&mut self, report: Report) {
        self.add(report.interval.events.clone());
        self.report = Some(report);
    }

    /// Takes events that were seen now.
    pub(super) fn add(&mut self, events: Vec<Event>) {
        for event in events {
            self.events.push_front((self.now, event));
        }
        self.events.truncate(EVENTS);
    }

    /// The cores as they are shown.
    pub(super) fn cores(&self) -> Vec<&Core> {
        let report = self.report.iter();
        let mut cores: Vec<&Core> = report.flat_map(|report| &report.interval.cores).collect();
        self.sort.apply(&mut cores);
        cores
    }
}
