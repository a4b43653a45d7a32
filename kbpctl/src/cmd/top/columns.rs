// SPDX-License-Identifier: GPL-2.0
//! The columns of cores and of NAPIs. Those without a bound fit into 80 characters.

use super::table::{Column, Tone};
use crate::output::harmless;
use crate::rates::napi::Napi;
use crate::rates::number::{micros, percent, rate, UNKNOWN};
use crate::rates::one_core::Core;

/// A core of which the host steals more is slow through no fault of its own.
const MUCH_STEAL: f64 = 0.02;

fn plain(text: String) -> (String, Tone) {
    (text, Tone::Plain)
}

/// Worth a look when it is more than nothing.
fn if_any(share: Option<f64>, bound: f64, text: String, tone: Tone) -> (String, Tone) {
    match share {
        Some(share) if share > bound => (text, tone),
        _ => plain(text),
    }
}

/// The words above the columns of [`CORES`], and what they mean: for the help.
pub(super) const MEANINGS: [(&str, &str); 16] = [
    (
        "state",
        "what the poller does: polling, sleeping; yielded: softirq has the core",
    ),
    ("pkt/s", "packets that the poller polled, a second"),
    ("polls", "NAPI polls, a second"),
    ("empty", "the poll loop's rounds that found nothing to do"),
    ("busy", "time in rounds that found something"),
    ("spin", "time in rounds that did not, and between rounds"),
    (
        "window",
        "time in housekeeping windows, in which other tasks run",
    ),
    ("sleep", "time asleep (--idle adaptive)"),
    ("steal", "time that the host kept from this virtual CPU"),
    (
        "recv/s",
        "packets that the network stack received here, whoever polled them",
    ),
    (
        "irq/s",
        "receive interrupts of NICs that came here, a second",
    ),
    (
        "drops",
        "packets lost because the core's backlog was full, a second",
    ),
    (
        "p99us",
        "99 % of NAPIs waited no longer for their poll; <9: below 9",
    ),
    ("max us", "the longest such wait"),
    ("guardus", "99 % of the times with bottom halves held off"),
    (
        "gap us",
        "the longest gap between two looks at the list, if it is a record",
    ),
];

/// Of cores.
pub(super) const CORES: [Column<Core>; 17] = [
    Column::number("core", 4, |core| plain(core.core.to_string())),
    Column::word("state", 8, |core| match core.yield_reason {
        Some(_) => (core.state.to_owned(), Tone::Bad),
        None => plain(core.state.to_owned()),
    }),
    Column::number("pkt/s", 5, |core| plain(rate(core.poller.packets_per_s))),
    Column::number("polls", 5, |core| plain(rate(core.poller.polls_per_s))),
    Column::number("empty", 5, |core| plain(percent(core.poller.empty_share))),
    Column::number("busy", 4, |core| plain(percent(core.poller.busy_share))),
    Column::number("spin", 4, |core: &Core| {
        plain(percent(core.poller.spin_share))
    })
    .from(100),
    Column::number("window", 6, |core| plain(percent(core.poller.window_share))),
    Column::number("sleep", 5, |core| plain(percent(core.poller.sleep_share))),
    Column::number("steal", 5, |core| {
        let text = percent(core.steal_share);
        if_any(core.steal_share, MUCH_STEAL, text, Tone::Notable)
    }),
    Column::number("recv/s", 6, |core| plain(rate(core.received_per_s))),
    Column::number("irq/s", 5, |core| plain(rate(core.interrupts_per_s))),
    Column::number("drops", 5, |core| {
        let text = rate(core.dropped_per_s);
        if_any(core.dropped_per_s, 0.0, text, Tone::Bad)
    }),
    Column::number("p99us", 5, |core| {
        plain(micros(core.poller.delay.as_ref(), |delay| delay.p99_ns))
    }),
    Column::number("max us", 6, |core: &Core| {
        plain(micros(core.poller.delay.as_ref(), |delay| delay.max_ns))
    })
    .from(100),
    Column::number("guardus", 7, |core: &Core| {
        plain(micros(core.poller.guard.as_ref(), |guard| guard.p99_ns))
    })
    .from(120),
    Column::number("gap us", 6, |core: &Core| match core.poller.gap_record_ns {
        Some(ns) => (crate::rates::number::time_of(ns / 1000), Tone::Notable),
        None => plain(UNKNOWN.to_owned()),
    })
    .from(120),
];

/// A NAPI and the core whose poller polled it.
pub(super) struct OfCore {
    pub(super) core: u32,
    pub(super) napi: Napi,
}

/// Of NAPIs.
pub(super) const NAPIS: [Column<OfCore>; 9] = [
    Column::number("core", 4, |of| plain(of.core.to_string())),
    Column::number("napi", 7, |of| plain(name(&of.napi))),
    Column::word("device", 15, |of| {
        plain(
            of.napi
                .device
                .as_deref()
                .map_or(UNKNOWN.to_owned(), harmless),
        )
    }),
    Column::word("irq", 6, |of| match of.napi {
        Napi { backlog: true, .. } => plain(UNKNOWN.to_owned()),
        Napi { held: true, .. } => plain("held".to_owned()),
        Napi { arms: true, .. } => ("armed!".to_owned(), Tone::Notable),
        _ => plain("armed".to_owned()),
    }),
    Column::number("pkt/s", 5, |of| plain(rate(of.napi.packets_per_s))),
    Column::number("polls", 5, |of| plain(rate(of.napi.polls_per_s))),
    Column::number("full", 4, |of| plain(percent(of.napi.exhausted_share))),
    Column::number("p99us", 6, |of| {
        plain(micros(of.napi.delay.as_ref(), |delay| delay.p99_ns))
    }),
    Column::number("max us", 6, |of| {
        plain(micros(of.napi.delay.as_ref(), |delay| delay.max_ns))
    }),
];

/// As in `kbpctl status --napis`: those that transmit have no number.
fn name(napi: &Napi) -> String {
    match (napi.backlog, napi.napi_id, &napi.device) {
        (true, ..) => "backlog".to_owned(),
        (false, Some(id), _) => id.to_string(),
        (false, None, Some(_)) => "tx".to_owned(),
        (false, None, None) => UNKNOWN.to_owned(),
    }
}
