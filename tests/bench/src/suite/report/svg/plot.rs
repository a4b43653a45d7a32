// SPDX-License-Identifier: GPL-2.0
//! The plot of one row: curves of times, or bars of rates.

use maud::{html, Markup};

use super::axes::LEFT;
use super::elements::{legend, legend_height, picture_of, text, WIDTH};
use super::{bars, curves};
use crate::statistics::{Estimate, Times};
use crate::suite::cell::Mode;
use crate::suite::metric::Metric;
use crate::suite::report::measured::Measured;
use crate::suite::report::model::{ModeReport, RowReport};

/// Height of a plot on the page.
const PLOT: f64 = 320.0;
/// Room for the names of the horizontal axis and for a note.
pub(super) const BELOW: f64 = 48.0;

/// What is drawn of a row.
pub(crate) enum Plot {
    /// Times of each mode, all rounds together, and what the time source added.
    Curves(Vec<(Mode, Times)>, Times),
    /// Rates of a search.
    Bars(Vec<(Mode, Estimate)>),
}

impl Plot {
    pub(crate) fn of(row: &RowReport, measured: &Measured) -> Plot {
        if row.decisive() == Metric::Rate {
            let rate = |(mode, report): (&Mode, &ModeReport)| {
                Some((*mode, *report.metrics.get(&Metric::Rate)?))
            };
            return Plot::Bars(row.modes.iter().filter_map(rate).collect());
        }
        let merged = |mode: &Mode| (*mode, measured.merged(&row.name, *mode));
        let curves = row.modes.keys().map(merged).collect();
        Plot::Curves(curves, measured.floor(&row.name))
    }

    /// Draws it into a room of this width and height; the names of the ticks go below.
    pub(super) fn draw(&self, width: f64, height: f64) -> Markup {
        match self {
            Plot::Curves(curves, floor) => curves::draw(width, height, curves, floor),
            Plot::Bars(rates) => bars::draw(width, height, rates),
        }
    }

    /// As a picture of its own. The page has the style.
    pub(crate) fn alone(&self, name: &str) -> Markup {
        let (legend, head, room, note) = match self {
            Plot::Curves(curves, _) => {
                let modes: Vec<Mode> = curves.iter().map(|(mode, _)| *mode).collect();
                (
                    legend(&modes),
                    legend_height(modes.len()),
                    PLOT,
                    curves::NOTE,
                )
            }
            Plot::Bars(rates) => {
                let room = rates.len() as f64 * bars::LINE;
                (html! {}, 0.0, room, bars::note(rates))
            }
        };
        let height = head + room + BELOW;
        let inside = html! {
            (legend)
            g transform={ "translate(0 " (head) ")" } { (self.draw(WIDTH, room)) }
            (text("note", LEFT, height - 6.0, note))
        };
        picture_of(height, &format!("Plot of {name}"), &inside)
    }
}
