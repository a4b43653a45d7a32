// SPDX-License-Identifier: GPL-2.0
//! Puts together what the guest prints and what the host measured.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kbp_vm::Sink;

use super::progress::Progress;
use super::split::Split;
use crate::event::{buckets, Event};
use crate::plan::Phase;
use crate::report::format::time;
use crate::report::model::{Counts, Run};
use crate::stats::Buckets;
use crate::suite::host::traffic::Traffic;
use crate::{Error, Result};

/// What the guest said about itself.
#[derive(Debug, Clone)]
pub(super) struct Setup {
    pub(super) kernel: String,
    pub(super) note: String,
}

/// Shared between the demo and the guest's output.
#[derive(Debug, Clone)]
pub(super) struct Collector {
    state: Arc<Mutex<State>>,
    progress: Progress,
    total: usize,
}

#[derive(Debug, Default)]
struct State {
    split: Split,
    setup: Option<Setup>,
    traffic: Vec<(Phase, Traffic)>,
    runs: Vec<Run>,
    /// The last line that was no event: an error message.
    complaint: Option<String>,
    done: bool,
}

impl Collector {
    pub(super) fn new(progress: Progress, total: usize) -> Collector {
        Collector {
            state: Arc::default(),
            progress,
            total,
        }
    }

    /// Takes the guest's output.
    pub(super) fn sink(&self) -> Sink {
        let collector = self.clone();
        Box::new(move |bytes| collector.feed(bytes))
    }

    /// Adds what the host measured for `phase`; the guest's part follows.
    pub(super) fn traffic(&self, phase: Phase, traffic: Traffic) {
        self.lock().traffic.push((phase, traffic));
    }

    /// What the guest complained about.
    pub(super) fn complaint(&self) -> Option<String> {
        self.lock()
            .complaint
            .as_ref()
            .map(|text| format!("in the guest: {text}"))
    }

    /// Everything, once the guest is done.
    pub(super) fn finish(&self) -> Result<(Setup, Vec<Run>)> {
        let mut state = self.lock();
        match state.setup.clone() {
            Some(setup) if state.done => Ok((setup, std::mem::take(&mut state.runs))),
            _ => Err(Error::Other(
                "the guest ended before it had measured everything".into(),
            )),
        }
    }

    fn feed(&self, bytes: &[u8]) {
        let mut state = self.lock();
        for line in state.split.feed(bytes) {
            match serde_json::from_str::<Event>(&line) {
                Ok(event) => self.take(&mut state, event),
                Err(_) => {
                    self.progress.line(&format!("guest: {line}"));
                    state.complaint = Some(line);
                }
            }
        }
    }

    fn take(&self, state: &mut State, event: Event) {
        match event {
            Event::Setup { kernel, note } => {
                self.progress.line(&format!("measuring on kernel {kernel}"));
                self.progress.expect(self.total);
                state.setup = Some(Setup { kernel, note });
            }
            Event::Begin { .. } => {}
            Event::Testnic {
                phase,
                sent,
                received,
                dropped,
                duplicates,
                net_rx_softirqs,
                delay,
                delay_max_ns,
                late,
                late_max_ns,
            } => {
                let counts = Counts {
                    sent,
                    received,
                    net_rx_softirqs,
                    dropped,
                    duplicates,
                };
                let (delay, late) = (buckets(&delay, delay_max_ns), buckets(&late, late_max_ns));
                self.add(state, Run::new(phase, counts, &delay, &late));
            }
            Event::Virtio {
                phase,
                interrupts,
                net_rx_softirqs,
                ..
            } => {
                let at = state.traffic.iter().position(|(of, _)| *of == phase);
                let Some((_, traffic)) = at.map(|at| state.traffic.remove(at)) else {
                    state.complaint = Some(format!("{} had no traffic", phase.label()));
                    return;
                };
                if interrupts == 0 {
                    // Then the probes were received on another core, and the run says nothing.
                    let text = "no receive interrupt came to the measured core";
                    state.complaint = Some(format!("{}: {text}", phase.label()));
                    return;
                }
                let counts = Counts {
                    sent: traffic.sent,
                    received: traffic.received,
                    net_rx_softirqs,
                    dropped: 0,
                    duplicates: traffic.duplicates,
                };
                let run = Run::new(phase, counts, &traffic.rtt, &Buckets::default());
                self.add(state, run);
            }
            Event::Done => state.done = true,
        }
    }

    fn add(&self, state: &mut State, run: Run) {
        self.progress.step(&format!(
            "{:<34} p50 {:>8}  p99 {:>8}  {}/{}  NET_RX {}",
            run.phase().label(),
            time(run.p50_ns),
            time(run.p99_ns),
            run.sent,
            run.received,
            run.net_rx_softirqs
        ));
        state.runs.push(run);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{plan, Source};

    fn line(event: &Event) -> Vec<u8> {
        let mut line = serde_json::to_vec(event).unwrap();
        line.extend(b"\r\n");
        line
    }

    #[test]
    fn lines_in_pieces_and_both_halves_of_a_run() {
        let phase = *plan(1)
            .iter()
            .find(|phase| phase.source == Source::Virtio)
            .unwrap();
        let collector = Collector::new(Progress::start(), 12);
        let setup = Event::Setup {
            kernel: "k".into(),
            note: "n".into(),
        };
        let bytes = line(&setup);
        collector.feed(&bytes[..7]);
        collector.feed(&bytes[7..]);
        let event = Event::Virtio {
            phase,
            echoed: 5,
            interrupts: 5,
            net_rx_softirqs: 3,
        };
        let traffic = Traffic {
            sent: 5,
            received: 4,
            duplicates: 0,
            reordered: 0,
            rtt: buckets(&[(1, 2, 4)], 1),
            late: Buckets::default(),
        };
        collector.traffic(phase, traffic);
        collector.feed(&line(&event));
        assert!(collector.finish().is_err());
        collector.feed(b"kbp-bench: cannot x\n");
        collector.feed(&line(&Event::Done));
        assert_eq!(
            collector.complaint().unwrap(),
            "in the guest: kbp-bench: cannot x"
        );
        let (setup, runs) = collector.finish().unwrap();
        assert_eq!(setup.kernel, "k");
        assert_eq!(
            (runs[0].sent, runs[0].received, runs[0].net_rx_softirqs),
            (5, 4, 3)
        );
    }

    #[test]
    fn a_run_without_interrupts_does_not_count() {
        let phase = *plan(1)
            .iter()
            .find(|phase| phase.source == Source::Virtio)
            .unwrap();
        let collector = Collector::new(Progress::start(), 12);
        let event = Event::Virtio {
            phase,
            echoed: 5,
            interrupts: 0,
            net_rx_softirqs: 0,
        };
        let traffic = Traffic {
            sent: 5,
            received: 5,
            duplicates: 0,
            reordered: 0,
            rtt: buckets(&[(1, 2, 5)], 1),
            late: Buckets::default(),
        };
        collector.traffic(phase, traffic);
        collector.feed(&line(&event));
        assert!(collector
            .complaint()
            .unwrap()
            .contains("no receive interrupt"));
    }
}
