// SPDX-License-Identifier: GPL-2.0
//! The plots of rows: each with its table on the page, and all together in one picture.

mod axes;
mod bars;
mod curves;
mod frame;
mod picture;
mod style;

pub(super) use picture::draw as picture;
pub(super) use style::sheet;

use maud::{html, Markup};

use super::measured::Measured;
use super::model::RowReport;
use crate::statistics::{Buckets, Estimate};
use crate::suite::cell::Mode;
use crate::suite::metric::Metric;

const WIDTH: f64 = 1000.0;
/// Height of a plot on the page.
const PLOT: f64 = 320.0;
/// Room for the names of the horizontal axis and for a note.
const BELOW: f64 = 48.0;
/// Room for one line of the legend.
const LEGEND_LINE: f64 = 22.0;
/// Entries of the legend side by side.
const LEGEND_COLUMNS: usize = 5;

/// What is drawn of a row.
enum Plot {
    /// Times of each mode, all rounds together, and what the time source added.
    Curves(Vec<(Mode, Buckets)>, Buckets),
    /// Rates of a search.
    Bars(Vec<(Mode, Estimate)>),
}

impl Plot {
    fn of(row: &RowReport, measured: &Measured) -> Plot {
        if row.decisive() == Metric::Rate {
            let rates = row.modes.iter();
            let rate = rates
                .filter_map(|(mode, report)| Some((*mode, *report.metrics.get(&Metric::Rate)?)));
            return Plot::Bars(rate.collect());
        }
        let merged = |mode: &Mode| (*mode, measured.merged(&row.name, *mode));
        let curves = row.modes.keys().map(merged).collect();
        Plot::Curves(curves, measured.floor(&row.name))
    }

    fn height(&self, plot: f64) -> f64 {
        match self {
            Plot::Curves(..) => plot,
            Plot::Bars(rates) => bars::height(rates),
        }
    }

    /// Draws it into a room of this width and height; the names of the ticks go below.
    fn draw(&self, width: f64, height: f64) -> Markup {
        match self {
            Plot::Curves(curves, floor) => curves::draw(width, height, curves, floor),
            Plot::Bars(rates) => bars::draw(width, rates),
        }
    }

    fn note(&self) -> &'static str {
        match self {
            Plot::Curves(..) => curves::NOTE,
            Plot::Bars(rates) => bars::note(rates),
        }
    }
}

/// The plot of one row as a picture of its own. The page has the style.
pub(super) fn row(row: &RowReport, measured: &Measured) -> Markup {
    alone(&row.name, &Plot::of(row, measured))
}

fn alone(name: &str, plot: &Plot) -> Markup {
    let modes: Vec<Mode> = match plot {
        Plot::Curves(curves, _) => curves.iter().map(|(mode, _)| *mode).collect(),
        Plot::Bars(_) => Vec::new(),
    };
    let curves = matches!(plot, Plot::Curves(..));
    let head = if curves {
        legend_height(modes.len())
    } else {
        0.0
    };
    let room = plot.height(PLOT);
    let height = head + room + BELOW;
    picture_of(
        height,
        &format!("Plot of {name}"),
        &html! {
            @if curves { (legend(&modes)) }
            g transform={ "translate(0 " (head) ")" } { (plot.draw(WIDTH, room)) }
            (text("note", 70.0, height - 6.0, plot.note()))
        },
    )
}

fn picture_of(height: f64, label: &str, inside: &Markup) -> Markup {
    html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (WIDTH) " " (height) }
            width=(WIDTH) height=(height) role="img" aria-label=(label) { (inside) }
    }
}

/// How high the legend for so many modes and the noise is.
fn legend_height(modes: usize) -> f64 {
    (modes + 1).div_ceil(LEGEND_COLUMNS) as f64 * LEGEND_LINE
}

/// The lines and their names.
fn legend(modes: &[Mode]) -> Markup {
    let entries = modes
        .iter()
        .map(|mode| (format!("curve {mode}"), mode.name()));
    let noise = ("late".to_owned(), "noise floor");
    let place = |at: usize| {
        let column = (at % LEGEND_COLUMNS) as f64;
        let x = 20.0 + column * (WIDTH - 40.0) / LEGEND_COLUMNS as f64;
        (x, (at / LEGEND_COLUMNS) as f64 * LEGEND_LINE + 12.0)
    };
    html! {
        @for (at, (class, name)) in entries.chain([noise]).enumerate() {
            @let (x, y) = place(at);
            path class=(class) d={ "M" (p(x)) " " (p(y)) "h32" } {}
            (text("legend", x + 38.0, y + 4.0, name))
        }
    }
}

/// A text at its base line.
fn text(class: &str, x: f64, y: f64, words: &str) -> Markup {
    html! { text class=(class) x=(p(x)) y=(p(y)) { (words) } }
}

/// A length as pictures have it.
fn p(length: f64) -> String {
    format!("{length:.1}")
}

#[cfg(test)]
pub(super) mod tests;
