// SPDX-License-Identifier: GPL-2.0
//! What became of cores and interrupts in an interval.

use kbp_uapi as abi;
use kbp_uapi::{kbp_core_status, kbp_counters};
use schemars::JsonSchema;
use serde::Serialize;

use super::grown::grown;
use super::nic::receiving;
use super::sample::Sample;
use crate::cores::device;
use crate::cores::list;
use crate::cores::words;
use crate::nic::card::Card;
use crate::output::harmless;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Event {
    pub(crate) kind: Kind,
    /// The core that it happened to, or to which an interrupt goes now.
    pub(crate) core: Option<u32>,
    pub(crate) text: String,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    Enabled,
    Disabled,
    /// Given back to softirq by its poller.
    Yielded,
    /// Taken from its poller, which did not run.
    Rescued,
    ServedAgain,
    IrqMoved,
}

impl Event {
    fn of_core(kind: Kind, core: u32, text: &str) -> Event {
        Event {
            kind,
            core: Some(core),
            text: format!("core {core} {text}"),
        }
    }
}

/// What a core is in when it is looked at the first time, and would be an event.
pub(super) fn at_first(sample: &Sample) -> Vec<Event> {
    let all = sample.cores.values().map(|core| &core.status);
    let yielded = all.filter(|status| status.state == abi::KBP_CORE_YIELDED);
    let event = |status: &kbp_core_status| match status.yield_reason {
        abi::KBP_YIELD_RESCUE => rescued(status),
        reason => gave_back(status.core, words::yield_reason(reason)),
    };
    yielded.map(event).collect()
}

/// What happened between two looks, core by core.
pub(super) fn between(before: &Sample, now: &Sample) -> Vec<Event> {
    let cores = now.cores.iter().filter_map(|(core, now)| {
        let before = before.cores.get(core)?;
        Some(of_core(&before.status, &now.status))
    });
    cores.flatten().chain(moved(before, now)).collect()
}

fn of_core(before: &kbp_core_status, now: &kbp_core_status) -> Vec<Event> {
    let core = now.core;
    let mut events = Vec::new();
    let (was_off, is_off) = (
        before.state == abi::KBP_CORE_OFF,
        now.state == abi::KBP_CORE_OFF,
    );
    if was_off && !is_off {
        events.push(Event::of_core(Kind::Enabled, core, "was enabled"));
    }
    let mut left = before.state == abi::KBP_CORE_YIELDED;
    for (reason, count) in YIELDS {
        if grown(count(&before.counters), count(&now.counters)).is_some_and(|times| times > 0) {
            events.push(gave_back(core, words::yield_reason(reason)));
            left = true;
        }
    }
    if grown(before.counters.rescues, now.counters.rescues).is_some_and(|times| times > 0) {
        events.push(rescued(now));
        left = true;
    }
    if left && device::is_served(now) {
        events.push(Event::of_core(Kind::ServedAgain, core, "is served again"));
    }
    if !was_off && is_off {
        events.push(Event::of_core(Kind::Disabled, core, "was disabled"));
    }
    events
}

/// A reason to yield, and how often that was.
type Yield = (u32, fn(&kbp_counters) -> u64);

/// What a poller does itself.
const YIELDS: [Yield; 4] = [
    (abi::KBP_YIELD_PATCH, |counters| counters.yields_patch),
    (abi::KBP_YIELD_HOOKS, |counters| counters.yields_hooks),
    (abi::KBP_YIELD_OFFLINE, |counters| counters.yields_offline),
    (abi::KBP_YIELD_SUSPEND, |counters| counters.yields_suspend),
];

fn gave_back(core: u32, reason: &str) -> Event {
    let text = format!("given back to softirq: {reason}");
    Event::of_core(Kind::Yielded, core, &text)
}

fn rescued(status: &kbp_core_status) -> Event {
    let who = words::rescuer(status);
    let text = format!("rescued: {who} (pid {}) had the core", status.rescue_pid);
    Event::of_core(Kind::Rescued, status.core, &text)
}

/// Receive interrupts that go to other cores than before.
fn moved(before: &Sample, now: &Sample) -> Vec<Event> {
    let mut events = Vec::new();
    for card in &now.nics {
        let same = |was: &&Card| was.interface == card.interface;
        let Some(was) = before.nics.iter().find(same) else {
            continue;
        };
        for interrupt in receiving(card) {
            // A driver that requests its vectors anew may get other numbers for them.
            let mut earlier = receiving(was);
            let Some(earlier) = earlier.find(|one| one.vector == interrupt.vector) else {
                continue;
            };
            let (from, to) = (&earlier.affinity.comes_to, &interrupt.affinity.comes_to);
            if from != to {
                events.push(Event {
                    kind: Kind::IrqMoved,
                    core: to.iter().next(),
                    text: format!(
                        "{} {} (irq {}) goes to {}, not to {}",
                        harmless(&card.interface),
                        interrupt.queue_name(),
                        interrupt.irq,
                        place(to),
                        place(from),
                    ),
                });
            }
        }
    }
    events
}

fn place(cores: &abi::kbp_core_set) -> String {
    match cores.is_empty() {
        true => "no core".to_owned(),
        false => list::phrase(cores),
    }
}
