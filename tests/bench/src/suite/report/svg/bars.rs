// SPDX-License-Identifier: GPL-2.0
//! The bars of a search for the highest rate: the median of the rounds, and where it is likely to be.

use super::{open, WIDTH};
use crate::report::svg::text;
use crate::suite::cell::Mode;
use crate::suite::statistics::Estimate;

const LEFT: f64 = 150.0;
/// Room for the number behind the longest error bar.
const RIGHT: f64 = 130.0;
const LINE: f64 = 30.0;
const BAR: f64 = 18.0;
const BELOW: f64 = 30.0;

/// Draws it.
pub(crate) fn draw(label: &str, rates: &[(Mode, Estimate)]) -> String {
    let height = rates.len() as f64 * LINE + BELOW;
    let mut svg = open(height, &format!("Rate without loss in {label}"));
    let most = rates.iter().map(|(_, rate)| rate.high).fold(1.0, f64::max);
    let x = |rate: f64| LEFT + rate.max(0.0) / most * (WIDTH - LEFT - RIGHT);
    for (at, (mode, rate)) in rates.iter().enumerate() {
        let middle = at as f64 * LINE + LINE / 2.0;
        let (top, width) = (middle - BAR / 2.0, x(rate.median) - LEFT);
        text(&mut svg, "bar-name", LEFT - 8.0, middle + 4.0, mode.name());
        svg += &format!(
            "<rect class=\"bar {mode}\" x=\"{LEFT}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{BAR}\"/>\n"
        );
        let [low, high] = rate.likely().map(x);
        svg += &format!(
            "<path class=\"error\" d=\"M{low:.1} {:.1}v10m0 -5H{high:.1}m0 -5v10\"/>\n",
            middle - 5.0
        );
        let words = format!("{:.0} pps", rate.median);
        text(&mut svg, "bar-value", high + 8.0, middle + 4.0, &words);
    }
    let few = rates.iter().any(|(_, rate)| rate.few());
    let bars = match few {
        true => "Error bars: lowest and highest round (too few rounds for an interval of 95 %).",
        false => "Error bars: 95 % interval of the median (bootstrap over rounds).",
    };
    text(&mut svg, "note", LEFT, height - 8.0, bars);
    svg + "</svg>\n"
}
