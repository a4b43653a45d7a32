// SPDX-License-Identifier: GPL-2.0
//! The plots of the suite's rows.

mod bars;
mod curves;
mod style;

pub(super) use bars::draw as bars;
pub(super) use curves::draw as curves;
pub(super) use style::sheet;

use crate::report::format::escape;
use crate::report::svg::text;
use crate::suite::cell::Mode;

const WIDTH: f64 = 1000.0;
/// Room for one line of the legend.
const LEGEND_LINE: f64 = 22.0;
/// Entries of the legend side by side.
const LEGEND_COLUMNS: usize = 5;

/// The beginning of a picture.
fn open(height: f64, label: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" role=\"img\" aria-label=\"{}\">\n",
        escape(label)
    )
}

/// How high the legend for so many modes and the noise is.
fn legend_height(modes: usize) -> f64 {
    (modes + 1).div_ceil(LEGEND_COLUMNS) as f64 * LEGEND_LINE
}

/// The lines and their names.
fn legend(svg: &mut String, modes: &[Mode], top: f64) {
    let entries = modes
        .iter()
        .map(|mode| (format!("curve {mode}"), mode.name()));
    let noise = ("late".to_owned(), "noise floor");
    for (at, (class, name)) in entries.chain([noise]).enumerate() {
        let x = 20.0 + (at % LEGEND_COLUMNS) as f64 * (WIDTH - 40.0) / LEGEND_COLUMNS as f64;
        let y = top + (at / LEGEND_COLUMNS) as f64 * LEGEND_LINE + 12.0;
        *svg += &format!("<path class=\"{class}\" d=\"M{x:.1} {y:.1}h32\"/>\n");
        text(svg, "legend", x + 38.0, y + 4.0, name);
    }
}

#[cfg(test)]
pub(super) mod tests;
