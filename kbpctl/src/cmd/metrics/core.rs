// SPDX-License-Identifier: GPL-2.0
//! The metrics of cores.

use std::fmt;

use kbp_uapi as abi;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::MetricType;
use serde_json::Value;

use super::facts::Core;
use super::family::Kind::{Counter, Gauge, TimeCounter, TimeGauge};
use super::family::{Family, Labels};
use super::times::{self, Times};
use crate::cores::config;

/// A counter of kbp.ko under its own name.
macro_rules! count {
    ($field:ident, $name:literal, $help:literal) => {
        Family::new(
            Counter,
            $name,
            $help,
            &[("", |core| core.status.counters.$field)],
        )
    };
}

/// Whether a core is in a state.
macro_rules! is_in {
    ($state:ident) => {
        |core| (core.status.state == abi::$state).into()
    };
}

const CORES: [Family<Core>; 27] = [
    Family::of_parts(
        Gauge,
        "kbp_core_state",
        "1 for the state that the core is in, 0 for the others",
        "state",
        &[
            ("off", is_in!(KBP_CORE_OFF)),
            ("starting", is_in!(KBP_CORE_STARTING)),
            ("polling", is_in!(KBP_CORE_POLLING)),
            ("sleeping", is_in!(KBP_CORE_SLEEPING)),
            ("draining", is_in!(KBP_CORE_DRAINING)),
            ("yielded", is_in!(KBP_CORE_YIELDED)),
        ],
    ),
    Family::new(
        Gauge,
        "kbp_core_softirq_receives",
        "Whether softirq receives while the poller is away: then no counter here has its packets",
        &[("", |core| core.status.config.softirq_serves().into())],
    ),
    Family::new(
        Gauge,
        "kbp_core_receive_interrupts",
        "Receive interrupts of NICs that go to the core",
        &[("", |core| core.interrupts)],
    ),
    Family::new(
        Gauge,
        "kbp_core_backlog_thread",
        "Whether the core's backlog has a thread of its own, which passes the poller by",
        &[("", |core| {
            let flags = core.status.flags;
            (flags & abi::KBP_CORE_BACKLOG_THREAD != 0).into()
        })],
    ),
    Family::of_parts(
        Counter,
        "kbp_core_yields",
        "Times the core was given back to softirq, or (rescue) taken from a poller that did not run",
        "reason",
        &[
            ("patch", |core| core.status.counters.yields_patch),
            ("hooks", |core| core.status.counters.yields_hooks),
            ("suspend", |core| core.status.counters.yields_suspend),
            ("offline", |core| core.status.counters.yields_offline),
            ("rescue", |core| core.status.counters.rescues),
        ],
    ),
    count!(retries, "kbp_core_retries", "Times the poller took the core again after a rescue"),
    Family::of_parts(
        TimeCounter,
        "kbp_core_time",
        "How the poller spent its time: in rounds that found something to do (busy) or did not (spin), \
         in housekeeping windows, in adaptive sleeps, or with the core given back to softirq",
        "mode",
        &[
            ("busy", |core| core.status.counters.busy_ns),
            ("spin", |core| core.status.counters.idle_ns),
            ("window", |core| core.status.counters.window_ns),
            ("sleep", |core| core.status.counters.sleep_ns),
            ("yielded", |core| core.status.counters.yielded_ns),
        ],
    ),
    count!(packets, "kbp_core_packets", "Packets that the poller polled"),
    count!(polls, "kbp_core_polls", "NAPI polls"),
    count!(cycles, "kbp_core_cycles", "Rounds of the poll loop"),
    count!(empty_cycles, "kbp_core_empty_cycles", "Rounds that found nothing to do"),
    count!(windows, "kbp_core_windows", "Housekeeping windows"),
    count!(window_wakeups, "kbp_core_window_wakeups", "Windows cut short by a packet"),
    count!(sleeps, "kbp_core_sleeps", "Adaptive sleeps"),
    count!(sleep_wakeups, "kbp_core_sleep_wakeups", "Adaptive sleeps ended by a packet"),
    count!(
        releases,
        "kbp_core_releases",
        "Rounds that armed the interrupts of masked NAPIs again"
    ),
    count!(held_polls, "kbp_core_held_polls", "Polls of NAPIs whose interrupt stays off"),
    count!(
        absorbed,
        "kbp_core_absorbed_softirqs",
        "Pending NET_RX softirqs that the poller took over"
    ),
    count!(
        raises,
        "kbp_core_prevented_softirqs",
        "NET_RX softirqs that a hook did not let be raised"
    ),
    count!(
        squeezed,
        "kbp_core_squeezed_cycles",
        "Rounds cut short by the packet or the time budget"
    ),
    count!(
        untracked_polls,
        "kbp_core_untracked_polls",
        "Polls of NAPIs that have no record of their own"
    ),
    count!(
        quiescent_states,
        "kbp_core_quiescent_states",
        "RCU quiescent states that the poll loop reported"
    ),
    count!(looks, "kbp_core_looks", "Looks at the empty list between two rounds"),
    Family::new(
        TimeCounter,
        "kbp_core_looks",
        "Time in looks that no work ended soon after, a part of spin",
        &[("", |core| core.status.counters.looks_ns)],
    ),
    Family::new(
        TimeGauge,
        "kbp_core_longest_gap",
        "Longest time between two looks at the list since kbp.ko was loaded, windows and sleeps included",
        &[("", |core| core.status.counters.longest_gap_ns)],
    ),
    Family::new(
        TimeGauge,
        "kbp_core_longest_guard",
        "Longest time with bottom halves held off since kbp.ko was loaded",
        &[("", |core| core.status.counters.longest_guard_ns)],
    ),
    Family::new(
        TimeGauge,
        "kbp_core_retry_in",
        "In how long the poller takes the core again after a rescue; 0: it does not wait for that",
        &[("", |core| core.status.retry_in_ns)],
    ),
];

