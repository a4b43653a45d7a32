// SPDX-License-Identifier: GPL-2.0
//! `rescue.c`.

use kbp_engine::Watch;

use crate::state::{Context, State};
use crate::{Machine, Twin};

const RESCUE_NS: u64 = 100_000_000;

impl State {
    /// `kbp_suspicion_ipi()`, with no time at all as the limit, whoever has the core.
    fn suspicion(&mut self, twin: Option<Twin>) {
        if !self.gate.owned || !self.net_rx_waits() {
            return;
        }
        let gate = &mut self.gate;
        let has_run = gate.suspected_beat != gate.beat && twin != Some(Twin::RescueIgnoresBeat);
        if gate.suspected_ns == 0 || has_run {
            gate.suspected_beat = gate.beat;
            gate.suspected_ns = self.now_ns;
            self.ghost.suspected_beat = gate.beat;
            return;
        }
        assert_eq!(
            self.ghost.suspected_beat, gate.beat,
            "rescued from a poller that runs"
        );
        if self.only_held_wait() && twin != Some(Twin::RescueForHeld) {
            self.gate.suspected_ns = 0;
            self.let_go_here();
            return;
        }
        self.gate.rescued = true;
        self.ghost.shut_from_outside = true;
        self.shut_here(Context::Interrupt, twin);
    }
}

impl Machine {
    /// A suspicion at any moment, also when the poller has the core.
    pub fn suspect(&self) {
        self.interrupt(|s| s.suspicion(self.model.twin));
    }

    /// `kbp_gate_work_waits()`.
    fn work_waits(&self) -> bool {
        self.atomic(|s| match self.model.twin {
            Some(Twin::WatchSeesListOnly) => !s.list.is_empty(),
            _ => s.net_rx_waits(),
        })
    }

    /// `kbp_watch_main()`: the watch, from a rest until somebody has the core and it, once a real-time task
    /// has that, suspects.
    pub fn watch_from_rest(&self) {
        let unsaid = self.errs(Twin::WatchRestsUnsaid);
        loop {
            self.atomic(|s| s.watch_nudged = false);
            self.atomic(|s| s.watch_rests = !unsaid);
            if self.atomic(|s| s.gate.owned) {
                break;
            }
            self.atomic(|s| s.watch_rests = true);
            self.when(|s| s.watch_nudged, |_| ());
        }
        self.atomic(|s| s.watch_rests = false);
        self.when(|s| s.hogged, |_| ());
        self.watch(8);
    }

    /// The watch, for that many of its checks once the core has taken its interrupts: it alone
    /// decides when to suspect.
    pub fn watch(&self, checks: u32) {
        self.when(|s| s.lines.is_empty(), |_| ());
        let mut watch = Watch::default();
        for _ in 0..checks {
            let now_ns = self.unseen(|s| {
                s.now_ns += RESCUE_NS / Watch::CHECKS;
                s.now_ns
            });
            let beat = self.unseen(|s| s.gate.beat);
            if watch.suspects(now_ns, beat, self.work_waits(), RESCUE_NS) {
                self.interrupt(|s| match s.bh {
                    Some(Context::Poller) => s.gate.suspected_ns = 0,
                    _ => s.suspicion(self.model.twin),
                });
            }
        }
    }
}
