// SPDX-License-Identifier: GPL-2.0
//! What the project promises, each with its numbers. All are ratios within one boot: never an
//! absolute time.

use serde::{Deserialize, Serialize};

use super::measured::Measured;
use super::model::RowReport;
use super::rows::KBP;
use super::words;
use crate::statistics::Estimate;
use crate::suite::cell::{Competitor, Mode, Workload};
use crate::suite::metric::Metric;
use crate::suite::outcome::Outcome;

/// The row of the tail under load.
const LOADED: &str = "delay-load90-spin";
/// How much of another mode's tail KBP may have.
const FRACTION: f64 = 0.02;
/// One NAPI: a thread of the kernel that polls it alone cannot be beaten, only met.
const PARITY: f64 = 1.05;

/// How a promise went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It holds.
    Pass,
    /// It does not.
    Miss,
    /// The run has no numbers for it.
    NotMeasured,
}

/// A promise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Promise {
    /// What is promised.
    pub promise: String,
    /// How it went.
    pub verdict: Verdict,
    /// What was found.
    pub found: String,
}

impl Verdict {
    /// In reports.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Miss => "miss",
            Verdict::NotMeasured => "not measured",
        }
    }

    fn of(holds: bool) -> Verdict {
        match holds {
            true => Verdict::Pass,
            false => Verdict::Miss,
        }
    }
}

/// All that hold for the kernel of this release.
pub fn promises(measured: &Measured, rows: &[RowReport], release: &str) -> Vec<Promise> {
    let threaded = Mode::ThreadedBusyPoll;
    let starves =
        waits_for_ksoftirqd(release).then(|| tail(measured, rows, LOADED, Mode::Softirq, FRACTION));
    let others = [
        no_loss(measured),
        tail(measured, rows, "delay-queues-1", threaded, PARITY),
        tail(measured, rows, "delay-queues-4", threaded, FRACTION),
        tail(measured, rows, "delay-queues-8", threaded, FRACTION),
        rates(rows),
    ];
    starves.into_iter().chain(others).collect()
}

/// Whether interrupts leave their softirqs to ksoftirqd once it is runnable, so that they wait for
/// tasks. Of the series that KBP is built for 6.1 does; in later ones softirqs starve the task
/// instead.
fn waits_for_ksoftirqd(release: &str) -> bool {
    let mut numbers = release.split(|c: char| !c.is_ascii_digit());
    let mut number = || numbers.next().and_then(|n| n.parse::<u32>().ok());
    match (number(), number()) {
        (Some(major), Some(minor)) => (major, minor) < (6, 5),
        _ => false,
    }
}

fn tail(measured: &Measured, rows: &[RowReport], row: &str, peer: Mode, limit: f64) -> Promise {
    let promise =
        format!("{row}: KBP's p99 is at most {limit} of {peer}'s (the better of armed and masked)");
    let by = |mode: Mode| Some((mode, measured.ratio(row, mode, peer, Metric::P99)?));
    let mut ratios: Vec<(Mode, Estimate)> = KBP.into_iter().filter_map(by).collect();
    ratios.sort_by(|a, b| a.1.median.total_cmp(&b.1.median));
    let Some((_, best)) = ratios.first() else {
        return Promise {
            promise,
            verdict: Verdict::NotMeasured,
            found: format!("no round has {peer} and KBP"),
        };
    };
    let noise = rows
        .iter()
        .find(|candidate| candidate.name == row)
        .and_then(|row| row.noise.get(&Metric::P99));
    let each = ratios.iter().map(|(mode, ratio)| {
        let drowned = noise.is_some_and(|noise| noise.drowns(ratio));
        let mark = if drowned { " (within noise)" } else { "" };
        format!("{mode} {}{mark}", words::interval(ratio))
    });
    let mut found = each.collect::<Vec<_>>().join(", ");
    let [low, high] = best.likely();
    if low <= limit && limit < high {
        found += "; the limit lies inside the interval";
    }
    Promise {
        promise,
        verdict: Verdict::of(best.median <= limit),
        found,
    }
}

