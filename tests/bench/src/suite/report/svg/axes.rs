// SPDX-License-Identifier: GPL-2.0
//! Where values lie: decades of nanoseconds upwards, nines of percentiles to the right.

/// Ticks of the horizontal axis.
pub(super) const PERCENTS: [(f64, &str); 6] = [
    (0.0, "p0"),
    (50.0, "p50"),
    (90.0, "p90"),
    (99.0, "p99"),
    (99.9, "p99.9"),
    (99.99, "p99.99"),
];
/// The last tick, in nines.
const NINES: f64 = 4.0;
/// The decades shown when nothing was measured: 1 µs to 1 ms.
const DEFAULT: (i32, i32) = (3, 6);

/// The scale of panels side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scale {
    /// The first decade: 10^low ns.
    pub(super) low: i32,
    /// The last one.
    pub(super) high: i32,
}

impl Scale {
    /// The decades that hold all of these times.
    pub(super) fn holding(values: impl Iterator<Item = u64>) -> Scale {
        let (low, high) = values
            .map(decade)
            .fold((f64::MAX, f64::MIN), |(low, high), value| {
                (low.min(value), high.max(value))
            });
        if low > high {
            return Scale {
                low: DEFAULT.0,
                high: DEFAULT.1,
            };
        }
        let low = low.floor() as i32;
        Scale {
            low,
            high: (high.ceil() as i32).max(low + 1),
        }
    }

    /// The share of the height for a time, 0 at the bottom.
    pub(super) fn up(&self, ns: u64) -> f64 {
        self.up_power(decade(ns))
    }

    /// The share of the height for a power of ten.
    pub(super) fn up_power(&self, power: f64) -> f64 {
        let (low, high) = (f64::from(self.low), f64::from(self.high));
        ((power - low) / (high - low)).clamp(0.0, 1.0)
    }
}

/// The share of the width for a percentile of `count` values. The largest value stands where the
/// middle of its share of the values is.
pub(super) fn right(percent: f64, count: u64) -> f64 {
    let beyond = (1.0 - percent / 100.0).max(0.5 / count.max(1) as f64);
    (-beyond.log10() / NINES).clamp(0.0, 1.0)
}

/// Zero has no logarithm; a time of 0 ns counts as 1.
fn decade(ns: u64) -> f64 {
    (ns.max(1) as f64).log10()
}

/// The name of a decade.
pub(super) fn decade_name(power: i32) -> String {
    let unit = ["ns", "µs", "ms", "s"]
        .get((power / 3) as usize)
        .copied()
        .unwrap_or("?");
    format!("{} {unit}", 10i32.pow((power % 3) as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_nine_takes_the_same_room() {
        assert_eq!(right(0.0, 1_000_000), 0.0);
        for (percent, share) in [(90.0, 0.25), (99.0, 0.5), (99.9, 0.75), (99.99, 1.0)] {
            assert!(
                (right(percent, 1_000_000) - share).abs() < 1e-9,
                "{percent}"
            );
        }
        assert!(right(100.0, 50) < 0.6);
        assert_eq!(right(100.0, 0), right(50.0, 1));
    }

    #[test]
    fn decades() {
        assert_eq!(decade_name(0), "1 ns");
        assert_eq!(decade_name(4), "10 µs");
        assert_eq!(decade_name(8), "100 ms");
        let scale = Scale { low: 3, high: 6 };
        assert_eq!(scale.up(1000), 0.0);
        assert_eq!(scale.up(1_000_000), 1.0);
        assert_eq!(scale.up(0), 0.0);
    }
}
