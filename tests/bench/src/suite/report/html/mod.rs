// SPDX-License-Identifier: GPL-2.0
//! The report as one HTML file that needs nothing else.

mod notes;
mod paper;

use maud::{html, Markup};

use super::measured::Measured;
use super::model::RowReport;
use super::sections::sections;
use super::svg::{self, Plot};
use super::table::of_mode;
use super::whole::Report;
use super::words;
use crate::report::format::digits;
use crate::report::page::document;

const STYLE: &str = "
h3{font-size:16px;margin:28px 0 2px}
th:first-child,td:first-child{text-align:left}.text td,.text th{text-align:left;white-space:normal}
tr.kbp td:first-child{font-weight:600}.dim{color:var(--soft)}.noise{color:var(--warn)}
.headline{font-size:18px;font-weight:600;color:var(--bad)}
svg{margin-top:10px}
.pass{color:var(--good)}.miss{color:var(--bad)}.not.measured{color:var(--soft)}
";

/// Writes it; what is measured elsewhere stands `first`.
pub(crate) fn write(report: &Report, measured: &Measured, first: Option<&Markup>) -> String {
    let about = &report.environment;
    let title = match report.is_demo() {
        true => "softirq NAPI and KBP",
        false => "KBP beside every way to poll",
    };
    let body = html! {
        h1 { (title) }
        @if let Some(first) = first { (first) }
        p.lead {
            "kernel " (about.kernel) ", " (about.started) ", " (about.scale)
            " scale; all modes of a row in turn within one boot"
        }
        @if let Some(headline) = &report.headline { p.headline { (headline) } }
        @for (title, lines) in sections(report) {
            h2 { (title) }
            ul { @for (kind, text) in lines { li class=(kind) { (text) } } }
        }
        h2 { "Rows" }
        @for row in &report.rows { (section(row, measured)) }
        @if !report.is_demo() { (paper::section(&report.paper)) }
        (notes::sections())
        (environment(report))
    };
    let style = format!("{STYLE}{}", svg::sheet());
    document(&format!("{title}, {}", about.kernel), &style, &body)
}

/// One row: its table and its plot.
fn section(row: &RowReport, measured: &Measured) -> Markup {
    html! {
        section {
            h3 { (row.name) }
            p.lead { (row.about) "; " (row.workload.metric()) ". " (noise(row)) }
            div.wide { (table(row)) }
            div.wide { (Plot::of(row, measured).alone(&row.name)) }
        }
    }
}

fn noise(row: &RowReport) -> Markup {
    let band = row.decisive_noise().map_or(0.0, |noise| noise.band) * 100.0;
    let metric = row.decisive().name();
    html! {
        @match &row.doubt {
            Some(why) => span.noise { "Noisy: " (why) "." },
            None => { "Differences of " (metric) " below " (format!("{band:.0}")) " % are noise." },
        }
    }
}

fn table(row: &RowReport) -> Markup {
    html! {
        table {
            @for (at, (mode, report)) in row.modes.iter().enumerate() {
                @let cells = of_mode(row, *mode, report);
                @if at == 0 {
                    tr {
                        @for (head, _) in &cells { th { (head) } }
                        th { "busy share of cores" }
                    }
                }
                tr class=[mode.is_kbp().then_some("kbp")] title=(report.evidence.join("; ")) {
                    @for (_, cell) in &cells { td { (cell) } }
                    td { (words::busy(report)) }
                }
            }
        }
    }
}

fn environment(report: &Report) -> Markup {
    let about = &report.environment;
    let machine = &about.machine;
    let (guest, host, [before, after]) = (machine.guest_cpus, machine.host_cpus, machine.host_load);
    let accel = match machine.emulated() {
        true => "; the guest's CPUs are emulated: compare modes, not times with other machines",
        false => "",
    };
    let config = about
        .config
        .iter()
        .map(|(name, value)| format!("{name}={value}"));
    let load = format!("{before} before, {after} after (average over one minute)");
    let commit = machine.commit.as_deref().unwrap_or("without git");
    let items = [
        ("Kernel", about.kernel.clone()),
        ("Configuration", config.collect::<Vec<_>>().join(" ")),
        ("CPU", about.cpu.clone()),
        ("Accelerator", format!("{}{accel}", machine.accel)),
        ("CPUs", format!("{guest} in the guest, {host} on the host")),
        ("Load of the host", load),
        ("Sources", commit.into()),
        ("Scale", about.scale.clone()),
        ("Started", about.started.clone()),
        ("Duration", format!("{} s", digits(machine.duration_s))),
        ("Set-up", about.note.clone()),
    ];
    html! {
        h2 { "Environment" }
        dl {
            // An empty definition would let the next term move up beside it.
            @for (name, value) in items { dt { (name) } dd { (value) "\u{a0}" } }
        }
    }
}

#[cfg(test)]
mod tests;
