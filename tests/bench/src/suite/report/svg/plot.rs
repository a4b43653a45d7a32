// SPDX-License-Identifier: GPL-2.0
//! The plot of one row: curves of times, or bars of rates.

use maud::{html, Markup};

use super::elements::{legend, legend_height, picture_of, text, WIDTH};
use super::{bars, curves};
use crate::statistics::{Buckets, Estimate};
use crate::suite::cell::Mode;
use crate::suite::metric::Metric;
use crate::suite::report::measured::Measured;
use crate::suite::report::model::RowReport;

/// Height of a plot on the page.
const PLOT: f64 = 320.0;
/// Room for the names of the horizontal axis and for a note.
pub(super) const BELOW: f64 = 48.0;

/// What is drawn of a row.
pub(super) enum Plot {
    /// Times of each mode, all rounds together, and what the time source added.
    Curves(Vec<(Mode, Buckets)>, Buckets),
    /// Rates of a search.
    Bars(Vec<(Mode, Estimate)>),
}

impl Plot {
    pub(super) fn of(row: &RowReport, measured: &Measured) -> Plot {
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

    pub(super) fn height(&self, plot: f64) -> f64 {
        match self {
            Plot::Curves(..) => plot,
            Plot::Bars(rates) => bars::height(rates),
        }
    }

    /// Draws it into a room of this width and height; the names of the ticks go below.
    pub(super) fn draw(&self, width: f64, height: f64) -> Markup {
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
pub(crate) fn row(row: &RowReport, measured: &Measured) -> Markup {
    alone(&row.name, &Plot::of(row, measured))
}

pub(super) fn alone(name: &str, plot: &Plot) -> Markup {
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
