// SPDX-License-Identifier: GPL-2.0
//! What must hold whatever the times are, and what a reader should know though it failed nothing.

use std::collections::BTreeSet;

use super::doubt::{self, LATE_NS};
use super::measured::Measured;
use super::model::RowReport;
use super::promises::{Promise, Verdict};
use super::whole::Run;
use super::words;
use crate::report::format::time;
use crate::report::{Check, Judgement};
use crate::statistics::ENOUGH_ROUNDS;
use crate::suite::cell::{Competitor, Mode, Wire, Workload};
use crate::suite::metric::Metric;
use crate::suite::outcome::Outcome;

/// A row that leaves the core this much of its time has room for every packet.
const ROOM: f64 = 0.5;

/// A polling thread of the switch that has less of its core than this shows the host's scheduler.
const OWN_CORE: f64 = 0.9;

/// Judges a run.
pub(super) fn judge(
    measured: &Measured,
    rows: &[RowReport],
    run: &Run,
    promises: &[Promise],
) -> Judgement {
    let demo = run.conditions.is_demo();
    // The demo has no row with room in which a packet may get lost, whoever polls.
    let must_arrive = |o: &Outcome| match demo {
        true => has_room(&o.cell.row.workload),
        false => o.cell.mode.is_kbp() && quiet(&o.cell.row.workload),
    };
    let checks = vec![
        complete(measured, run),
        list(
            match demo {
                true => "packets sent = received where there is room",
                false => "KBP loses and doubles no packet in quiet rows",
            },
            cells(measured, |o| must_arrive(o) && untrue(o), traffic),
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
        |o| (o.cell.mode.is_kbp() || demo) && !is_search(o) && !must_arrive(o) && untrue(o),
        traffic,
    ));
    // In containers a device without a NAPI of its own may raise one; here nothing should.
    warnings.extend(cells(
        measured,
        |o| demo && o.cell.mode.is_kbp() && !is_delay(o) && o.net_rx > 0,
        softirqs,
    ));
    warnings.extend(rows.iter().filter_map(slower));
    warnings.extend(rows.iter().filter_map(|row| late(measured, row)));
    warnings.extend(rows.iter().filter_map(|row| crowded(measured, &row.name)));
    warnings.extend(doubts(rows));
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

/// That KBP's tail is longer than softirq's where it is to be shorter.
fn slower(row: &RowReport) -> Option<String> {
    let Workload::Delay { competitor, .. } = row.workload else {
        return None;
    };
    let (kbp, ratio) = (row.kbp?, row.kbp_by.get(&Mode::Softirq)?);
    let full = competitor == Competitor::Spin && !has_room(&row.workload);
    (full && ratio.of.median > 1.0).then(|| {
        format!(
            "{}: the p99 of {kbp} is above softirq's: {}",
            row.name,
            words::with_interval(ratio)
        )
    })
}

/// That interrupts came late though nothing kept them.
fn late(measured: &Measured, row: &RowReport) -> Option<String> {
    if !matches!(row.workload, Workload::Delay { .. }) || !quiet(&row.workload) {
        return None;
    }
    let late = measured.floor(&row.name).at(0.99);
    (late > LATE_NS).then(|| {
        format!(
            "{}: interrupts came {} late (p99) with nothing beside them: the host keeps the guest's \
             CPUs waiting, so the times say little; run it again on a quiet machine",
            row.name,
            time(late)
        )
    })
}

fn complete(measured: &Measured, run: &Run) -> Check {
    let planned = &run.conditions.planned;
    let excused = |row: &str, mode: Mode| {
        run.left
            .iter()
            .any(|l| l.mode == mode && (l.row == row || l.row == "*"))
    };
    let made: BTreeSet<String> = measured.all().map(|outcome| outcome.cell.id()).collect();
    let wanted: Vec<String> = match planned.is_empty() {
        true => derived(measured, &excused),
        false => planned.clone(),
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
    let why = |id: &str| run.failed.iter().find(|failed| failed.id == id);
    let words = |id: &String| match why(id) {
        Some(failed) => format!("{id} came to nothing: {}", failed.why),
        None => format!("{id} is missing"),
    };
    let mut bad: Vec<String> = missing.map(words).collect();
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

/// Whether there is room for every packet, whoever polls, and nothing competes.
fn quiet(workload: &Workload) -> bool {
    has_room(workload) && workload.competitor() == Competitor::None
}

/// Whether packets leave enough of the core.
fn has_room(workload: &Workload) -> bool {
    match *workload {
        Workload::Delay {
            period_ns,
            cost_ns,
            burst,
            ..
        } => cost_ns as f64 * f64::from(burst) < ROOM * period_ns as f64,
        // A switch on the host may lose what no guest ever saw.
        Workload::RoundTrip { wire, .. } => wire != Wire::OvsDpdk,
        Workload::ZeroLoss { .. } => false,
    }
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

/// The run's first, if it has one.
fn doubts(rows: &[RowReport]) -> Vec<String> {
    let of_row = |row: &RowReport| Some(format!("noisy: {}: {}", row.name, row.doubt.as_ref()?));
    let of_run = doubt::of_run(rows).into_iter();
    of_run.chain(rows.iter().filter_map(of_row)).collect()
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
