// SPDX-License-Identifier: GPL-2.0
//! The room of one plot on a page: its border, its ticks, and where a value lies.

use maud::{html, Markup};

use super::axes::{decade_name, right, Scale, PERCENTS};
use super::elements::{p, text};

/// The room that curves have, without the names of the ticks.
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

impl Frame {
    /// The border, decades upwards and nines to the right, with their names.
    pub(super) fn grid(&self, scale: &Scale) -> Markup {
        let (x0, x1, y0, y1) = (self.left, self.right, self.top, self.bottom);
        html! {
            rect class="frame" x=(p(x0)) y=(p(y0)) width=(p(x1 - x0)) height=(p(y1 - y0)) {}
            @for power in scale.low..=scale.high {
                @let y = self.y(scale.up_power(f64::from(power)));
                path class="grid" d={ "M" (p(x0)) " " (p(y)) "H" (p(x1)) } {}
                (text("tick y", x0 - 6.0, y + 4.0, &decade_name(power)))
            }
            @for (percent, name) in PERCENTS {
                @let x = self.x(percent, u64::MAX);
                path class="grid" d={ "M" (p(x)) " " (p(y0)) "V" (p(y1)) } {}
                (text("tick x", x, y1 + 16.0, name))
            }
        }
    }

    /// Where a percentile of `count` values is.
    pub(super) fn x(&self, percent: f64, count: u64) -> f64 {
        self.left + right(percent, count) * (self.right - self.left)
    }

    /// Where a share of the height is, 0 at the bottom.
    pub(super) fn y(&self, share: f64) -> f64 {
        self.bottom - share * (self.bottom - self.top)
    }
}
