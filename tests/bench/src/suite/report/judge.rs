// SPDX-License-Identifier: GPL-2.0
//! What must hold whatever the times are, and what a reader should know though it failed nothing.

use std::collections::BTreeSet;

use super::doubt::{self, LATE_NS};
use super::measured::Measured;
use super::model::RowReport;
use super::promises::{Promise, Verdict};
use super::whole::Run;
use super::words;
use crate::mode::Mode;
use crate::report::format::time;
use crate::report::{Check, Judgement};
use crate::statistics::ENOUGH_ROUNDS;
use crate::suite::cell::{Competitor, Wire, Workload};
use crate::suite::metric::Metric;
use crate::suite::outcome::{Left, Outcome};

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
    let is_kbp = |o: &Outcome| o.cell.mode.is_kbp();
    let is_softirq = |o: &Outcome| matches!(o.cell.mode, Mode::Softirq | Mode::Control);
    let of_delay = |o: &Outcome| is_delay(&o.cell.row.workload);
    // The demo has no row in which a packet may get lost, whoever polls.
    let must_arrive = |o: &Outcome| demo || is_kbp(o) && quiet(&o.cell.row.workload);
    let arrive = match demo {
        true => "packets sent = received",
        false => "KBP loses and doubles no packet in quiet rows",
    };
    let list = |which: &dyn Fn(&Outcome) -> bool, words| cells(measured, which, words);
    let mut checks = vec![
        complete(measured, run),
        check(arrive, list(&|o| must_arrive(o) && untrue(o), traffic)),
    ];
    // The demo has no row of the synthetic NIC.
    if !demo {
        checks.extend([
            check(
                "KBP leaves no NET_RX softirq in the synthetic NIC's rows",
                list(&|o| is_kbp(o) && of_delay(o) && o.net_rx > 0, softirqs),
            ),
            check(
                "softirq's packets come through NET_RX",
                list(&|o| is_softirq(o) && of_delay(o) && o.net_rx == 0, softirqs),
            ),
        ]);
    }
    let missed = |promise: &Promise| {
        let words = format!("missed: {}: {}", promise.promise, promise.found);
        (promise.verdict == Verdict::Miss).then_some(words)
    };
    let may_be_lost = |o: &Outcome| is_kbp(o) && !is_search(o) && !must_arrive(o);
    let doubt = |row: &RowReport| Some(format!("noisy: {}: {}", row.name, row.doubt.as_ref()?));
    // In containers a device without a NAPI of its own may raise one; here nothing should.
    let stray = |o: &Outcome| demo && is_kbp(o) && o.net_rx > 0;
    let missed = promises.iter().filter_map(missed);
    let warnings = missed
        .chain(list(&|o| may_be_lost(o) && untrue(o), traffic))
        .chain(list(&stray, softirqs))
        .chain(rows.iter().filter_map(slower))
        .chain(rows.iter().filter_map(|row| late(measured, row)))
        .chain(rows.iter().filter_map(|row| crowded(measured, &row.name)))
        .chain(doubt::of_run(rows))
        .chain(rows.iter().filter_map(doubt))
        .chain(few_rounds(rows))
        .collect();
    Judgement { checks, warnings }
}

/// That the switch's polling thread did not have the core that it is to have.
fn crowded(measured: &Measured, row: &str) -> Option<String> {
    let shares = measured.of_row(row).filter_map(|o| o.switch_share);
    let shares: Vec<f64> = shares.collect();
    let few = shares.iter().filter(|share| **share < OWN_CORE).count();
    let lowest = shares.iter().copied().reduce(f64::min)?;
    let (all, own, lowest) = (shares.len(), OWN_CORE * 100.0, lowest * 100.0);
    let told = format!(
        "{row}: Open vSwitch's polling thread had less than {own:.0} % of its core in {few} of {all} measurements, \
         {lowest:.0} % in the worst: the host has too few cores for it and the guest, and its scheduler is in the times"
    );
    (few > 0).then_some(told)
}

