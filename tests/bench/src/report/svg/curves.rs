// SPDX-License-Identifier: GPL-2.0
//! The percentile plot of a row with times: one step curve per mode, all its rounds together, as
//! counted.
//!
//! A step is a bucket of the histogram: flat over the share of packets that it holds. Nothing is
//! smoothed and nothing is interpolated; steps that are narrower than the picture can show are
//! drawn as one.

use maud::{html, Markup};

use super::axes::Axes;
use crate::mode::Mode;
use crate::statistics::Times;

/// A pixel on most screens.
const NARROW: f64 = 0.5;

/// What a reader must know.
pub(crate) const NOTE: &str = "Horizontal: percentile of packets, each nine as wide as the other; \
                               vertical: time, logarithmic. All rounds together, unsmoothed.";

/// Draws it.
pub(crate) fn draw(width: f64, height: f64, curves: &[(Mode, Times)], floor: &Times) -> Markup {
    // The floor may leave the scale: it is mostly far below.
    let ends = curves.iter().filter(|(_, times)| times.total() > 0);
    let ends: Vec<u64> = ends.flat_map(|(_, times)| [times.min, times.max]).collect();
    let axes = Axes::holding(&ends, width - 24.0, height);
    html! {
        (axes.grid())
        (steps(&axes, "late", floor))
        // KBP last: it lies above where the curves meet.
        @for (mode, times) in curves { (steps(&axes, &format!("curve {mode}"), times)) }
    }
}

fn steps(axes: &Axes, class: &str, times: &Times) -> Markup {
    let total = times.total();
    let mut path = String::new();
    let mut drawn = axes.x(0.0, total);
    let mut seen = 0;
    for (at, (_, high, count)) in times.counts.iter().enumerate() {
        seen += count;
        let x = axes.x(100.0 * seen as f64 / total as f64, total);
        let last = at + 1 == times.counts.len();
        if x - drawn < NARROW && !last {
            continue;
        }
        let y = axes.y(high.saturating_sub(1).min(times.max));
        path += &match path.is_empty() {
            true => format!("M{drawn:.1} {y:.1}H{x:.1}"),
            false => format!("V{y:.1}H{x:.1}"),
        };
        drawn = x;
    }
    html! { @if total > 0 { path class=(class) d=(path) {} } }
}
