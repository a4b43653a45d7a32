// SPDX-License-Identifier: GPL-2.0
//! The bars of a search for the highest rate: the median of the rounds, and where it is likely to
//! be.

use maud::{html, Markup};

use super::elements::{p, text};
use crate::statistics::Estimate;
use crate::suite::cell::Mode;

const LEFT: f64 = 150.0;
/// Room for the number behind the longest error bar.
const RIGHT: f64 = 130.0;
/// Room for one bar, at most; the bar's share of it.
pub(super) const LINE: f64 = 30.0;
const BAR: f64 = 0.6;

/// What the error bars are.
pub(super) fn note(rates: &[(Mode, Estimate)]) -> &'static str {
    match rates.iter().any(|(_, rate)| rate.few()) {
        true => "Error bars: lowest and highest round (too few rounds for an interval of 95 %).",
        false => "Error bars: 95 % interval of the median (bootstrap over rounds).",
    }
}

/// Draws them.
pub(super) fn draw(width: f64, height: f64, rates: &[(Mode, Estimate)]) -> Markup {
    let most = rates.iter().map(|(_, rate)| rate.high).fold(1.0, f64::max);
    let x = |rate: f64| LEFT + rate.max(0.0) / most * (width - LEFT - RIGHT);
    let line = (height / rates.len().max(1) as f64).min(LINE);
    let bar = BAR * line;
    html! {
        @for (at, (mode, rate)) in rates.iter().enumerate() {
            @let middle = (at as f64 + 0.5) * line;
            @let [low, high] = rate.likely().map(x);
            (text("bar-name", LEFT - 8.0, middle + 4.0, mode.name()))
            rect class={ "bar " (mode) } x=(LEFT) y=(p(middle - bar / 2.0))
                width=(p(x(rate.median) - LEFT)) height=(p(bar)) {}
            path class="error"
                d={ "M" (p(low)) " " (p(middle - 5.0)) "v10m0 -5H" (p(high)) "m0 -5v10" } {}
            (text("bar-value", high + 8.0, middle + 4.0, &format!("{:.0} pps", rate.median)))
        }
    }
}
