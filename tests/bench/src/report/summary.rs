// SPDX-License-Identifier: GPL-2.0
//! What the rounds of one scenario say together: medians, and how far the rounds lie apart.

use super::format::ratio;
use super::model::{Report, Run};
use crate::plan::{Mode, Scenario, Source};
use crate::stats::{median, spread};

/// One mode in one scenario, over all rounds.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// Who polls.
    pub mode: Mode,
    /// Medians over the rounds.
    pub p50_ns: u64,
    /// Medians over the rounds.
    pub p99_ns: u64,
    /// Medians over the rounds.
    pub p999_ns: u64,
    /// Medians over the rounds.
    pub max_ns: u64,
    /// The smallest and the largest p99 of a round.
    pub p99_spread: (u64, u64),
    /// Sums over the rounds.
    pub sent: u64,
    /// Sums over the rounds.
    pub received: u64,
    /// Sums over the rounds.
    pub net_rx_softirqs: u64,
}

/// One scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Where the packets come from.
    pub source: Source,
    /// What else happens on the core.
    pub scenario: Scenario,
    /// Without KBP.
    pub softirq: Side,
    /// With KBP.
    pub kbp: Side,
    /// How many times softirq's p50 is KBP's.
    pub p50_ratio: Option<Gain>,
    /// How many times softirq's p99 is KBP's.
    pub p99_ratio: Option<Gain>,
}

/// A ratio softirq / KBP: above 1, KBP is faster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gain {
    /// Of the medians.
    pub medians: f64,
    /// The lowest of a round.
    pub low: f64,
    /// The highest of a round.
    pub high: f64,
}

/// The rows of a report, for every scenario that has runs of both modes.
pub fn rows(report: &Report) -> Vec<Row> {
    let row = |source: Source, scenario: Scenario| {
        let softirq = report.runs_of(source, scenario, Mode::Softirq);
        let kbp = report.runs_of(source, scenario, Mode::Kbp);
        Some(Row {
            source,
            scenario,
            p50_ratio: gain(&softirq, &kbp, |run| run.p50_ns),
            p99_ratio: gain(&softirq, &kbp, |run| run.p99_ns),
            softirq: side(Mode::Softirq, &softirq)?,
            kbp: side(Mode::Kbp, &kbp)?,
        })
    };
    Source::ALL
        .into_iter()
        .flat_map(|source| {
            source
                .scenarios()
                .iter()
                .filter_map(move |s| row(source, *s))
        })
        .collect()
}

/// How late the synthetic NIC's interrupts were at p99 with nothing else on the core: the median over
/// the idle runs. It is the machine's own noise; no receive path has a part in it.
pub fn noise(report: &Report) -> Option<u64> {
    let p99 = |run: &Run| {
        run.late_percentiles
            .iter()
            .find(|p| p.0 >= 99.0)
            .map(|p| p.1)
    };
    let idle = |run: &&Run| run.source == Source::Testnic && run.scenario == Scenario::Idle;
    let late: Vec<u64> = report.runs.iter().filter(idle).filter_map(p99).collect();
    median(&late)
}

fn values(runs: &[&Run], of: impl Fn(&Run) -> u64) -> Vec<u64> {
    runs.iter().map(|run| of(run)).collect()
}

fn side(mode: Mode, runs: &[&Run]) -> Option<Side> {
    let middle = |of: fn(&Run) -> u64| median(&values(runs, of));
    let sum = |of: fn(&Run) -> u64| values(runs, of).iter().sum();
    Some(Side {
        mode,
        p50_ns: middle(|run| run.p50_ns)?,
        p99_ns: middle(|run| run.p99_ns)?,
        p999_ns: middle(|run| run.p999_ns)?,
        max_ns: middle(|run| run.max_ns)?,
        p99_spread: spread(&values(runs, |run| run.p99_ns))?,
        sent: sum(|run| run.sent),
        received: sum(|run| run.received),
        net_rx_softirqs: sum(|run| run.net_rx_softirqs),
    })
}

fn gain(softirq: &[&Run], kbp: &[&Run], of: impl Fn(&Run) -> u64) -> Option<Gain> {
    let medians = ratio(median(&values(softirq, &of))?, median(&values(kbp, &of))?)?;
    let of_round = |slow: &&Run| {
        let fast = kbp.iter().find(|fast| fast.round == slow.round)?;
        ratio(of(slow), of(fast))
    };
    let (low, high) = softirq
        .iter()
        .filter_map(of_round)
        .fold((medians, medians), |(low, high), r| {
            (low.min(r), high.max(r))
        });
    Some(Gain { medians, low, high })
}

#[cfg(test)]
mod tests {
    use super::super::model::tests::sample;
    use super::*;

    #[test]
    fn medians_and_ratios() {
        let mut report = sample(3, 4);
        // One bad round moves the spread, not the median.
        let bad = report
            .runs
            .iter_mut()
            .find(|run| run.mode == Mode::Kbp && run.round == 2)
            .unwrap();
        let scenario = bad.scenario;
        bad.p99_ns *= 8;
        let rows = rows(&report);
        assert_eq!(rows.len(), 6);
        let row = rows.iter().find(|row| row.scenario == scenario).unwrap();
        let gain = row.p99_ratio.unwrap();
        assert!((3.9..4.1).contains(&gain.medians), "{gain:?}");
        assert!((0.4..0.6).contains(&gain.low), "{gain:?}");
        assert_eq!(row.softirq.sent, 3000);
    }

    #[test]
    fn the_noise_is_that_of_the_idle_runs() {
        let mut report = sample(1, 4);
        assert_eq!(noise(&report), None);
        for run in &mut report.runs {
            run.late_percentiles = vec![(0.0, 1), (99.0, 1 + run.scenario as u64), (100.0, 9)];
        }
        assert_eq!(noise(&report), Some(1));
    }

    #[test]
    fn one_mode_alone_is_no_row() {
        let mut report = sample(1, 4);
        report.runs.retain(|run| run.mode == Mode::Kbp);
        assert!(rows(&report).is_empty());
        report.runs.clear();
        assert!(rows(&report).is_empty());
    }
}
