// SPDX-License-Identifier: GPL-2.0
//! The percentile plot of a row with times: one step curve per mode, all its rounds together, as
//! counted.
//!
//! A step is a bucket of the histogram: flat over the share of packets that it holds. Nothing is
//! smoothed and nothing is interpolated; steps that are narrower than the picture can show are
//! drawn as one.

use maud::{html, Markup};

use super::axes::Scale;
use super::frame::Frame;
use crate::statistics::Buckets;
use crate::suite::cell::Mode;

/// A pixel on most screens.
const NARROW: f64 = 0.5;

/// What a reader must know.
pub(super) const NOTE: &str = "Horizontal: percentile of packets, each nine as wide as the other; \
                               vertical: time, logarithmic. All rounds together, unsmoothed.";

/// Draws it.
pub(super) fn draw(width: f64, height: f64, curves: &[(Mode, Buckets)], floor: &Buckets) -> Markup {
    let frame = Frame {
        left: 70.0,
        right: width - 24.0,
        top: 8.0,
        bottom: height,
    };
    // The floor may leave the scale: it is mostly far below.
    let scale = Scale::holding(curves.iter().filter_map(|(_, b)| ends(b)).flatten());
    html! {
        (frame.grid(&scale))
        (steps(&frame, &scale, "late", floor))
        // KBP last: it lies above where the curves meet.
        @for (mode, buckets) in curves {
            (steps(&frame, &scale, &format!("curve {mode}"), buckets))
        }
    }
}

/// The shortest and the longest time.
fn ends(buckets: &Buckets) -> Option<[u64; 2]> {
    Some([buckets.counts.first()?.0, buckets.max])
}

fn steps(frame: &Frame, scale: &Scale, class: &str, buckets: &Buckets) -> Markup {
    let total = buckets.total();
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
    html! { @if total > 0 { path class=(class) d=(path) {} } }
}
