// SPDX-License-Identifier: GPL-2.0
//! Numbers of the suite as people read them.

use super::model::{ModeReport, Ratio};
use crate::report::format;
use crate::statistics::Estimate;
use crate::suite::metric::Metric;

/// A ratio with three significant digits.
pub(super) fn ratio(value: f64) -> String {
    match value {
        v if v >= 0.9995 => format::digits(v),
        v if v >= 0.09995 => format!("{v:.3}"),
        v if v >= 0.009_995 => format!("{v:.4}"),
        v if v >= 0.000_999_5 => format!("{v:.5}"),
        v => format!("{v:.2e}"),
    }
}

/// `0.0123 [0.0100–0.0150]`, with `~` before the range of too few rounds, and a word when it is
/// noise.
pub(super) fn with_interval(given: &Ratio) -> String {
    let ratio = interval(&given.of);
    match given.within_noise {
        true => ratio + ", within noise",
        false => ratio,
    }
}

/// The same of any estimate of a ratio.
pub(super) fn interval(of: &Estimate) -> String {
    let median = ratio(of.median);
    if of.rounds < 2 {
        return format!("{median} (1 round)");
    }
    let [low, high] = of.likely().map(ratio);
    let few = if of.few() { "~" } else { "" };
    format!("{median} {few}[{low}–{high}]")
}

/// A value of a metric, with its unit.
pub(super) fn value(metric: Metric, value: f64) -> String {
    match metric {
        Metric::Rate => format!("{value:.0} pps"),
        Metric::Loss => share(value),
        _ => format::time(value.round() as u64),
    }
}

/// A metric of a mode, or a dash.
pub(super) fn metric(report: &ModeReport, metric: Metric) -> String {
    let estimate = report.metrics.get(&metric);
    estimate.map_or("–".into(), |estimate| value(metric, estimate.median))
}

/// A share in percent. What is not nothing does not look like nothing.
pub(super) fn share(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        0.0 => "0 %".into(),
        p if p < 0.001 => "<0.001 %".into(),
        p if p < 0.1 => format!("{p:.3} %"),
        p => format!("{p:.1} %"),
    }
}

/// The cores' shares: `0: 12 %, 1: 99 %`.
pub(super) fn busy(report: &ModeReport) -> String {
    let cores = report.busy.iter();
    let cores = cores.map(|core| format!("{}: {:.0} %", core.cpu, core.share * 100.0));
    cores.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_ratios_keep_their_digits_and_a_little_loss_is_seen() {
        for (value, text) in [
            (12.34, "12.3"),
            (1.0, "1.00"),
            (0.9996, "1.00"),
            (0.5, "0.500"),
            (0.012_34, "0.0123"),
            (0.001_234, "0.00123"),
            (0.000_012_34, "1.23e-5"),
        ] {
            assert_eq!(ratio(value), text);
        }
        let shares = [0.0, 1e-9, 0.000_05, 0.25].map(share);
        assert_eq!(shares, ["0 %", "<0.001 %", "0.005 %", "25.0 %"]);
    }

    #[test]
    fn an_interval_says_when_it_is_none() {
        let of = |values: &[f64]| Estimate::of(values).unwrap();
        let mut noise = Ratio::in_noise(of(&[1.1]), None);
        noise.within_noise = true;
        for (said, text) in [
            (interval(&of(&[2.0])), "2.00 (1 round)"),
            (interval(&of(&[1.0, 2.0, 3.0])), "2.00 ~[1.00–3.00]"),
            (interval(&of(&[2.0; 6])), "2.00 [2.00–2.00]"),
            (with_interval(&noise), "1.10 (1 round), within noise"),
        ] {
            assert_eq!(said, text);
        }
    }
}
