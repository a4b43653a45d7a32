// SPDX-License-Identifier: GPL-2.0
//! The room of one plot, and where values lie in it: decades of nanoseconds upwards, nines of
//! percentiles to the right.

use maud::{html, Markup};

use super::elements::{p, text};

/// Ticks of the horizontal axis.
const PERCENTS: [(f64, &str); 6] = [
    (0.0, "p0"),
    (50.0, "p50"),
    (90.0, "p90"),
    (99.0, "p99"),
    (99.9, "p99.9"),
    (99.99, "p99.99"),
];
/// The last tick, in nines.
const NINES: f64 = 4.0;
/// The range shown when nothing was measured: 1 µs to 1 ms.
const DEFAULT: [u64; 2] = [1000, 1_000_000];
/// Where the room begins; left of it are the names of the decades.
pub(crate) const LEFT: f64 = 70.0;
const TOP: f64 = 8.0;

/// The room that curves have, without the names of the ticks.
pub(crate) struct Axes {
    right: f64,
    bottom: f64,
    /// The first decade, 10^low ns, and the last one.
    low: u32,
    high: u32,
}

impl Axes {
    /// With the decades that hold all of these times.
    pub(crate) fn holding(times: &[u64], right: f64, bottom: f64) -> Axes {
        let shortest = times.iter().copied().min().unwrap_or(DEFAULT[0]);
        let longest = times.iter().copied().max().unwrap_or(DEFAULT[1]);
        let low = shortest.max(1).ilog10();
        let high = (longest.max(2) - 1).ilog10() + 1;
        Axes {
            right,
            bottom,
            low,
            high: high.max(low + 1),
        }
    }

    /// The border, decades upwards and nines to the right, with their names.
    pub(crate) fn grid(&self) -> Markup {
        let (width, height) = (self.right - LEFT, self.bottom - TOP);
        html! {
            rect class="frame" x=(p(LEFT)) y=(p(TOP)) width=(p(width)) height=(p(height)) {}
            @for power in self.low..=self.high {
                @let y = self.decade(f64::from(power));
                path class="grid" d={ "M" (p(LEFT)) " " (p(y)) "h" (p(width)) } {}
                (text("tick y", LEFT - 6.0, y + 4.0, &decade_name(power)))
            }
            @for (percent, name) in PERCENTS {
                @let x = self.x(percent, u64::MAX);
                path class="grid" d={ "M" (p(x)) " " (p(TOP)) "v" (p(height)) } {}
                (text("tick x", x, self.bottom + 16.0, name))
            }
        }
    }

    /// Where a percentile of `count` values is. The largest value stands where the middle of its
    /// share of the values is.
    pub(crate) fn x(&self, percent: f64, count: u64) -> f64 {
        let beyond = (1.0 - percent / 100.0).max(0.5 / count.max(1) as f64);
        let share = (-beyond.log10() / NINES).clamp(0.0, 1.0);
        LEFT + share * (self.right - LEFT)
    }

    /// Where a time is. Zero has no logarithm; it counts as 1 ns.
    pub(crate) fn y(&self, ns: u64) -> f64 {
        self.decade((ns.max(1) as f64).log10())
    }

    fn decade(&self, power: f64) -> f64 {
        let (low, high) = (f64::from(self.low), f64::from(self.high));
        let share = ((power - low) / (high - low)).clamp(0.0, 1.0);
        self.bottom - share * (self.bottom - TOP)
    }
}

fn decade_name(power: u32) -> String {
    let unit = ["ns", "µs", "ms", "s"].get((power / 3) as usize);
    format!("{} {}", 10u32.pow(power % 3), unit.unwrap_or(&"?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_nine_and_each_decade_takes_the_same_room() {
        let axes = Axes::holding(&[1000, 999_999], LEFT + 400.0, TOP + 300.0);
        for (percent, x) in [(0.0, 0.0), (90.0, 100.0), (99.0, 200.0), (99.99, 400.0)] {
            let found = axes.x(percent, u64::MAX) - LEFT;
            assert!((found - x).abs() < 1e-6, "{percent}: {found}");
        }
        assert!(axes.x(100.0, 50) < LEFT + 240.0);
        assert_eq!(axes.x(100.0, 0), axes.x(50.0, 1));
        let heights = [1000, 10_000, 1_000_000, 0].map(|ns| axes.y(ns).round() - TOP);
        assert_eq!(heights, [300.0, 200.0, 0.0, 300.0]);
        let names = [0, 4, 8].map(decade_name);
        assert_eq!(names, ["1 ns", "10 µs", "100 ms"]);
    }
}