/// Writes them.
pub(super) fn encode(encoder: &mut DescriptorEncoder<'_>, cores: &[Core]) -> fmt::Result {
    let things: Vec<_> = cores.iter().map(|core| (labels(core), core)).collect();
    for family in &CORES {
        family.encode(encoder, &things)?;
    }
    modes(encoder, cores)?;
    let delay = cores.iter().map(|core| Times {
        labels: labels(core),
        histogram: &core.status.delay,
        sum_ns: None,
    });
    times::encode(
        encoder,
        "kbp_core_delay",
        "How long NAPIs waited for their poll; the sum takes each time as the longest of its bucket",
        &delay.collect::<Vec<_>>(),
    )?;
    let guard = cores.iter().map(|core| Times {
        labels: labels(core),
        histogram: &core.status.guard,
        // Bottom halves are held off in the rounds, and only those with work are counted.
        sum_ns: Some(core.status.counters.busy_ns),
    });
    times::encode(
        encoder,
        "kbp_core_guard",
        "Times with bottom halves held off, in rounds with work",
        &guard.collect::<Vec<_>>(),
    )
}

fn labels(core: &Core) -> Labels {
    vec![("cpu", core.status.core.to_string())]
}

/// How each is served, in the words of `kbpctl set`.
fn modes(encoder: &mut DescriptorEncoder<'_>, cores: &[Core]) -> fmt::Result {
    if cores.is_empty() {
        return Ok(());
    }
    let help = "How the core is served: --irq, --idle, --away and --sched";
    let mut family = encoder.encode_descriptor("kbp_core_config", help, None, MetricType::Info)?;
    for core in cores {
        let mut labels = labels(core);
        let fields = config::json(abi::KBP_FIELDS_ALL, &core.status.config);
        for name in ["irq", "idle", "away", "sched"] {
            let word = fields.get(name).and_then(Value::as_str);
            labels.push((name, word.unwrap_or_default().to_owned()));
        }
        family.encode_info(&labels)?;
    }
    Ok(())
}
