// SPDX-License-Identifier: GPL-2.0
//! `out/delay/delays.svg`: the percentiles of each row, all modes beside each other.

use maud::{html, Markup, PreEscaped};

use super::event::Cell;
use super::report::{rows, Report};
use crate::mode::Mode;
use crate::report::svg::elements::{legend, legend_height, p, picture_of, text, WIDTH};
use crate::report::svg::{curves, style};
use crate::statistics::Times;

const MARGIN: f64 = 20.0;
/// Room for the titles, above the legend.
const HEAD: f64 = 72.0;
/// Room for the name of a row, and for the names of the ticks.
const NAME: f64 = 26.0;
const BELOW: f64 = 34.0;
const COLUMNS: usize = 2;
const COLUMN: f64 = (WIDTH - 2.0 * MARGIN) / COLUMNS as f64;
const PLOT: f64 = 190.0;

/// Draws it.
pub(super) fn draw(report: &Report) -> String {
    let cells = &report.cells;
    let shown = |mode: &Mode| cells.iter().any(|cell| cell.mode == *mode);
    let modes: Vec<Mode> = Mode::ALL.into_iter().filter(shown).collect();
    let rows = rows(cells);
    let top = HEAD + legend_height(modes.len());
    let place = |at: usize| {
        let left = MARGIN + (at % COLUMNS) as f64 * COLUMN;
        (left, top + (at / COLUMNS) as f64 * (NAME + PLOT + BELOW))
    };
    let (_, end) = place(rows.len().next_multiple_of(COLUMNS));
    let about = format!(
        "kernel {}, one CPU, a clock that counts instructions",
        report.kernel
    );
    let inside = html! {
        style { (PreEscaped(style::sheet())) }
        rect class="page" width=(WIDTH) height=(p(end)) {}
        (text("title", MARGIN, 34.0, "From the interrupt to the poll"))
        (text("sub", MARGIN, 56.0, &about))
        g transform={ "translate(0 " (HEAD) ")" } { (legend(&modes, &[])) }
        @for (at, row) in rows.iter().enumerate() {
            @let (x, y) = place(at);
            g transform={ "translate(" (p(x)) " " (p(y)) ")" } {
                (text("name", 0.0, 18.0, row))
                (panel(cells.iter().filter(|cell| cell.row == *row)))
            }
        }
    };
    picture_of(end, "Percentiles of delays", &inside).into_string() + "\n"
}

fn panel<'a>(cells: impl Iterator<Item = &'a Cell>) -> Markup {
    let curves: Vec<(Mode, Times)> = cells.map(|cell| (cell.mode, cell.delay.clone())).collect();
    html! {
        g transform={ "translate(0 " (NAME) ")" } {
            (curves::draw(COLUMN, PLOT, &curves, &Times::default()))
        }
    }
}
