// SPDX-License-Identifier: GPL-2.0
//! The report as one HTML file that needs nothing else.

mod notes;
mod row;
mod summary;

use maud::{html, Markup};

use super::measured::Measured;
use super::svg;
use super::whole::Report;
use crate::report::format::digits;
use crate::report::page::document;
use crate::report::Judgement;

const STYLE: &str = "
h3{font-size:16px;margin:28px 0 2px}
th:first-child,td:first-child{text-align:left}.text td,.text th{text-align:left;white-space:normal}
tr.kbp td:first-child{font-weight:600}.dim{color:var(--soft)}.noise{color:var(--warn)}
.headline{font-size:18px;font-weight:600;color:var(--bad)}
svg{margin-top:10px}
.pass{color:var(--good)}.miss{color:var(--bad)}.not-measured{color:var(--soft)}
";

/// Writes it.
pub(crate) fn write(report: &Report, measured: &Measured) -> String {
    let about = &report.environment;
    let title = match report.is_demo() {
        true => "softirq NAPI and KBP",
        false => "KBP beside every way to poll",
    };
    let body = html! {
        h1 { (title) }
        p.lead {
            "kernel " (about.kernel) ", " (about.started) ", " (about.scale)
            " scale; all modes of a row in turn within one boot"
        }
        @if let Some(headline) = &report.headline { p.headline { (headline) } }
        (summary::section(report))
        (verified(&report.judgement))
        h2 { "Rows" }
        @for row in &report.rows { (row::section(row, measured)) }
        @if !report.is_demo() { (summary::paper(&report.paper)) }
        (left(report))
        (notes::fairness())
        (notes::how_to_read())
        (environment(report))
    };
    let style = format!("{STYLE}{}", svg::sheet());
    document(&format!("{title}, {}", about.kernel), &style, &body)
}

/// The checks and warnings.
fn verified(judgement: &Judgement) -> Markup {
    html! {
        h2 { "Checks and warnings" }
        ul {
            @for check in &judgement.checks {
                li class=(if check.ok { "ok" } else { "bad" }) { (check.text) }
            }
            @for warning in &judgement.warnings { li.warn { (warning) } }
        }
    }
}

/// What was not measured, with its reason.
fn left(report: &Report) -> Markup {
    let left = report.left.iter();
    let left = left.map(|left| (format!("{} in {}", left.row, left.mode), &left.why));
    let failed = report.failed.iter();
    let failed = failed.map(|failed| (failed.id.clone(), &failed.why));
    let all: Vec<_> = failed.chain(left).collect();
    html! {
        @if !all.is_empty() {
            h2 { "Left out" }
            div.wide {
                table.text {
                    tr { th { "what" } th { "why" } }
                    @for (what, why) in all { tr { td { (what) } td { (why) } } }
                }
            }
        }
    }
}

fn environment(report: &Report) -> Markup {
    let about = &report.environment;
    let machine = &about.machine;
    let [before, after] = machine.host_load;
    let accel = match machine.accel.as_str() {
        "tcg" => {
            "QEMU TCG: the guest's CPUs are emulated; compare modes, not times with other machines"
        }
        other => other,
    };
    let config = about.config.iter();
    let config = config.map(|(name, value)| format!("{name}={value}"));
    let commit = machine.commit.clone();
    let items = [
        ("Kernel", about.kernel.clone()),
        ("Configuration", config.collect::<Vec<_>>().join(" ")),
        ("CPU", about.cpu.clone()),
        ("Accelerator", accel.to_owned()),
        (
            "CPUs",
            format!(
                "{} in the guest, {} on the host",
                machine.guest_cpus, machine.host_cpus
            ),
        ),
        (
            "Load of the host",
            format!("{before} before, {after} after (average over one minute)"),
        ),
        ("Sources", commit.unwrap_or_else(|| "without git".into())),
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
