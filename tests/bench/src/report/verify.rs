// SPDX-License-Identifier: GPL-2.0
//! What must hold whatever the times are: no loss, and no NET_RX softirq where KBP polls.

use serde::{Deserialize, Serialize};

use super::format::time;
use super::model::{Report, Run};
use super::summary::{noise, rows};
use crate::plan::{plan, Mode, Scenario, Source};

/// A lateness of idle interrupts (p99) that drowns what is to be compared. Two quiet host cores stay
/// below it even under emulation.
const NOISY_NS: u64 = 2_000_000;

/// A check and how it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What was checked, and what was found.
    pub text: String,
    /// Whether it holds.
    pub ok: bool,
}

/// The judgement on a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// All of them must hold.
    pub checks: Vec<Check>,
    /// What a reader should know, though nothing failed.
    pub warnings: Vec<String>,
}

impl Judgement {
    /// Whether every check holds.
    pub fn ok(&self) -> bool {
        self.checks.iter().all(|check| check.ok)
    }

    /// One line each.
    pub fn lines(&self) -> Vec<String> {
        let checks = self.checks.iter().map(|check| match check.ok {
            true => check.text.clone(),
            false => format!("FAILED: {}", check.text),
        });
        let warnings = self
            .warnings
            .iter()
            .map(|warning| format!("warning: {warning}"));
        checks.chain(warnings).collect()
    }
}

/// Judges `report`, which must have `rounds` rounds.
pub fn judge(report: &Report, rounds: u32) -> Judgement {
    let mut judgement = Judgement {
        checks: vec![
            complete(report, rounds),
            lossless(report),
            silent(report),
            contrast(report),
        ],
        warnings: Vec::new(),
    };
    judgement.warnings.extend(
        select(report, |run| {
            run.scenario.loaded() && run.sent != run.received
        })
        .map(|run| format!("{} (the core is nearly full there)", loss(run))),
    );
    judgement.warnings.extend(
        select(report, |run| {
            run.source == Source::Virtio && run.mode == Mode::Kbp && run.net_rx_softirqs > 0
        })
        .map(|run| {
            format!(
                "{}: {} NET_RX softirqs",
                run.phase().label(),
                run.net_rx_softirqs
            )
        }),
    );
    judgement.warnings.extend(slower(report));
    judgement.warnings.extend(busy_host(report));
    judgement
}

fn select<'a>(
    report: &'a Report,
    which: impl Fn(&Run) -> bool + 'a,
) -> impl Iterator<Item = &'a Run> {
    report.runs.iter().filter(move |run| which(run))
}

fn complete(report: &Report, rounds: u32) -> Check {
    let wanted = plan(rounds);
    let phases: Vec<_> = report.runs.iter().map(Run::phase).collect();
    let missing = wanted.iter().find(|phase| !phases.contains(phase));
    let empty = report.runs.iter().find(|run| run.sent == 0);
    let found = match (missing, empty) {
        (Some(phase), _) => format!("{} is missing", phase.label()),
        (None, Some(run)) => format!("{} sent nothing", run.phase().label()),
        (None, None) => "ok".into(),
    };
    Check {
        ok: missing.is_none() && empty.is_none(),
        text: format!("all {} measurements made: {found}", wanted.len()),
    }
}

fn lossless(report: &Report) -> Check {
    let lossy =
        |run: &Run| !run.scenario.loaded() && (run.received != run.sent || run.duplicates > 0);
    list(
        "packets sent = received",
        select(report, lossy).map(loss).collect(),
    )
}

fn loss(run: &Run) -> String {
    format!(
        "{}: sent {}, received {}, duplicates {}",
        run.phase().label(),
        run.sent,
        run.received,
        run.duplicates
    )
}

fn silent(report: &Report) -> Check {
    let of_kbp = |run: &Run| run.mode == Mode::Kbp && run.source == Source::Testnic;
    let total: u64 = select(report, of_kbp).map(|run| run.net_rx_softirqs).sum();
    let noisy = select(report, move |run| of_kbp(run) && run.net_rx_softirqs > 0)
        .map(|run| format!(", {} in {}", run.net_rx_softirqs, run.phase().label()));
    Check {
        ok: total == 0,
        text: format!(
            "NET_RX softirqs on the KBP core during KBP phases: {total}{}",
            noisy.collect::<String>()
        ),
    }
}

/// Without KBP the same packets must come through NET_RX, or the comparison compares nothing.
fn contrast(report: &Report) -> Check {
    let quiet = |run: &Run| {
        run.mode == Mode::Softirq && run.source == Source::Testnic && run.net_rx_softirqs == 0
    };
    let bad = select(report, quiet).map(|run| format!("none in {}", run.phase().label()));
    list("NET_RX softirqs in every softirq phase", bad.collect())
}

