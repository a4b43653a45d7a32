// SPDX-License-Identifier: GPL-2.0
//! What is taken of a measurement.

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::cell::Workload;
use super::outcome::Outcome;

/// One number of a measurement. Times are nanoseconds.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Metric {
    /// The shortest time.
    Min,
    /// The mean of the times.
    Mean,
    /// Half of the times are not above it.
    P50,
    /// 90 % are not.
    P90,
    /// 99 % are not.
    P99,
    /// 99.9 % are not.
    #[serde(rename = "p99.9")]
    #[strum(serialize = "p99.9")]
    P999,
    /// The longest time.
    Max,
    /// The share of the packets that were lost, 0 to 1.
    Loss,
    /// Packets per second without loss.
    Rate,
}

impl Metric {
    /// Those of a measurement with times, in the order of reports.
    pub(super) const TIMES: [Metric; 8] = [
        Metric::Min,
        Metric::Mean,
        Metric::P50,
        Metric::P90,
        Metric::P99,
        Metric::P999,
        Metric::Max,
        Metric::Loss,
    ];

    /// Its name in reports.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Those that a workload has.
    pub fn of(workload: &Workload) -> &'static [Metric] {
        match workload {
            Workload::ZeroLoss { .. } => &[Metric::Rate],
            _ => &Metric::TIMES,
        }
    }

    /// The one that a workload is judged by.
    pub fn decisive(workload: &Workload) -> Metric {
        match workload {
            Workload::ZeroLoss { .. } => Metric::Rate,
            _ => Metric::P99,
        }
    }

    /// Whether more of it is better.
    pub fn more_is_better(self) -> bool {
        self == Metric::Rate
    }

    /// Whether a ratio of it says something: that of two losses, mostly of nothing, does not.
    pub fn has_ratio(self) -> bool {
        self != Metric::Loss
    }

    /// How much two runs of the same thing may differ on a quiet machine.
    pub fn quiet_band(self) -> f64 {
        match self {
            Metric::Min | Metric::Mean | Metric::P50 | Metric::Rate => 0.10,
            Metric::P90 | Metric::P99 | Metric::P999 | Metric::Max | Metric::Loss => 0.25,
        }
    }

    /// Its value; `None` where nothing was measured. A search that tried and found no rate found 0.
    pub fn value(self, outcome: &Outcome) -> Option<f64> {
        let (times, packets) = (&outcome.times, outcome.packets);
        let least = times.counts.first().map(|_| times.min as f64);
        let at = |quantile| least.map(|_| times.at(quantile) as f64);
        match self {
            Metric::Min => least,
            Metric::Mean => least.map(|_| times.mean),
            Metric::P50 => at(0.5),
            Metric::P90 => at(0.9),
            Metric::P99 => at(0.99),
            Metric::P999 => at(0.999),
            Metric::Max => at(1.0),
            Metric::Loss => (packets.sent > 0).then(|| packets.lost() as f64 / packets.sent as f64),
            Metric::Rate => {
                let tried = !outcome.trials.is_empty();
                outcome.rate.or(tried.then_some(0)).map(|rate| rate as f64)
            }
        }
    }
}

/// `a` by `b` in every round that has both: pairs share what the host did meanwhile, medians do
/// not.
pub fn ratios(a: &[&Outcome], b: &[&Outcome], metric: Metric) -> Vec<f64> {
    a.iter()
        .filter_map(|a| {
            let b = b.iter().find(|b| b.cell.round == a.cell.round)?;
            let (a, b) = (metric.value(a)?, metric.value(b)?);
            (a > 0.0 && b > 0.0).then(|| a / b)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::report::synthetic;
    use super::*;
    use crate::mode::Mode;

    #[test]
    fn ratios_are_made_within_a_round() {
        let slow = synthetic::timed("r", Mode::Softirq, 1, 1000);
        let mut fast = synthetic::timed("r", Mode::KbpArmed, 1, 100);
        let (slow_2, fast_3) = (
            synthetic::timed("r", Mode::Softirq, 2, 1000),
            synthetic::timed("r", Mode::KbpArmed, 3, 100),
        );
        let pairs = ratios(&[&fast, &fast_3], &[&slow, &slow_2], Metric::P50);
        assert_eq!(pairs, [0.1]);
        fast.times = Default::default();
        assert!(ratios(&[&fast], &[&slow], Metric::P50).is_empty());
    }

    #[test]
    fn metrics_of_a_known_outcome() {
        let mut outcome = synthetic::timed("r", Mode::Softirq, 1, 1000);
        outcome.packets.received = outcome.packets.sent - 10;
        let expected = [
            (Metric::Min, 1000.0),
            (Metric::P50, 1000.0),
            (Metric::P90, 1000.0),
            (Metric::P99, 4000.0),
            (Metric::P999, 8000.0),
            (Metric::Max, 8000.0),
            (Metric::Loss, 0.01),
        ];
        for (metric, value) in expected {
            assert_eq!(metric.value(&outcome), Some(value), "{metric:?}");
        }
        assert_eq!(Metric::Rate.value(&outcome), None);
    }

    #[test]
    fn a_search_that_found_nothing_found_zero() {
        let mut search = synthetic::search("z", Mode::Softirq, 1, 1000);
        assert_eq!(Metric::Rate.value(&search), Some(1000.0));
        search.rate = None;
        assert_eq!(Metric::Rate.value(&search), Some(0.0));
        search.trials.clear();
        assert_eq!(Metric::Rate.value(&search), None);
    }

    #[test]
    fn names_are_those_of_the_json() {
        for metric in Metric::TIMES.into_iter().chain([Metric::Rate]) {
            let json = serde_json::to_string(&metric).unwrap();
            assert_eq!(json, format!("\"{}\"", metric.name()));
        }
    }
}
