// SPDX-License-Identifier: GPL-2.0
//! The metrics of NAPIs.

use std::fmt;

use kbp_uapi as abi;
use prometheus_client::encoding::DescriptorEncoder;

use super::facts::{Core, Napi};
use super::family::Kind::{Counter, Gauge, TimeGauge};
use super::family::{Family, Labels};
use super::times::{self, Times};
use crate::output::harmless;

const NAPIS: [Family<Napi>; 6] = [
    Family::new(
        Counter,
        "kbp_napi_packets",
        "Packets that the core's poller polled of this NAPI",
        &[("", |napi| napi.status.packets)],
    ),
    Family::new(
        Counter,
        "kbp_napi_polls",
        "Polls of this NAPI",
        &[("", |napi| napi.status.polls)],
    ),
    Family::new(
        Counter,
        "kbp_napi_exhausted_polls",
        "Polls that used up the weight of this NAPI",
        &[("", |napi| napi.status.exhausted)],
    ),
    Family::new(
        Gauge,
        "kbp_napi_held",
        "Whether its interrupt is off, because the poller holds it (masked)",
        &[("", |napi| has(napi, abi::KBP_NAPI_HELD))],
    ),
    Family::new(
        Gauge,
        "kbp_napi_arms",
        "Whether its driver arms the interrupt anyway, so that masked has no effect",
        &[("", |napi| has(napi, abi::KBP_NAPI_ARMS))],
    ),
    Family::new(
        TimeGauge,
        "kbp_napi_longest_delay",
        "Longest time that it waited for its poll, since it has its record",
        &[("", |napi| napi.status.longest_delay_ns)],
    ),
];

fn has(napi: &Napi, flag: u32) -> u64 {
    (napi.status.flags & flag != 0).into()
}

/// Writes them.
pub(super) fn encode(encoder: &mut DescriptorEncoder<'_>, cores: &[Core]) -> fmt::Result {
    let mut things: Vec<(Labels, &Napi)> = Vec::new();
    for core in cores {
        things.extend(core.napis.iter().map(|napi| (labels(core, napi), napi)));
    }
    for family in &NAPIS {
        family.encode(encoder, &things)?;
    }
    let delay = things.iter().map(|(labels, napi)| Times {
        labels: labels.clone(),
        histogram: &napi.status.delay,
        sum_ns: None,
    });
    times::encode(
        encoder,
        "kbp_napi_delay",
        "How long it waited for its poll; the sum takes each time as the longest of its bucket",
        &delay.collect::<Vec<_>>(),
    )
}

fn labels(core: &Core, napi: &Napi) -> Labels {
    vec![
        ("cpu", core.status.core.to_string()),
        ("device", harmless(&napi.device)),
        ("napi", napi.name.clone()),
    ]
}
