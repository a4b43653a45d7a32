// SPDX-License-Identifier: GPL-2.0
//! `rescue.c`.

use crate::state::{Context, State};
use crate::{Machine, Twin};

impl State {
    /// `kbp_suspicion_ipi()`, with no time at all as the limit.
    fn suspicion(&mut self, twin: Option<Twin>) {
        let gate = &mut self.gate;
        if !gate.owned || self.list.is_empty() {
            return;
        }
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
        gate.rescued = true;
        self.ghost.shut_from_outside = true;
        self.shut_here(Context::Interrupt, twin);
    }
}

impl Machine {
    /// `kbp_gate_suspect()`: the watch lets the core find out.
    pub fn suspect(&self) {
        self.interrupt(|s| s.suspicion(self.model.twin));
    }
}
