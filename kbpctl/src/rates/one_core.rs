// SPDX-License-Identifier: GPL-2.0
//! What happened on a core in an interval.

use std::time::Duration;

use kbp_uapi as abi;
use kbp_uapi::kbp_core_status;
use schemars::JsonSchema;
use serde::Serialize;

use super::grown::{grown, grown_32, per_second, share};
use super::napi::{self, Napi};
use super::nic::Came;
use super::sample::Sample;
use super::spent::Spent;
use crate::cores::device;
use crate::cores::histogram::{self, Summary};
use crate::cores::words;

/// The figures of a core.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Core {
    pub(crate) core: u32,
    /// At the end of the interval.
    pub(crate) state: &'static str,
    pub(crate) yield_reason: Option<&'static str>,
    /// Softirq receives while the poller is away, and no figure of KBP's counts that.
    pub(crate) softirq_receives: bool,
    #[serde(flatten)]
    pub(crate) poller: Poller,
    /// Packets that the network stack received here, by whomever they were polled.
    pub(crate) received_per_s: Option<f64>,
    pub(crate) dropped_per_s: Option<f64>,
    /// Receive interrupts of NICs.
    pub(crate) interrupts_per_s: Option<f64>,
    pub(crate) steal_share: Option<f64>,
    pub(crate) napis: Vec<Napi>,
}

/// What kbp.ko counted; all `None` where KBP had no part in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Poller {
    pub(crate) packets_per_s: Option<f64>,
    pub(crate) polls_per_s: Option<f64>,
    /// The rounds of the poll loop that found nothing to do.
    pub(crate) empty_share: Option<f64>,
    pub(crate) busy_share: Option<f64>,
    pub(crate) spin_share: Option<f64>,
    pub(crate) window_share: Option<f64>,
    pub(crate) sleep_share: Option<f64>,
    /// How long NAPIs waited for their poll.
    pub(crate) delay: Option<Summary>,
    /// How long bottom halves were held off.
    pub(crate) guard: Option<Summary>,
    /// The longest time between two looks at the list, where this interval has the longest since
    /// kbp.ko was loaded: shorter ones are not counted by themselves.
    pub(crate) gap_record_ns: Option<u64>,
}

impl Core {
    /// The figures of `core`.
    pub(super) fn between(
        core: u32,
        before: &Sample,
        now: &Sample,
        length: Duration,
        came: &Came,
    ) -> Core {
        let pair = before.cores.get(&core).zip(now.cores.get(&core));
        let status = now.cores.get(&core).map(|core| core.status);
        let status = status.as_ref();
        let state = status.map_or(abi::KBP_CORE_OFF, |status| status.state);
        let softnet = before.softnet.get(&core).zip(now.softnet.get(&core));
        let times = before.times.get(&core).zip(now.times.get(&core));
        let rate_32 = |pair: Option<(u32, u32)>| {
            let (before, now) = pair?;
            per_second(grown_32(before, now)?, length)
        };
        Core {
            core,
            state: words::state(state),
            yield_reason: status
                .filter(|_| state == abi::KBP_CORE_YIELDED)
                .map(|status| words::yield_reason(status.yield_reason)),
            softirq_receives: status
                .is_some_and(|status| device::is_served(status) && status.config.softirq_serves()),
            poller: pair
                .filter(|(before, now)| before.is_on() || now.is_on())
                .and_then(|(before, now)| Poller::between(&before.status, &now.status, length))
                .unwrap_or_default(),
            received_per_s: rate_32(softnet.map(|(was, is)| (was.received, is.received))),
            dropped_per_s: rate_32(softnet.map(|(was, is)| (was.dropped, is.dropped))),
            interrupts_per_s: came
                .by_core
                .get(&core)
                .and_then(|count| per_second(*count, length)),
            steal_share: times.and_then(|(before, now)| now.stolen_since(before)),
            napis: pair.map_or_else(Vec::new, |(was, is)| {
                napi::between(&was.napis, &is.napis, length, &now.devices)
            }),
        }
    }
}

impl Poller {
    /// `None` when a counter went backwards: kbp.ko was loaded anew, and none of them is worth anything.
    fn between(
        before: &kbp_core_status,
        now: &kbp_core_status,
        length: Duration,
    ) -> Option<Poller> {
        let (was, is) = (&before.counters, &now.counters);
        let packets = grown(was.packets, is.packets)?;
        let polls = grown(was.polls, is.polls)?;
        let cycles = grown(was.cycles, is.cycles)?;
        let empty = grown(was.empty_cycles, is.empty_cycles)?;
        let longer = grown(was.longest_gap_ns, is.longest_gap_ns)?;
        let delay = histogram::between(&before.delay, &now.delay)?;
        let guard = histogram::between(&before.guard, &now.guard)?;
        let spent = Spent::between(before, now, length);
        Some(Poller {
            packets_per_s: per_second(packets, length),
            polls_per_s: per_second(polls, length),
            empty_share: share(empty, cycles),
            busy_share: spent.map(|spent| spent.busy),
            spin_share: spent.map(|spent| spent.spin),
            window_share: spent.map(|spent| spent.window),
            sleep_share: spent.map(|spent| spent.sleep),
            delay: Some(Summary::new(&delay)),
            guard: Some(Summary::up_to(&guard, is.longest_guard_ns)),
            gap_record_ns: (longer > 0).then_some(is.longest_gap_ns),
        })
    }
}
