// SPDX-License-Identifier: GPL-2.0
//! `report.svg`: the plots of all rows in two columns.

use maud::{html, Markup};

use super::plot::{Plot, BELOW};
use crate::mode::Mode;
use crate::report::svg::elements::{text, NOISE};
use crate::report::svg::sheet::{self, Head, COLUMN, PLOT};
use crate::suite::report::measured::Measured;
use crate::suite::report::model::RowReport;
use crate::suite::report::whole::Report;
use crate::suite::report::words;

/// Room for the name of a row.
const NAME: f64 = 46.0;
/// So many letters of a small text fit into a column.
const LETTERS: usize = 76;

/// Draws it.
pub(crate) fn draw(report: &Report, measured: &Measured) -> String {
    let rows = &report.rows;
    let shown = |mode: &Mode| rows.iter().any(|row| row.modes.contains_key(mode));
    let modes: Vec<Mode> = Mode::ALL.into_iter().filter(shown).collect();
    let title = match report.is_demo() {
        true => "softirq NAPI and KBP: round trips on the wall clock",
        false => "KBP beside every way to poll, one boot, measured in turn",
    };
    let about = &report.environment;
    let machine = match about.machine.emulated() {
        true => "QEMU TCG (emulated CPUs)",
        false => "KVM",
    };
    let machine = format!(
        "kernel {} · {machine} · {} guest CPUs on {} host CPUs",
        about.kernel, about.machine.guest_cpus, about.machine.host_cpus
    );
    let doubt = "This run cannot tell: too many rows are in doubt.";
    let head = Head {
        label: "Percentiles of all rows",
        title,
        about: &machine,
        doubt: report.headline.is_some().then_some(doubt),
        modes: &modes,
        others: &[NOISE],
    };
    let panels: Vec<Markup> = rows.iter().map(|row| panel(row, measured)).collect();
    sheet::draw(&head, NAME + PLOT + BELOW, &panels)
}

fn panel(row: &RowReport, measured: &Measured) -> Markup {
    let about: String = match row.about.chars().count() > LETTERS {
        true => row.about.chars().take(LETTERS - 1).chain(['…']).collect(),
        false => row.about.clone(),
    };
    html! {
        (text("name", 0.0, 18.0, &row.name))
        @if let Some(words) = result(row) {
            (text("result", COLUMN - 24.0, 18.0, &words))
        }
        (text("sub", 0.0, 36.0, &about))
        g transform={ "translate(0 " (NAME) ")" } { (Plot::of(row, measured).draw(COLUMN, PLOT)) }
    }
}

/// What KBP made of softirq's result.
fn result(row: &RowReport) -> Option<String> {
    let metric = row.decisive();
    let of = |mode| Some(words::value(metric, row.result(mode)?));
    let (before, after) = (of(Mode::Softirq)?, of(row.kbp?)?);
    Some(format!("{}  {before} → {after}", metric.name()))
}
