// SPDX-License-Identifier: GPL-2.0
//! What must hold, whatever the schedule. The first word of a message names the claim.

use crate::state::{bit, Context, State};
use crate::Machine;

impl State {
    /// `context` is about to call a NAPI's poll function; false when it is not scheduled.
    pub(crate) fn poll_begins(&mut self, napi: usize, context: Context) -> bool {
        if !self.has(napi, bit::SCHED) {
            return false;
        }
        assert_eq!(
            self.bh,
            Some(context),
            "guard: NAPI {napi} polled by {context:?} without it"
        );
        let closed = context == Context::Poller && !self.ghost.cycle_owned;
        assert!(!closed, "closed-gate: NAPI {napi} polled by the poller");
        let over = context == Context::Poller && self.thread.ended;
        assert!(!over, "off: NAPI {napi} polled by a poller that has ended");
        let read_ns = self.ghost.last_read_ns;
        let entry = &mut self.napis[napi];
        let other = entry.polling.replace(context);
        assert_eq!(other, None, "one owner: NAPI {napi} polled by two");
        let since_ns = entry.waits_since_ns.take();
        entry.waited_ns = since_ns.map(|since_ns| read_ns.saturating_sub(since_ns));
        true
    }

    /// NET_RX begins to run.
    pub(crate) fn softirq_begins(&mut self) {
        let served = self.gate.owned && self.ghost.settled;
        assert!(
            !served || self.ghost.hooks_were_gone,
            "quiet core: NET_RX runs although the poller serves the core"
        );
    }

    /// The poller reports how long a NAPI has waited.
    pub(crate) fn delay_reported(&mut self, napi: usize, delay_ns: u64) {
        if let Some(waited_ns) = self.napis[napi].waited_ns.take() {
            assert!(
                delay_ns >= waited_ns,
                "delay: NAPI {napi} waited {waited_ns} ns, reported {delay_ns}"
            );
        }
    }
}

impl Machine {
    /// Waits until nothing goes on any more, and checks that nothing is left undone. Somebody who
    /// still waits then waits for ever, which the model checker calls a deadlock.
    pub(crate) fn settle(&self) {
        let quiet = |s: &State| s.lines.is_empty() && s.bh.is_none() && !s.ksoftirqd;
        self.when(quiet, |s| {
            assert!(
                !s.gate.owned,
                "hand-over: the gate is open without a poller"
            );
            assert!(
                !s.pending,
                "lost schedule: NET_RX pending, and nobody runs it"
            );
            assert!(s.list.is_empty(), "lost schedule: {:?} on the list", s.list);
            assert!(!s.in_net_rx, "hand-over: the kernel's flag is left set");
            for (index, napi) in s.napis.iter().enumerate() {
                if napi.disabled || napi.followed {
                    continue;
                }
                // A claim that ended while another core wrote leaves its bit, and no thread.
                assert_eq!(
                    napi.bits & !(bit::HELD | bit::THREADED),
                    0,
                    "lost schedule: NAPI {index} is somebody's: {napi:?}"
                );
                assert_eq!(
                    napi.ring, 0,
                    "lost schedule: packets in the ring of {index}"
                );
                assert!(
                    napi.armed || napi.backlog,
                    "release: the interrupt of NAPI {index} stays off"
                );
            }
        });
    }
}
