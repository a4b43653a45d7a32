// SPDX-License-Identifier: GPL-2.0
//! `report.svg`: the plots of all rows in two columns.

use maud::{html, Markup, PreEscaped};

use super::plot::{Plot, BELOW};
use crate::mode::Mode;
use crate::report::svg::elements::{legend, legend_height, p, picture_of, text, NOISE, WIDTH};
use crate::report::svg::style;
use crate::suite::report::measured::Measured;
use crate::suite::report::model::RowReport;
use crate::suite::report::whole::Report;
use crate::suite::report::words;

const MARGIN: f64 = 20.0;
/// Room for the titles, above the legend.
const HEAD: f64 = 84.0;
/// Room for the name of a row.
const NAME: f64 = 46.0;
const COLUMNS: usize = 2;
const COLUMN: f64 = (WIDTH - 2.0 * MARGIN) / COLUMNS as f64;
const PLOT: f64 = 190.0;
/// So many letters of a small text fit into a column.
const LETTERS: usize = 76;

/// Draws it.
pub(crate) fn draw(report: &Report, measured: &Measured) -> String {
    let rows = &report.rows;
    let shown = |mode: &Mode| rows.iter().any(|row| row.modes.contains_key(mode));
    let modes: Vec<Mode> = Mode::ALL.into_iter().filter(shown).collect();
    let top = HEAD + legend_height(modes.len() + 1);
    let place = |at: usize| {
        let left = MARGIN + (at % COLUMNS) as f64 * COLUMN;
        (left, top + (at / COLUMNS) as f64 * (NAME + PLOT + BELOW))
    };
    let (_, end) = place(rows.len().next_multiple_of(COLUMNS));
    let title = match report.is_demo() {
        true => "softirq NAPI and KBP, one boot, measured in turn",
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
    let inside = html! {
        style { (PreEscaped(style::sheet())) }
        rect class="page" width=(WIDTH) height=(p(end + 8.0)) {}
        (text("title", MARGIN, 34.0, title))
        (text("sub", MARGIN, 56.0, &machine))
        @if report.headline.is_some() {
            (text("doubt", MARGIN, 76.0, "This run cannot tell: too many rows are in doubt."))
        }
        g transform={ "translate(0 " (HEAD) ")" } { (legend(&modes, &[NOISE])) }
        @for (at, row) in rows.iter().enumerate() {
            @let (x, y) = place(at);
            g transform={ "translate(" (p(x)) " " (p(y)) ")" } { (panel(row, measured)) }
        }
    };
    picture_of(end + 8.0, "Percentiles of all rows", &inside).into_string() + "\n"
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
