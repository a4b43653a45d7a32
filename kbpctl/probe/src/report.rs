// SPDX-License-Identifier: GPL-2.0
//! What a session found, and its verdict.

use schemars::JsonSchema;
use serde::Serialize;

use crate::answers::Exceeded;
use crate::book::Counts;
use crate::noise::Noise;
use crate::run::Outcome;
use crate::times::{Summary, Times};

/// Everything a session found.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Report {
    /// The machine's own noise.
    pub noise: Noise,
    /// The sizes, in the order they were named.
    pub sizes: Vec<Size>,
    /// The worst that happened.
    pub verdict: Verdict,
    /// Why the verdict is not `ok`.
    pub reasons: Vec<String>,
    /// Where the figures say more about this machine than about the way to the peer.
    pub notes: Vec<String>,
}

/// The verdict; a later one is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every probe was answered, none too late.
    Ok,
    /// Probes were lost.
    Loss,
    /// An answer took longer than allowed, which ended the session.
    TooLong,
    /// The sender was stopped before its end.
    Interrupted,
    /// The sender could not keep the rate: the figures are not of the load that was asked for.
    RateNotKept,
}

/// All rounds of one frame size.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Size {
    /// The Ethernet frame with its FCS.
    pub frame_bytes: u16,
    /// The probe and its padding.
    pub payload_bytes: usize,
    /// The probes of all rounds.
    #[serde(flatten)]
    pub counts: Counts,
    /// Lost of sent, 0 to 1.
    pub loss: f64,
    /// From due to answered, all rounds.
    pub latency: Summary,
    /// From due to sent, all rounds: the sender's own noise.
    pub send_late: Summary,
    /// The rounds that were run.
    pub rounds: Vec<Round>,
    #[serde(skip)]
    all: (Times, Times),
}

/// One round of one frame size.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Round {
    /// Which one, from 1.
    pub round: u32,
    /// The probes.
    #[serde(flatten)]
    pub counts: Counts,
    /// Probes that were never sent, because the sender was too far behind.
    pub not_sent: u64,
    /// From due to answered.
    pub latency: Summary,
    /// From due to sent.
    pub send_late: Summary,
    /// The answer that took too long.
    pub exceeded: Option<Exceeded>,
    /// The last error of a socket.
    pub trouble: Option<String>,
}

impl Size {
    pub(crate) fn new(frame_bytes: u16, payload_bytes: usize) -> Size {
        Size {
            frame_bytes,
            payload_bytes,
            counts: Counts::default(),
            loss: 0.0,
            latency: Summary::default(),
            send_late: Summary::default(),
            rounds: Vec::new(),
            all: (Times::new(), Times::new()),
        }
    }

    pub(crate) fn add(&mut self, round: u32, outcome: &Outcome) {
        self.counts += outcome.counts;
        self.loss = match self.counts.sent {
            0 => 0.0,
            sent => self.counts.lost as f64 / sent as f64,
        };
        self.all.0.add(&outcome.latency);
        self.all.1.add(&outcome.send_late);
        self.latency = self.all.0.summary();
        self.send_late = self.all.1.summary();
        self.rounds.push(Round {
            round,
            counts: outcome.counts,
            not_sent: outcome.not_sent,
            latency: outcome.latency.summary(),
            send_late: outcome.send_late.summary(),
            exceeded: outcome.exceeded,
            trouble: outcome.trouble.clone(),
        });
    }
}

impl Report {
    pub(crate) fn new(noise: Noise, sizes: Vec<Size>, interrupted: bool) -> Report {
        let mut report = Report {
            noise,
            sizes,
            verdict: Verdict::Ok,
            reasons: Vec::new(),
            notes: Vec::new(),
        };
        report.judge(interrupted);
        report.notes = report.sizes.iter().filter_map(own_share).collect();
        report
    }

    fn judge(&mut self, interrupted: bool) {
        let mut found = Vec::new();
        for size in &self.sizes {
            let frame = size.frame_bytes;
            for round in &size.rounds {
                let place = format!("frame {frame}, round {}", round.round);
                if round.not_sent > 0 {
                    let reason = format!(
                        "{place}: the sender was more than a second behind and left {} probes \
                         unsent; lower --rate, or give it a CPU of its own (--cpu)",
                        round.not_sent
                    );
                    found.push((Verdict::RateNotKept, reason));
                }
                if let Some(exceeded) = round.exceeded {
                    let reason = format!(
                        "{place}: the answer to probe {}, {:.3} s after the begin, took {:.1} us",
                        exceeded.probe,
                        exceeded.at_ns as f64 / 1e9,
                        exceeded.latency_ns as f64 / 1e3
                    );
                    found.push((Verdict::TooLong, reason));
                }
                if round.counts.lost > 0 {
                    found.push((Verdict::Loss, lost(&place, round)));
                }
            }
        }
        if interrupted {
            let reason = "stopped before the end; what was measured until then is shown";
            found.push((Verdict::Interrupted, reason.to_owned()));
        }
        found.sort_by_key(|(verdict, _)| std::cmp::Reverse(*verdict));
        self.verdict = found.first().map_or(Verdict::Ok, |(verdict, _)| *verdict);
        self.reasons = found.into_iter().map(|(_, reason)| reason).collect();
    }
}

