// SPDX-License-Identifier: GPL-2.0
//! What must hold whatever the times are, and what a reader should know though it failed nothing.

use std::collections::BTreeSet;

use super::measured::Measured;
use super::model::RowReport;
use super::promises::{Promise, Verdict};
use crate::report::verify::{Check, Judgement};
use crate::suite::cell::{Competitor, Mode, Wire, Workload};
use crate::suite::outcome::{Left, Outcome};
use crate::suite::statistics::{Metric, Noise, ENOUGH_ROUNDS};

/// More noisy rows than this share, and the whole run is noisy.
const NOISY_RUN: f64 = 0.25;
/// A row that leaves the core this much of its time has room for every packet.
const ROOM: f64 = 0.5;

/// A polling thread of the switch that has less of its core than this shows the host's scheduler.
const OWN_CORE: f64 = 0.9;

/// Judges a run.
pub(super) fn judge(
    measured: &Measured,
    rows: &[RowReport],
    left: &[Left],
    planned: &[String],
    promises: &[Promise],
) -> Judgement {
    let checks = vec![
        complete(measured, left, planned),
        list(
            "KBP loses and doubles no packet in quiet rows",
            cells(
                measured,
                |o| o.cell.mode.is_kbp() && quiet(&o.cell.row.workload) && untrue(o),
                traffic,
            ),
        ),
        list(
            "KBP leaves no NET_RX softirq in the synthetic NIC's rows",
            cells(
                measured,
                |o| o.cell.mode.is_kbp() && is_delay(o) && o.net_rx > 0,
                softirqs,
            ),
        ),
        list(
            "softirq's packets come through NET_RX",
            cells(
                measured,
                |o| {
                    matches!(o.cell.mode, Mode::Softirq | Mode::Control)
                        && is_delay(o)
                        && o.net_rx == 0
                },
                softirqs,
            ),
        ),
    ];
    let mut warnings: Vec<String> = promises
        .iter()
        .filter(|promise| promise.verdict == Verdict::Miss)
        .map(|promise| format!("missed: {}: {}", promise.promise, promise.found))
        .collect();
    warnings.extend(cells(
        measured,
        |o| o.cell.mode.is_kbp() && !is_search(o) && !quiet(&o.cell.row.workload) && untrue(o),
        traffic,
    ));
    warnings.extend(rows.iter().filter_map(|row| crowded(measured, &row.name)));
    warnings.extend(noise(rows));
    warnings.extend(few_rounds(rows));
    Judgement { checks, warnings }
}

/// That the switch's polling thread did not have the core that it is to have.
fn crowded(measured: &Measured, row: &str) -> Option<String> {
    let of_row = measured.all().filter(|o| o.cell.row.name == row);
    let shares: Vec<f64> = of_row.filter_map(|o| o.switch_share).collect();
    let few = shares.iter().filter(|share| **share < OWN_CORE).count();
    let lowest = shares.iter().copied().reduce(f64::min)?;
    (few > 0).then(|| {
        format!(
            "{row}: Open vSwitch's polling thread had less than {:.0} % of its core in {few} of {} measurements, {:.0} % \
             in the worst: the host has too few cores for it and the guest, and its scheduler is in the times",
            OWN_CORE * 100.0,
            shares.len(),
            lowest * 100.0
        )
    })
}

/// Whether more than a quarter of the rows are noisy.
pub(super) fn noisy(rows: &[RowReport]) -> bool {
    let noisy = rows.iter().filter(|row| row.noisy).count();
    noisy as f64 > NOISY_RUN * rows.len() as f64
}

/// Why a row is noisy.
pub(super) fn why_noisy(noise: Option<&Noise>, metric: Metric) -> String {
    let Some((noise, control)) = noise.and_then(|noise| Some((noise, noise.control?))) else {
        return "it has no control".into();
    };
    format!(
        "the control's {} is {} of softirq's, quiet is ±{:.0} %",
        metric.name(),
        super::words::interval(&control),
        noise.quiet * 100.0
    )
}

fn complete(measured: &Measured, left: &[Left], planned: &[String]) -> Check {
    let excused = |row: &str, mode: Mode| {
        left.iter()
            .any(|l| l.mode == mode && (l.row == row || l.row == "*"))
    };
    let made: BTreeSet<String> = measured.all().map(|outcome| outcome.cell.id()).collect();
    let wanted: Vec<String> = match planned.is_empty() {
        true => derived(measured, &excused),
        false => planned.to_vec(),
    };
    let of_id = |id: &str| {
        let mut parts = id.split('/');
        let (row, name) = (parts.next()?, parts.next()?);
        let mode = Mode::ALL.into_iter().find(|mode| mode.name() == name)?;
        Some(excused(row, mode))
    };
    let missing = wanted
        .iter()
        .filter(|id| !made.contains(*id) && of_id(id) != Some(true));
    let mut bad: Vec<String> = missing.map(|id| format!("{id} is missing")).collect();
    bad.extend(cells(measured, empty, |_| "measured nothing".into()));
    if made.is_empty() {
        bad.push("nothing was measured".into());
    }
    list(&format!("all {} measurements made", wanted.len()), bad)
}