fn list(what: &str, bad: Vec<String>) -> Check {
    let found = if bad.is_empty() {
        "ok".into()
    } else {
        bad.join("; ")
    };
    Check {
        ok: bad.is_empty(),
        text: format!("{what}: {found}"),
    }
}

fn slower(report: &Report) -> Vec<String> {
    rows(report)
        .into_iter()
        .filter(|row| row.scenario == Scenario::Load90Spin && row.kbp.p99_ns > row.softirq.p99_ns)
        .map(|row| {
            format!(
                "{} {}: the p99 of KBP ({}) is above softirq's ({}), medians over rounds",
                row.source.name(),
                row.scenario.name(),
                time(row.kbp.p99_ns),
                time(row.softirq.p99_ns)
            )
        })
        .collect()
}

fn busy_host(report: &Report) -> Option<String> {
    let late = noise(report).filter(|ns| *ns > NOISY_NS)?;
    Some(format!(
        "even idle, interrupts came {} late (p99): the host keeps the guest's CPUs waiting, so the times say little; \
         run it again on a quiet machine",
        time(late)
    ))
}

#[cfg(test)]
mod tests {
    use super::super::model::tests::sample;
    use super::*;

    fn spoiled(which: impl Fn(&Run) -> bool, how: impl Fn(&mut Run)) -> Judgement {
        let mut report = sample(2, 3);
        how(report.runs.iter_mut().find(|run| which(run)).unwrap());
        judge(&report, 2)
    }

    #[test]
    fn a_good_run_passes() {
        let judgement = judge(&sample(2, 3), 2);
        assert!(judgement.ok(), "{:?}", judgement.lines());
        assert!(judgement.warnings.is_empty());
        let lines = judgement.lines();
        assert!(
            lines.contains(&"packets sent = received: ok".into()),
            "{lines:?}"
        );
        let silent = "NET_RX softirqs on the KBP core during KBP phases: 0";
        assert!(lines.contains(&silent.into()), "{lines:?}");
    }

    #[test]
    fn loss_fails_where_there_is_room_and_warns_where_there_is_none() {
        for source in Source::ALL {
            let judgement = spoiled(
                |run| run.scenario == Scenario::Spin && run.source == source,
                |run| run.received -= 1,
            );
            assert!(!judgement.ok());
            assert!(
                judgement.lines()[1].contains("received 999"),
                "{:?}",
                judgement.lines()
            );
        }
        let judgement = spoiled(|run| run.scenario.loaded(), |run| run.received -= 1);
        assert!(judgement.ok());
        assert_eq!(judgement.warnings.len(), 1);
    }

    #[test]
    fn a_duplicate_fails() {
        assert!(!spoiled(|run| !run.scenario.loaded(), |run| run.duplicates = 1).ok());
    }

    #[test]
    fn a_net_rx_softirq_under_kbp_fails() {
        let of = |source| move |run: &Run| run.mode == Mode::Kbp && run.source == source;
        let judgement = spoiled(of(Source::Testnic), |run| run.net_rx_softirqs = 1);
        assert!(!judgement.ok());
        assert!(
            judgement.lines()[2].starts_with("FAILED: NET_RX"),
            "{:?}",
            judgement.lines()
        );
        let judgement = spoiled(of(Source::Virtio), |run| run.net_rx_softirqs = 1);
        assert!(judgement.ok());
        assert_eq!(judgement.warnings.len(), 1);
    }

    #[test]
    fn a_softirq_phase_without_softirqs_fails() {
        assert!(!spoiled(
            |run| run.mode == Mode::Softirq,
            |run| run.net_rx_softirqs = 0
        )
        .ok());
    }

    #[test]
    fn what_was_not_measured_fails() {
        let mut report = sample(2, 3);
        report.runs.pop();
        assert!(!judge(&report, 2).ok());
        report.runs.clear();
        assert!(!judge(&report, 2).ok());
        assert!(!spoiled(|_| true, |run| (run.sent, run.received) = (0, 0)).ok());
    }

    #[test]
    fn a_busy_host_is_a_warning() {
        let mut report = sample(1, 3);
        for run in &mut report.runs {
            run.late_percentiles = vec![(0.0, 1), (99.0, NOISY_NS + 1)];
        }
        let judgement = judge(&report, 1);
        assert!(judgement.ok());
        assert!(
            judgement.warnings[0].contains("2.00 ms late"),
            "{:?}",
            judgement.warnings
        );
    }

    #[test]
    fn slower_is_a_warning() {
        let mut report = sample(2, 3);
        for run in &mut report.runs {
            if run.mode == Mode::Kbp && run.scenario == Scenario::Load90Spin {
                run.p99_ns *= 100;
            }
        }
        let judgement = judge(&report, 2);
        assert!(judgement.ok());
        assert!(
            judgement.warnings[0].contains("load90-spin"),
            "{:?}",
            judgement.warnings
        );
    }
}
