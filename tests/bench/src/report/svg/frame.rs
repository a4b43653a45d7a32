// SPDX-License-Identifier: GPL-2.0
//! The room of one plot on a page: its border, its ticks, and where a value lies.

use super::axes::{decade_name, right, Scale, PERCENTS};
use super::text;

/// The room that curves have, without the names of the ticks.
pub(crate) struct Frame {
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) top: f64,
    pub(crate) bottom: f64,
}

impl Frame {
    /// The border.
    pub(crate) fn border(&self, svg: &mut String) {
        let Frame { left, top, .. } = self;
        *svg += &format!(
            "<rect class=\"frame\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>\n",
            self.right - left,
            self.bottom - top
        );
    }

    /// The border, decades upwards and nines to the right, with their names.
    pub(crate) fn grid(&self, svg: &mut String, scale: &Scale) {
        self.border(svg);
        let (x0, x1, y0, y1) = (self.left, self.right, self.top, self.bottom);
        for power in scale.low..=scale.high {
            let y = self.y(scale.up_power(f64::from(power)));
            *svg += &format!("<path class=\"grid\" d=\"M{x0:.1} {y:.1}H{x1:.1}\"/>\n");
            text(svg, "tick y", x0 - 6.0, y + 4.0, &decade_name(power));
        }
        for (percent, name) in PERCENTS {
            let x = self.x(percent, u64::MAX);
            *svg += &format!("<path class=\"grid\" d=\"M{x:.1} {y0:.1}V{y1:.1}\"/>\n");
            text(svg, "tick x", x, y1 + 16.0, name);
        }
    }

    /// Where a percentile of `count` values is.
    pub(crate) fn x(&self, percent: f64, count: u64) -> f64 {
        self.left + right(percent, count) * (self.right - self.left)
    }

    /// Where a share of the height is, 0 at the bottom.
    pub(crate) fn y(&self, share: f64) -> f64 {
        self.bottom - share * (self.bottom - self.top)
    }
}