/// Every row in all its modes, softirq and control, in all its rounds.
fn derived(measured: &Measured, excused: &impl Fn(&str, Mode) -> bool) -> Vec<String> {
    let mut wanted = Vec::new();
    for row in measured.rows() {
        let of_row = measured.all().filter(|o| o.cell.row.name == row.name);
        let rounds = of_row.map(|o| o.cell.round).max().unwrap_or(0);
        let modes: BTreeSet<Mode> = [Mode::Softirq, Mode::Control]
            .into_iter()
            .filter(|mode| !excused(&row.name, *mode))
            .chain(measured.modes(&row.name))
            .collect();
        for mode in modes {
            wanted.extend((1..=rounds).map(|round| format!("{}/{mode}/{round}", row.name)));
        }
    }
    wanted
}

fn empty(outcome: &Outcome) -> bool {
    match outcome.cell.row.workload {
        Workload::ZeroLoss { .. } => Metric::Rate.value(outcome).is_none(),
        _ => outcome.times.counts.is_empty() || outcome.packets.sent == 0,
    }
}

fn is_search(outcome: &Outcome) -> bool {
    matches!(outcome.cell.row.workload, Workload::ZeroLoss { .. })
}

fn is_delay(outcome: &Outcome) -> bool {
    matches!(outcome.cell.row.workload, Workload::Delay { .. })
}

/// Whether there is room for every packet, whoever polls.
fn quiet(workload: &Workload) -> bool {
    let room = match *workload {
        Workload::Delay {
            period_ns,
            cost_ns,
            burst,
            ..
        } => cost_ns as f64 * f64::from(burst) < ROOM * period_ns as f64,
        // A switch on the host may lose what no guest ever saw.
        Workload::RoundTrip { wire, .. } => wire != Wire::OvsDpdk,
        Workload::ZeroLoss { .. } => false,
    };
    room && workload.competitor() == Competitor::None
}

fn untrue(outcome: &Outcome) -> bool {
    outcome.packets.lost() > 0 || outcome.packets.duplicates > 0
}

fn traffic(outcome: &Outcome) -> String {
    let packets = outcome.packets;
    format!(
        "sent {}, received {}, duplicates {}",
        packets.sent, packets.received, packets.duplicates
    )
}

fn softirqs(outcome: &Outcome) -> String {
    format!("{} NET_RX softirqs", outcome.net_rx)
}

fn cells(
    measured: &Measured,
    which: impl Fn(&Outcome) -> bool,
    words: impl Fn(&Outcome) -> String,
) -> Vec<String> {
    let chosen = measured.all().filter(|outcome| which(outcome));
    chosen
        .map(|outcome| format!("{}: {}", outcome.cell.id(), words(outcome)))
        .collect()
}

fn list(what: &str, bad: Vec<String>) -> Check {
    let found = match bad.is_empty() {
        true => "ok".into(),
        false => bad.join("; "),
    };
    Check {
        ok: bad.is_empty(),
        text: format!("{what}: {found}"),
    }
}

fn noise(rows: &[RowReport]) -> Vec<String> {
    let of = |row: &&RowReport| {
        let why = why_noisy(row.decisive_noise(), row.decisive());
        format!("noisy: {}: {why}", row.name)
    };
    let mut lines: Vec<String> = rows
        .iter()
        .filter(|row| row.noisy)
        .map(|row| of(&row))
        .collect();
    if noisy(rows) {
        lines.insert(
            0,
            format!(
                "the whole run is noisy ({} of {} rows): run it again on a quiet machine",
                lines.len(),
                rows.len()
            ),
        );
    }
    lines
}

fn few_rounds(rows: &[RowReport]) -> Option<String> {
    let rounds = rows
        .iter()
        .flat_map(|row| row.modes.values())
        .map(|mode| mode.rounds);
    let fewest = rounds.min().filter(|rounds| *rounds < ENOUGH_ROUNDS)?;
    // Both ends miss the median when all rounds are on one side of it.
    let sure = 1.0 - 2.0 * 0.5f64.powi(fewest as i32);
    Some(format!(
        "there are only {fewest} rounds: the range of all of them holds the median with {:.0} %, so no interval is \
         one of 95 %; it takes {ENOUGH_ROUNDS}",
        sure * 100.0
    ))
}

#[cfg(test)]
mod tests;