/// Says so when the sender's own lateness is more than a tenth of the figure.
fn own_share(size: &Size) -> Option<String> {
    let (own, all) = (size.send_late.p99_ns?, size.latency.p99_ns?);
    (own.saturating_mul(10) > all).then(|| {
        format!(
            "frame {}: of the p99 of {:.1} us this sender's own lateness may be {:.1} us; give it a \
             CPU of its own (--cpu) before you compare",
            size.frame_bytes,
            all as f64 / 1e3,
            own as f64 / 1e3
        )
    })
}

fn lost(place: &str, round: &Round) -> String {
    let counts = round.counts;
    let mut text = format!(
        "{place}: {} of {} probes were lost",
        counts.lost, counts.sent
    );
    if counts.not_taken > 0 {
        text.push_str(&format!(
            ", {} of them because this machine did not take them",
            counts.not_taken
        ));
    }
    if let Some(trouble) = &round.trouble {
        text.push_str(&format!("; a socket said: {trouble}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise() -> Noise {
        Noise {
            timer: Summary::default(),
            loopback: Summary::default(),
        }
    }

    fn outcome(sent: u64, received: u64) -> Outcome {
        let mut latency = Times::new();
        (0..received).for_each(|_| latency.record(1000));
        Outcome {
            counts: Counts {
                sent,
                received,
                lost: sent - received,
                ..Counts::default()
            },
            corrupt: 0,
            latency,
            send_late: Times::new(),
            exceeded: None,
            not_sent: 0,
            stopped: false,
            trouble: None,
        }
    }

    fn judged(outcomes: &[Outcome], interrupted: bool) -> Report {
        let mut size = Size::new(64, 18);
        for (round, outcome) in (1..).zip(outcomes) {
            size.add(round, outcome);
        }
        Report::new(noise(), vec![size], interrupted)
    }

    #[test]
    fn rounds_add_up() {
        let report = judged(&[outcome(10, 10), outcome(10, 5)], false);
        let size = &report.sizes[0];
        assert_eq!(
            (size.counts.sent, size.counts.lost, size.loss),
            (20, 5, 0.25)
        );
        assert_eq!((size.latency.count, size.rounds.len()), (15, 2));
        assert_eq!(report.verdict, Verdict::Loss);
        assert_eq!(
            report.reasons,
            ["frame 64, round 2: 5 of 10 probes were lost"]
        );
    }

    #[test]
    fn a_noisy_sender_is_told() {
        let late = |ns| {
            let mut send_late = Times::new();
            send_late.record(ns);
            Outcome {
                send_late,
                ..outcome(1, 1)
            }
        };
        assert!(judged(&[late(90)], false).notes.is_empty());
        let notes = judged(&[late(200)], false).notes;
        assert!(notes[0].contains("own lateness may be 0.2 us"), "{notes:?}");
    }

    #[test]
    fn the_worst_comes_first() {
        assert_eq!(judged(&[outcome(3, 3)], false).verdict, Verdict::Ok);
        let exceeded = Outcome {
            exceeded: Some(Exceeded {
                probe: 7,
                at_ns: 1_500_000_000,
                latency_ns: 2500,
            }),
            trouble: Some("no route".into()),
            ..outcome(10, 9)
        };
        let report = judged(std::slice::from_ref(&exceeded), false);
        assert_eq!(report.verdict, Verdict::TooLong);
        assert!(report.reasons[0].contains("probe 7, 1.500 s after the begin, took 2.5 us"));
        assert!(report.reasons[1].contains("1 of 10 probes were lost; a socket said: no route"));
        assert_eq!(
            judged(std::slice::from_ref(&exceeded), true).verdict,
            Verdict::Interrupted
        );
        let slow = Outcome {
            not_sent: 5,
            ..exceeded
        };
        assert_eq!(judged(&[slow], true).verdict, Verdict::RateNotKept);
    }
}
