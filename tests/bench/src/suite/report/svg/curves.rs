// SPDX-License-Identifier: GPL-2.0
//! The percentile plot of a row with times: one step curve per mode, all its rounds together, as counted.
//!
//! A step is a bucket of the histogram: flat over the share of packets that it holds. Nothing is smoothed and
//! nothing is interpolated; steps that are narrower than the picture can show are drawn as one.

use super::{legend, legend_height, open, WIDTH};
use crate::report::svg::axes::Scale;
use crate::report::svg::frame::Frame;
use crate::report::svg::text;
use crate::stats::Buckets;
use crate::suite::cell::Mode;

const PLOT: f64 = 320.0;
const BELOW: f64 = 48.0;
/// A pixel on most screens.
const NARROW: f64 = 0.5;

/// Draws it.
pub(crate) fn draw(label: &str, curves: &[(Mode, Buckets)], floor: &Buckets) -> String {
    let modes: Vec<Mode> = curves.iter().map(|(mode, _)| *mode).collect();
    let head = legend_height(modes.len());
    let height = head + PLOT + BELOW;
    let mut svg = open(height, &format!("Percentiles of {label}"));
    legend(&mut svg, &modes, 0.0);
    let frame = Frame {
        left: 70.0,
        right: WIDTH - 24.0,
        top: head + 8.0,
        bottom: head + PLOT,
    };
    let ends = curves
        .iter()
        .filter_map(|(_, buckets)| ends(buckets))
        .flatten();
    // The floor may leave the scale: it is mostly far below.
    let scale = Scale::holding(ends);
    frame.grid(&mut svg, &scale);
    steps(&mut svg, &frame, &scale, "late", floor);
    // KBP last: it lies above where the curves meet.
    for (mode, buckets) in curves {
        steps(&mut svg, &frame, &scale, &format!("curve {mode}"), buckets);
    }
    let words = "Horizontal: percentile of packets, each nine as wide as the other; vertical: time, logarithmic. \
                 All rounds together, unsmoothed.";
    text(&mut svg, "note", 70.0, height - 6.0, words);
    svg + "</svg>\n"
}

/// The shortest and the longest time.
fn ends(buckets: &Buckets) -> Option<[u64; 2]> {
    Some([buckets.counts.first()?.0, buckets.max])
}

fn steps(svg: &mut String, frame: &Frame, scale: &Scale, class: &str, buckets: &Buckets) {
    let total = buckets.total();
    if total == 0 {
        return;
    }
    let mut path = String::new();
    let mut drawn = frame.x(0.0, total);
    let mut seen = 0;
    for (at, (_, high, count)) in buckets.counts.iter().enumerate() {
        seen += count;
        let x = frame.x(100.0 * seen as f64 / total as f64, total);
        let last = at + 1 == buckets.counts.len();
        if x - drawn < NARROW && !last {
            continue;
        }
        let y = frame.y(scale.up(high.saturating_sub(1).min(buckets.max)));
        path += &match path.is_empty() {
            true => format!("M{drawn:.1} {y:.1}H{x:.1}"),
            false => format!("V{y:.1}H{x:.1}"),
        };
        drawn = x;
    }
    *svg += &format!("<path class=\"{class}\" d=\"{path}\"/>\n");
}