/// That KBP's tail is longer than softirq's where it is to be shorter.
fn slower(row: &RowReport) -> Option<String> {
    let (kbp, ratio) = (row.kbp?, row.kbp_by.get(&Mode::Softirq)?);
    let spins = row.workload.competitor() == Competitor::Spin;
    let full = is_delay(&row.workload) && spins && !has_room(&row.workload);
    let (name, found) = (&row.name, words::with_interval(ratio));
    let told = format!("{name}: the p99 of {kbp} is above softirq's: {found}");
    (full && ratio.of.median > 1.0).then_some(told)
}

/// That interrupts came late though nothing kept them.
fn late(measured: &Measured, row: &RowReport) -> Option<String> {
    let late = measured.floor(&row.name).at(0.99);
    let alone = is_delay(&row.workload) && quiet(&row.workload);
    let (name, words) = (&row.name, time(late));
    let told = format!(
        "{name}: interrupts came {words} late (p99) with nothing beside them: the host keeps the guest's \
         CPUs waiting, so the times say little; run it again on a quiet machine"
    );
    (alone && late > LATE_NS).then_some(told)
}

fn complete(measured: &Measured, run: &Run) -> Check {
    let planned = &run.conditions.planned;
    let made: BTreeSet<String> = measured.all().map(|outcome| outcome.cell.id()).collect();
    let is_left = |id: &str, left: &Left| {
        let (row, rest) = id.split_once('/').unwrap_or_default();
        let of_mode = rest.split('/').next() == Some(left.mode.name());
        of_mode && (left.row == "*" || left.row == row)
    };
    let left = |id: &str| run.left.iter().any(|left| is_left(id, left));
    let missing = planned.iter().filter(|id| !made.contains(*id) && !left(id));
    let words = |id: &String| match run.failed.iter().find(|failed| failed.id == *id) {
        Some(failed) => format!("{id} came to nothing: {}", failed.why),
        None => format!("{id} is missing"),
    };
    let mut bad: Vec<String> = missing.map(words).collect();
    bad.extend(cells(measured, &empty, |_| "measured nothing".into()));
    if made.is_empty() {
        bad.push("nothing was measured".into());
    }
    check(&format!("all {} measurements made", planned.len()), bad)
}

fn empty(outcome: &Outcome) -> bool {
    match is_search(outcome) {
        true => Metric::Rate.value(outcome).is_none(),
        false => outcome.times.counts.is_empty() || outcome.packets.sent == 0,
    }
}

fn is_search(outcome: &Outcome) -> bool {
    matches!(outcome.cell.row.workload, Workload::ZeroLoss { .. })
}

fn is_delay(workload: &Workload) -> bool {
    matches!(workload, Workload::Delay { .. })
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
    let p = &outcome.packets;
    let (sent, received, doubles) = (p.sent, p.received, p.duplicates);
    format!("sent {sent}, received {received}, duplicates {doubles}")
}

fn softirqs(outcome: &Outcome) -> String {
    format!("{} NET_RX softirqs", outcome.net_rx)
}

fn cells(
    measured: &Measured,
    which: &dyn Fn(&Outcome) -> bool,
    words: fn(&Outcome) -> String,
) -> Vec<String> {
    let chosen = measured.all().filter(|outcome| which(outcome));
    let words = chosen.map(|outcome| format!("{}: {}", outcome.cell.id(), words(outcome)));
    words.collect()
}

fn check(what: &str, bad: Vec<String>) -> Check {
    let ok = bad.is_empty();
    let found = if ok { "ok".into() } else { bad.join("; ") };
    let text = format!("{what}: {found}");
    Check { ok, text }
}

fn few_rounds(rows: &[RowReport]) -> Option<String> {
    let modes = rows.iter().flat_map(|row| row.modes.values());
    let fewest = modes.map(|mode| mode.rounds).min();
    let fewest = fewest.filter(|rounds| *rounds < ENOUGH_ROUNDS)?;
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
