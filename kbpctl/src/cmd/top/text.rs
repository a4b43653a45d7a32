// SPDX-License-Identifier: GPL-2.0
//! What the screen and `--once` say in the same words.

use super::columns::{OfCore, CORES, NAPIS};
use super::table::{self, Tone};
use super::watch::Report;
use crate::cores::list;
use crate::output::harmless;
use crate::rates::event::Event;
use crate::rates::interval::Interval;
use crate::rates::napi::Napi;
use crate::rates::nic::Nic;
use crate::rates::number::rate;
use crate::rates::one_core::Core;

/// As wide as a text may be.
const WIDTH: u16 = 100;

/// One interval; `first`: what was so when it began.
pub(super) fn of(report: &Report, first: &[Event]) -> String {
    let interval = &report.interval;
    let seconds = interval.interval_ns as f64 / 1e9;
    let mut lines = vec![format!("{}, over {seconds:.1} s", title(report).0)];
    lines.extend(remarks(interval));
    if !interval.cores.is_empty() {
        lines.push(table::head(&CORES, WIDTH));
    }
    let row = |core: &Core| table::row(&CORES, WIDTH, core, false).to_string();
    lines.extend(interval.cores.iter().map(row));
    let rows = of_cores(interval.cores.iter());
    if !rows.is_empty() {
        lines.push(table::head(&NAPIS, WIDTH));
    }
    let row = |of: &OfCore| table::row(&NAPIS, WIDTH, of, false).to_string();
    lines.extend(rows.iter().map(row));
    let events = first.iter().chain(&interval.events);
    lines.extend(events.map(|event| format!("event: {}", event.text)));
    let lines: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
    lines.join("\n")
}

/// How KBP stands.
pub(super) fn title(report: &Report) -> (String, Tone) {
    let cores = match report.active_cores {
        0 => "no core is enabled".to_owned(),
        1 => "1 core enabled".to_owned(),
        cores => format!("{cores} cores enabled"),
    };
    match (report.suspended, report.hooks_live) {
        (true, _) => (
            format!("{cores}, the system is going to sleep"),
            Tone::Notable,
        ),
        (false, true) => (format!("{cores}, hooks live"), Tone::Plain),
        (false, false) => (format!("{cores}, hooks not live"), Tone::Bad),
    }
}

/// The NAPIs of these cores.
pub(super) fn of_cores<'a>(cores: impl Iterator<Item = &'a Core>) -> Vec<OfCore> {
    let of = |core: &'a Core| {
        let of = |napi: &Napi| OfCore {
            core: core.core,
            napi: napi.clone(),
        };
        core.napis.iter().map(of)
    };
    cores.flat_map(of).collect()
}

/// What the rows of cores do not say.
pub(super) fn remarks(interval: &Interval) -> Vec<String> {
    let mut remarks = Vec::new();
    let in_reserve = interval.cores.iter().filter(|core| core.softirq_receives);
    let in_reserve = list::set(in_reserve.map(|core| core.core));
    if !in_reserve.is_empty() {
        remarks.push(format!(
            "{}: softirq receives, poller in reserve; recv/s has all, pkt/s the poller's",
            list::phrase(&in_reserve)
        ));
    }
    if interval.cores.is_empty() {
        remarks.push("no core to show: kbpctl enable --cores LIST, or top --cores LIST".to_owned());
    }
    let nic = |nic: &Nic| format!("{} {}", harmless(&nic.device), rate(nic.interrupts_per_s));
    let nics: Vec<String> = interval.nics.iter().map(nic).collect();
    if !nics.is_empty() {
        remarks.push(format!("receive interrupts a second: {}", nics.join(", ")));
    }
    remarks
}
