// SPDX-License-Identifier: GPL-2.0
//! What a NAPI did in an interval.

use std::collections::BTreeMap;
use std::time::Duration;

use kbp_uapi as abi;
use kbp_uapi::kbp_napi_status;
use schemars::JsonSchema;
use serde::Serialize;

use super::grown::{grown, per_second, share};
use crate::cores::histogram::{self, Summary};

/// One NAPI that a core's poller has polled.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Napi {
    pub(crate) napi_id: Option<u32>,
    pub(crate) device: Option<String>,
    pub(crate) backlog: bool,
    pub(crate) held: bool,
    pub(crate) arms: bool,
    pub(crate) packets_per_s: Option<f64>,
    pub(crate) polls_per_s: Option<f64>,
    /// The polls that used up the weight.
    pub(crate) exhausted_share: Option<f64>,
    /// How long it waited for its polls.
    pub(crate) delay: Option<Summary>,
}

/// Which NAPI it is: a record may be given to another one, and the transmitting ones of a device have
/// no number.
type Key = (u32, i32, bool, usize);

fn by_key(napis: &[kbp_napi_status]) -> BTreeMap<Key, &kbp_napi_status> {
    let mut all = BTreeMap::new();
    for napi in napis {
        let backlog = napi.flags & abi::KBP_NAPI_BACKLOG != 0;
        let mut key = (napi.napi_id, napi.ifindex, backlog, 0);
        while all.contains_key(&key) {
            key.3 += 1;
        }
        all.insert(key, napi);
    }
    all
}

/// Those that have a record now.
pub(super) fn between(
    before: &[kbp_napi_status],
    now: &[kbp_napi_status],
    length: Duration,
    devices: &BTreeMap<i32, String>,
) -> Vec<Napi> {
    let before = by_key(before);
    let figures = |(key, now): (Key, &kbp_napi_status)| {
        // A record that is new counts from 0.
        let fresh = kbp_napi_status::default();
        let before = before.get(&key).copied().unwrap_or(&fresh);
        one(before, now, length, devices)
    };
    by_key(now).into_iter().map(figures).collect()
}

fn one(
    before: &kbp_napi_status,
    now: &kbp_napi_status,
    length: Duration,
    devices: &BTreeMap<i32, String>,
) -> Napi {
    let polls = grown(before.polls, now.polls);
    let packets = grown(before.packets, now.packets);
    let exhausted = grown(before.exhausted, now.exhausted);
    // All of a record begins anew at once.
    let counts = polls.zip(packets).zip(exhausted);
    let delay = histogram::between(&before.delay, &now.delay).filter(|_| counts.is_some());
    Napi {
        napi_id: (now.napi_id != 0).then_some(now.napi_id),
        device: devices.get(&now.ifindex).cloned(),
        backlog: now.flags & abi::KBP_NAPI_BACKLOG != 0,
        held: now.flags & abi::KBP_NAPI_HELD != 0,
        arms: now.flags & abi::KBP_NAPI_ARMS != 0,
        packets_per_s: counts.and_then(|((_, packets), _)| per_second(packets, length)),
        polls_per_s: counts.and_then(|((polls, _), _)| per_second(polls, length)),
        exhausted_share: counts.and_then(|((polls, _), exhausted)| share(exhausted, polls)),
        delay: delay.map(|delay| Summary::up_to(&delay, now.longest_delay_ns)),
    }
}
