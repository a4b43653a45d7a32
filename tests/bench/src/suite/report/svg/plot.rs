// SPDX-License-Identifier: GPL-2.0
//! The plot of one row: curves of times, or bars of rates.

use maud::{html, Markup};

use crate::mode::Mode;
use crate::report::svg::axes::LEFT;
use crate::report::svg::curves;
use crate::report::svg::elements::{legend, legend_height, p, picture_of, text, NOISE, WIDTH};
use crate::statistics::{Estimate, Times};
use crate::suite::metric::Metric;
use crate::suite::report::measured::Measured;
use crate::suite::report::model::{ModeReport, RowReport};

/// Height of a plot on the page.
const PLOT: f64 = 320.0;
/// Room for the names of bars, and for the number behind the longest error bar.
const BEFORE: f64 = 150.0;
const BEHIND: f64 = 130.0;
/// Room for one bar, at most; the bar's share of it.
const LINE: f64 = 30.0;
const BAR: f64 = 0.6;
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
            Plot::Bars(rates) => bars(width, height, rates),
        }
    }

    /// As a picture of its own. The page has the style.
    pub(crate) fn alone(&self, name: &str) -> Markup {
        let (legend, head, room, note) = match self {
            Plot::Curves(curves, _) => {
                let modes: Vec<Mode> = curves.iter().map(|(mode, _)| *mode).collect();
                let head = legend_height(modes.len() + 1);
                (legend(&modes, &[NOISE]), head, PLOT, curves::NOTE)
            }
            Plot::Bars(rates) => {
                let room = rates.len() as f64 * LINE;
                (html! {}, 0.0, room, note(rates))
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

/// What the error bars are.
fn note(rates: &[(Mode, Estimate)]) -> &'static str {
    match rates.iter().any(|(_, rate)| rate.few()) {
        true => "Error bars: lowest and highest round (too few rounds for an interval of 95 %).",
        false => "Error bars: 95 % interval of the median (bootstrap over rounds).",
    }
}

/// The median of the rounds, and where it is likely to be.
fn bars(width: f64, height: f64, rates: &[(Mode, Estimate)]) -> Markup {
    let most = rates.iter().map(|(_, rate)| rate.high).fold(1.0, f64::max);
    let x = |rate: f64| BEFORE + rate.max(0.0) / most * (width - BEFORE - BEHIND);
    let line = (height / rates.len().max(1) as f64).min(LINE);
    let bar = BAR * line;
    html! {
        @for (at, (mode, rate)) in rates.iter().enumerate() {
            @let middle = (at as f64 + 0.5) * line;
            @let [low, high] = rate.likely().map(x);
            (text("bar-name", BEFORE - 8.0, middle + 4.0, mode.name()))
            rect class={ "bar " (mode) } x=(BEFORE) y=(p(middle - bar / 2.0))
                width=(p(x(rate.median) - BEFORE)) height=(p(bar)) {}
            path class="error"
                d={ "M" (p(low)) " " (p(middle - 5.0)) "v10m0 -5H" (p(high)) "m0 -5v10" } {}
            (text("bar-value", high + 8.0, middle + 4.0, &format!("{:.0} pps", rate.median)))
        }
    }
}
