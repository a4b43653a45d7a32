// SPDX-License-Identifier: GPL-2.0
//! One core and its NAPIs, as reports show them.

use std::collections::BTreeMap;

use kbp_uapi as abi;
use kbp_uapi::{kbp_core_status, kbp_napi_status};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::cores::config;
use crate::cores::histogram::Summary;
use crate::cores::words;
use crate::rates;

#[derive(Serialize, JsonSchema)]
pub(super) struct Core {
    pub(super) core: u32,
    pub(super) state: &'static str,
    pub(super) yield_reason: Option<&'static str>,
    pub(super) thread_pid: Option<i32>,
    #[schemars(schema_with = "config::schema::of_a_core")]
    pub(super) config: Map<String, Value>,
    #[schemars(with = "BTreeMap<String, u64>")]
    counters: Map<String, Value>,
    delay: Summary,
    guard: Summary,
    pub(super) rescue: Option<Rescue>,
    pub(super) backlog_thread: bool,
    pub(super) napis: Vec<Napi>,
    /// As kbp.ko gave it.
    #[serde(skip)]
    pub(super) raw: kbp_core_status,
}

/// The last time the core was taken away from its poller.
#[derive(Serialize, JsonSchema)]
pub(super) struct Rescue {
    at_ns: u64,
    pub(super) pid: i32,
    pub(super) comm: String,
    /// In how long the poller takes the core again, while it waits for that.
    retry_in_ns: Option<u64>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Napi {
    pub(super) napi_id: Option<u32>,
    ifindex: Option<i32>,
    pub(super) device: Option<String>,
    pub(super) held: bool,
    pub(super) backlog: bool,
    pub(super) arms: bool,
    pub(super) polls: u64,
    pub(super) packets: u64,
    pub(super) exhausted: u64,
    pub(super) longest_delay_ns: u64,
    pub(super) delay: Summary,
}

impl Core {
    pub(super) fn new(
        status: &kbp_core_status,
        napis: &[kbp_napi_status],
        devices: &BTreeMap<i32, String>,
    ) -> Core {
        let mut config = config::json(abi::KBP_FIELDS_ALL, &status.config);
        config.insert("current_spin_us".to_owned(), status.spin_us.into());
        Core {
            core: status.core,
            state: words::state(status.state),
            yield_reason: (status.state == abi::KBP_CORE_YIELDED)
                .then(|| words::yield_reason(status.yield_reason)),
            thread_pid: (status.thread_pid != 0).then_some(status.thread_pid),
            config,
            counters: counters(&status.counters),
            delay: Summary::new(&status.delay),
            guard: Summary::up_to(&status.guard, status.counters.longest_guard_ns),
            rescue: (status.rescue_ns != 0).then(|| Rescue {
                at_ns: status.rescue_ns,
                pid: status.rescue_pid,
                comm: words::rescuer(status),
                retry_in_ns: (status.retry_in_ns != 0).then_some(status.retry_in_ns),
            }),
            backlog_thread: status.flags & abi::KBP_CORE_BACKLOG_THREAD != 0,
            napis: napis.iter().map(|napi| Napi::new(napi, devices)).collect(),
            raw: *status,
        }
    }
}

impl Napi {
    fn new(status: &kbp_napi_status, devices: &BTreeMap<i32, String>) -> Napi {
        Napi {
            napi_id: (status.napi_id != 0).then_some(status.napi_id),
            ifindex: (status.ifindex != 0).then_some(status.ifindex),
            device: devices.get(&status.ifindex).cloned(),
            held: status.flags & abi::KBP_NAPI_HELD != 0,
            backlog: status.flags & abi::KBP_NAPI_BACKLOG != 0,
            arms: status.flags & abi::KBP_NAPI_ARMS != 0,
            polls: status.polls,
            packets: status.packets,
            exhausted: status.exhausted,
            longest_delay_ns: status.longest_delay_ns,
            delay: Summary::up_to(&status.delay, status.longest_delay_ns),
        }
    }

    /// Whether these figures are of it. Those that transmit have no number to be known by.
    pub(super) fn is(&self, figures: &rates::napi::Napi) -> bool {
        let known = self.napi_id.is_some() || self.backlog;
        known && (figures.napi_id, figures.backlog) == (self.napi_id, self.backlog)
    }
}

/// `kbp_counters` under its own names.
fn counters(counters: &abi::kbp_counters) -> Map<String, Value> {
    let mut map = Map::new();
    macro_rules! add {
        ($($name:ident)*) => {
            $(map.insert(stringify!($name).to_owned(), counters.$name.into());)*
        };
    }
    add! {
        cycles empty_cycles polls packets busy_ns idle_ns window_ns sleep_ns yielded_ns
        longest_guard_ns longest_gap_ns windows window_wakeups sleeps sleep_wakeups releases
        held_polls absorbed raises yields_patch yields_hooks yields_suspend yields_offline rescues
        quiescent_states squeezed untracked_polls retries looks looks_ns
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_have_the_names_of_the_header() {
        let header = include_str!("../../../../kbp-module/uapi/kbp.h");
        let (_, body) = header.split_once("struct kbp_counters {").expect("it");
        let (body, _) = body.split_once("};").expect("its end");
        let names = body.lines().filter_map(|line| {
            let field = line.trim().strip_prefix("__u64 ")?;
            field.split(';').next()
        });
        let names: Vec<&str> = names.filter(|name| !name.starts_with("reserved")).collect();
        let map = counters(&abi::kbp_counters::default());
        assert_eq!(map.keys().map(String::as_str).collect::<Vec<_>>(), names);
    }
}