/// KBP delivers everything at a rate at which softirq has lost already.
fn no_loss(measured: &Measured) -> Promise {
    let spinning = |workload: &Workload| {
        matches!(
            workload,
            Workload::ZeroLoss {
                competitor: Competitor::Spin,
                ..
            }
        )
    };
    let found: Vec<(bool, String)> = measured
        .rows()
        .iter()
        .filter(|row| row.name.ends_with("-spin") && spinning(&row.workload))
        .filter_map(|row| no_loss_in(measured, &row.name))
        .collect();
    Promise {
        promise: "beside a spinning task, KBP loses nothing at a rate at which softirq loses"
            .into(),
        verdict: match found.is_empty() {
            true => Verdict::NotMeasured,
            false => Verdict::of(found.iter().all(|(holds, _)| *holds)),
        },
        found: match found.is_empty() {
            true => "no row zero-loss-*-spin has trials of both".into(),
            false => found
                .into_iter()
                .map(|(_, text)| text)
                .collect::<Vec<_>>()
                .join("; "),
        },
    }
}

fn no_loss_in(measured: &Measured, row: &str) -> Option<(bool, String)> {
    let softirq = measured.of(row, Mode::Softirq);
    let of = |mode: Mode| {
        let pairs: Vec<bool> = measured
            .of(row, mode)
            .iter()
            .filter_map(|kbp| {
                let other = softirq.iter().find(|o| o.cell.round == kbp.cell.round)?;
                Some(outlasts(kbp, other))
                    .filter(|_| !kbp.trials.is_empty() && !other.trials.is_empty())
            })
            .collect();
        let held = pairs.iter().filter(|held| **held).count();
        (!pairs.is_empty()).then_some((mode, held, pairs.len()))
    };
    let each: Vec<(Mode, usize, usize)> = KBP.into_iter().filter_map(of).collect();
    let words = each
        .iter()
        .map(|(mode, held, rounds)| format!("{mode} in {held} of {rounds} rounds"));
    let text = format!("{row}: {}", words.collect::<Vec<_>>().join(", "));
    let holds = each.iter().any(|(_, held, rounds)| 2 * held > *rounds);
    (!each.is_empty()).then_some((holds, text))
}

/// Whether a trial of `a` without loss offered at least as much as one that `b` lost packets in.
fn outlasts(a: &Outcome, b: &Outcome) -> bool {
    let lossless = a
        .trials
        .iter()
        .filter(|t| t.lost == 0)
        .map(|t| t.rate)
        .max();
    let lossy = b.trials.iter().filter(|t| t.lost > 0).map(|t| t.rate).min();
    matches!((lossless, lossy), (Some(lossless), Some(lossy)) if lossless >= lossy)
}

/// KBP's rate without loss is nowhere below softirq's.
fn rates(rows: &[RowReport]) -> Promise {
    let promise = "KBP's rate without loss is not below softirq's in any row, beyond noise".into();
    let searched = rows.iter().filter(|row| row.decisive() == Metric::Rate);
    let found: Vec<(bool, String)> = searched.filter_map(rate).collect();
    Promise {
        promise,
        verdict: match found.is_empty() {
            true => Verdict::NotMeasured,
            false => Verdict::of(found.iter().all(|(holds, _)| *holds)),
        },
        found: match found.is_empty() {
            true => "no search has both".into(),
            false => found
                .into_iter()
                .map(|(_, text)| text)
                .collect::<Vec<_>>()
                .join("; "),
        },
    }
}

fn rate(row: &RowReport) -> Option<(bool, String)> {
    let kbp = row.kbp?;
    let Some(ratio) = row.kbp_by.get(&Mode::Softirq) else {
        // A rate of 0 has no ratio; it still is less or not.
        let (ours, theirs) = (row.result(kbp)?, row.result(Mode::Softirq)?);
        let text = format!("{}: {kbp} {ours:.0} pps, softirq {theirs:.0} pps", row.name);
        return Some((ours >= theirs, text));
    };
    let holds = ratio.of.median >= 1.0 || ratio.within_noise;
    Some((
        holds,
        format!("{}: {kbp} {}", row.name, words::with_interval(ratio)),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_kernels_wait_for_ksoftirqd() {
        for (release, waits) in [
            ("6.1.0-56-cloud-amd64", true),
            ("6.4.2", true),
            ("6.5.0", false),
            ("6.12.117+deb13-cloud-amd64", false),
            ("7.3.4+deb13-cloud-amd64", false),
            ("unknown", false),
        ] {
            assert_eq!(waits_for_ksoftirqd(release), waits, "{release}");
        }
    }
}
