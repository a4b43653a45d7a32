// SPDX-License-Identifier: GPL-2.0
//! What the project promises, each with its numbers. All are ratios within one boot: never an
//! absolute time.

use serde::{Deserialize, Serialize};

use super::measured::Measured;
use super::model::{Ratio, RowReport};
use super::rows::KBP;
use super::words;
use crate::mode::Mode;
use crate::suite::cell::Competitor;
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
}

impl Promise {
    /// Kept where every part is: whether it holds, and what was found. `none` says what is missing
    /// when there is no part.
    fn of(promise: String, parts: Vec<(bool, String)>, none: String) -> Promise {
        let (holds, texts): (Vec<bool>, Vec<String>) = parts.into_iter().unzip();
        let (verdict, found) = match holds.iter().all(|holds| *holds) {
            _ if texts.is_empty() => (Verdict::NotMeasured, none),
            true => (Verdict::Pass, texts.join("; ")),
            false => (Verdict::Miss, texts.join("; ")),
        };
        Promise {
            promise,
            verdict,
            found,
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
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) < (6u32, 5u32),
        _ => false,
    }
}

fn tail(measured: &Measured, rows: &[RowReport], row: &str, peer: Mode, limit: f64) -> Promise {
    let promise =
        format!("{row}: KBP's p99 is at most {limit} of {peer}'s (the better of armed and masked)");
    let noise = rows.iter().find(|candidate| candidate.name == row);
    let noise = noise.and_then(|row| row.noise.get(&Metric::P99));
    let by = |mode: Mode| {
        let ratio = measured.ratio(row, mode, peer, Metric::P99)?;
        Some((mode, Ratio::in_noise(ratio, noise)))
    };
    let mut ratios: Vec<(Mode, Ratio)> = KBP.into_iter().filter_map(by).collect();
    ratios.sort_by(|a, b| a.1.of.median.total_cmp(&b.1.of.median));
    let words = |(mode, ratio): &(Mode, Ratio)| format!("{mode} {}", words::with_interval(ratio));
    let each = ratios.iter().map(words).collect::<Vec<_>>().join("; ");
    let found = ratios.first().map(|(_, best)| {
        let [low, high] = best.of.likely();
        let unsure = match low <= limit && limit < high {
            true => "; the limit lies inside the interval",
            false => "",
        };
        (best.of.median <= limit, each + unsure)
    });
    let none = format!("no round has {peer} and KBP");
    Promise::of(promise, found.into_iter().collect(), none)
}

/// KBP delivers everything at a rate at which softirq has lost already.
fn no_loss(measured: &Measured) -> Promise {
    let searches = measured.rows().iter().filter(|row| {
        let is_search = Metric::decisive(&row.workload) == Metric::Rate;
        is_search && row.workload.competitor() == Competitor::Spin && row.name.ends_with("-spin")
    });
    Promise::of(
        "beside a spinning task, KBP loses nothing at a rate at which softirq loses".into(),
        searches
            .filter_map(|row| no_loss_in(measured, &row.name))
            .collect(),
        "no row zero-loss-*-spin has trials of both".into(),
    )
}

fn no_loss_in(measured: &Measured, row: &str) -> Option<(bool, String)> {
    let softirq = measured.of(row, Mode::Softirq);
    let of = |mode: Mode| {
        let pair = |kbp: &Outcome| {
            let other = softirq.iter().find(|o| o.cell.round == kbp.cell.round)?;
            let tried = !kbp.trials.is_empty() && !other.trials.is_empty();
            tried.then(|| outlasts(kbp, other))
        };
        let rounds = measured.of(row, mode).into_iter();
        let pairs: Vec<bool> = rounds.filter_map(pair).collect();
        let (held, all) = (pairs.iter().filter(|held| **held).count(), pairs.len());
        let text = format!("{mode} in {held} of {all} rounds");
        (all > 0).then_some((2 * held > all, text))
    };
    let (most, texts): (Vec<bool>, Vec<String>) = KBP.into_iter().filter_map(of).unzip();
    let holds = most.contains(&true);
    (!most.is_empty()).then(|| (holds, format!("{row}: {}", texts.join(", "))))
}

/// Whether a trial of `a` without loss offered at least as much as one that `b` lost packets in.
fn outlasts(a: &Outcome, b: &Outcome) -> bool {
    let lossless = a.trials.iter().filter(|trial| trial.lost == 0);
    let lossy = b.trials.iter().filter(|trial| trial.lost > 0);
    match (lossless.map(|t| t.rate).max(), lossy.map(|t| t.rate).min()) {
        (Some(lossless), Some(lossy)) => lossless >= lossy,
        _ => false,
    }
}

/// KBP's rate without loss is nowhere below softirq's.
fn rates(rows: &[RowReport]) -> Promise {
    let searched = rows.iter().filter(|row| row.decisive() == Metric::Rate);
    Promise::of(
        "KBP's rate without loss is not below softirq's in any row, beyond noise".into(),
        searched.filter_map(rate).collect(),
        "no search has both".into(),
    )
}

fn rate(row: &RowReport) -> Option<(bool, String)> {
    let kbp = row.kbp?;
    let Some(ratio) = row.kbp_by.get(&Mode::Softirq) else {
        // A rate of 0 has no ratio; it still is less or not.
        let (ours, theirs) = (row.result(kbp)?, row.result(Mode::Softirq)?);
        let text = format!("{}: {kbp} {ours:.0} pps, softirq {theirs:.0} pps", row.name);
        return Some((ours >= theirs, text));
    };
    let text = format!("{}: {kbp} {}", row.name, words::with_interval(ratio));
    Some((ratio.of.median >= 1.0 || ratio.within_noise, text))
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
