// SPDX-License-Identifier: GPL-2.0
//! What a core's poller has done for each NAPI.

use super::counter::{Counter, Times};
use crate::engine::PolledNapi;
use crate::uapi::{kbp_napi_status, KBP_NAPIS, KBP_NAPI_ARMS, KBP_NAPI_BACKLOG, KBP_NAPI_HELD};

/// A record that was not used for as long may be given to another NAPI: devices come and go. Time,
/// not cycles, of which a core that sleeps does few.
const STALE_NS: u64 = 1_000_000_000;

/// The backlog has neither number nor device, but there is only one.
const BACKLOG_KEY: u64 = u64::MAX;

/// The records of one core. Zeroed memory is none. One writer: the core's thread.
pub(super) struct Napis {
    records: [Record; KBP_NAPIS as usize],
    /// Where the last one was found.
    last: Counter,
    untracked_polls: Counter,
}

struct Record {
    /// Whose it is; 0: nobody's.
    key: Counter,
    napi_id: Counter,
    ifindex: Counter,
    flags: Counter,
    last_ns: Counter,
    polls: Counter,
    packets: Counter,
    exhausted: Counter,
    longest_delay_ns: Counter,
    delay: Times,
}

impl Napis {
    /// A poll that found something to do, at about `now_ns`.
    pub(super) fn polled(&self, napi: &PolledNapi, delay_ns: u64, now_ns: u64) {
        let Some(record) = self.record_of(napi, now_ns) else {
            return self.untracked_polls.add(1);
        };
        record.flags.set(flags_of(napi).into());
        record.last_ns.set(now_ns);
        record.polls.add(1);
        record.packets.add(napi.packets.into());
        record.exhausted.add(napi.exhausted.into());
        record.longest_delay_ns.raise_to(delay_ns);
        record.delay.add(delay_ns);
    }

    /// A poll without work that left its interrupt off, or armed it.
    pub(super) fn holds_changed(&self, napi: &PolledNapi, now_ns: u64) {
        if let Some(record) = self.record_of(napi, now_ns) {
            record.flags.set(flags_of(napi).into());
        }
    }

    pub(super) fn untracked_polls(&self) -> u64 {
        self.untracked_polls.get()
    }

    /// Fills in the out fields; false when there is no record at the index.
    pub(super) fn read(&self, status: &mut kbp_napi_status) -> bool {
        let Some(record) = self.records.get(status.index as usize) else {
            return false;
        };
        if record.key.get() == 0 {
            return false;
        }
        status.napi_id = record.napi_id.get() as u32;
        status.ifindex = record.ifindex.get() as i32;
        status.flags = record.flags.get() as u32;
        status.polls = record.polls.get();
        status.packets = record.packets.get();
        status.exhausted = record.exhausted.get();
        status.longest_delay_ns = record.longest_delay_ns.get();
        status.delay = record.delay.read();
        true
    }

    fn record_of(&self, napi: &PolledNapi, now_ns: u64) -> Option<&Record> {
        let key = key_of(napi);
        let last = self.records.get(self.last.get() as usize);
        if let Some(record) = last.filter(|record| record.key.get() == key) {
            return Some(record);
        }
        let mut stalest: Option<(usize, &Record)> = None;
        for (index, record) in self.records.iter().enumerate() {
            let owner = record.key.get();
            if owner == key || owner == 0 {
                self.last.set(index as u64);
                if owner == 0 {
                    record.begin(key, napi);
                }
                return Some(record);
            }
            if stalest.is_none_or(|(_, other)| record.last_ns.get() < other.last_ns.get()) {
                stalest = Some((index, record));
            }
        }
        let (index, record) = stalest?;
        if now_ns.saturating_sub(record.last_ns.get()) < STALE_NS {
            return None;
        }
        self.last.set(index as u64);
        record.begin(key, napi);
        Some(record)
    }
}

impl Record {
    fn begin(&self, key: u64, napi: &PolledNapi) {
        for counter in [
            &self.polls,
            &self.packets,
            &self.exhausted,
            &self.longest_delay_ns,
        ] {
            counter.set(0);
        }
        self.delay.clear();
        self.napi_id.set(napi.napi_id.into());
        self.ifindex.set(napi.ifindex as u64);
        self.key.set(key);
    }
}

fn flags_of(napi: &PolledNapi) -> u32 {
    let held = if napi.is_held { KBP_NAPI_HELD } else { 0 };
    let backlog = if napi.backlog { KBP_NAPI_BACKLOG } else { 0 };
    let arms = if napi.arms { KBP_NAPI_ARMS } else { 0 };
    held | backlog | arms
}

/// Never 0.
fn key_of(napi: &PolledNapi) -> u64 {
    if napi.backlog {
        return BACKLOG_KEY;
    }
    ((u64::from(napi.napi_id) << 32) | u64::from(napi.ifindex as u32)).wrapping_add(1)
}
