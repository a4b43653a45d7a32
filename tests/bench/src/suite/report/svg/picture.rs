// SPDX-License-Identifier: GPL-2.0
//! `report.svg`: the plots of all rows in two columns.

use maud::{html, Markup, PreEscaped};

use super::elements::{legend, legend_height, p, picture_of, text, WIDTH};
use super::plot::{Plot, BELOW};
use super::style;
use crate::suite::cell::Mode;
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
    let plots: Vec<(&RowReport, Plot)> = report
        .rows
        .iter()
        .map(|row| (row, Plot::of(row, measured)))
        .collect();
    let modes: Vec<Mode> = Mode::ALL
        .into_iter()
        .filter(|mode| report.rows.iter().any(|row| row.modes.contains_key(mode)))
        .collect();
    let mut top = HEAD + legend_height(modes.len());
    let mut lines = Vec::new();
    for pair in plots.chunks(COLUMNS) {
        let room = pair
            .iter()
            .map(|(_, plot)| plot.height(PLOT))
            .fold(0.0, f64::max);
        lines.push((top, pair));
        top += NAME + room + BELOW;
    }
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
    let headline = report.headline.is_some();
    let picture = picture_of(
        top + 8.0,
        "Percentiles of all rows",
        &html! {
            style { (PreEscaped(style::sheet())) }
            rect class="page" width=(WIDTH) height=(p(top + 8.0)) {}
            (text("title", MARGIN, 34.0, title))
            (text("sub", MARGIN, 56.0, &machine))
            @if headline {
                (text("doubt", MARGIN, 76.0, "This run cannot tell: too many rows are in doubt."))
            }
            g transform={ "translate(0 " (HEAD) ")" } { (legend(&modes)) }
            @for (top, pair) in lines {
                @for (at, (row, plot)) in pair.iter().enumerate() {
                    @let left = MARGIN + at as f64 * COLUMN;
                    g transform={ "translate(" (p(left)) " " (p(top)) ")" } { (panel(row, plot)) }
                }
            }
        },
    );
    picture.into_string() + "\n"
}

fn panel(row: &RowReport, plot: &Plot) -> Markup {
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
        g transform={ "translate(0 " (NAME) ")" } { (plot.draw(COLUMN, plot.height(PLOT))) }
    }
}

/// What KBP made of softirq's result.
fn result(row: &RowReport) -> Option<String> {
    let metric = row.decisive();
    let of = |mode| Some(words::value(metric, row.result(mode)?));
    let (before, after) = (of(Mode::Softirq)?, of(row.kbp?)?);
    Some(format!("{}  {before} → {after}", metric.name()))
}
