// SPDX-License-Identifier: GPL-2.0
//! `out/delay/delays.svg`: the percentiles of each row, all modes beside each other.

use maud::{html, Markup};

use super::event::Cell;
use super::report::{rows, Report};
use crate::mode::Mode;
use crate::report::svg::curves;
use crate::report::svg::elements::text;
use crate::report::svg::sheet::{self, Head, COLUMN, PLOT};
use crate::statistics::Times;

/// Room for the name of a row, and for the names of the ticks.
const NAME: f64 = 26.0;
const BELOW: f64 = 34.0;

/// Draws it.
pub(super) fn draw(report: &Report) -> String {
    let cells = &report.cells;
    let shown = |mode: &Mode| cells.iter().any(|cell| cell.mode == *mode);
    let modes: Vec<Mode> = Mode::ALL.into_iter().filter(shown).collect();
    let about = format!(
        "kernel {}, one CPU, a clock that counts instructions",
        report.kernel
    );
    let head = Head {
        label: "Percentiles of delays",
        title: "From the interrupt to the poll",
        about: &about,
        doubt: None,
        modes: &modes,
        others: &[],
    };
    let panels: Vec<Markup> = rows(cells)
        .into_iter()
        .map(|row| panel(row, cells.iter().filter(|cell| cell.row == *row)))
        .collect();
    sheet::draw(&head, NAME + PLOT + BELOW, &panels)
}

fn panel<'a>(row: &str, cells: impl Iterator<Item = &'a Cell>) -> Markup {
    let curves: Vec<(Mode, Times)> = cells.map(|cell| (cell.mode, cell.delay.clone())).collect();
    html! {
        (text("name", 0.0, 18.0, row))
        g transform={ "translate(0 " (NAME) ")" } {
            (curves::draw(COLUMN, PLOT, &curves, &Times::default()))
        }
    }
}
