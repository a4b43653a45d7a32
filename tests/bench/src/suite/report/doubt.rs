// SPDX-License-Identifier: GPL-2.0
//! When a row, or a whole run, cannot tell who is faster.
//!
//! A row cannot tell when any of these holds:
//! - its control, softirq once more, is not where softirq is, or contradicts itself
//!   ([`Noise::noisy`]);
//! - it has no control, and its rounds contradict each other: in one KBP is faster, in another
//!   slower;
//! - what the time source itself adds (p99) is above 2 ms and above what is compared;
//! - there is nothing to compare with.

use super::measured::Measured;
use super::model::{Ratio, RowReport};
use super::words;
use crate::report::format::time;
use crate::statistics::Buckets;
use crate::suite::cell::{Mode, Row};
use crate::suite::metric::Metric;
use crate::suite::noise::Noise;

/// A lateness (p99) that two quiet host cores stay below, also under emulation.
pub(super) const LATE_NS: u64 = 2_000_000;
/// More doubtful rows than this share, and the run cannot tell. Without controls only the ratios
/// of few rounds are there to say it, and rows without a real difference fail them by chance.
const WITH_CONTROL: f64 = 0.25;
const WITHOUT: f64 = 0.5;

/// The doubt of a row in which KBP or softirq is missing.
const ALONE: &str = "it has nothing to compare with";

/// What is known of a row.
pub(super) struct Known<'a> {
    pub(super) measured: &'a Measured<'a>,
    pub(super) row: &'a Row,
    /// The decisive metric's noise.
    pub(super) noise: Option<&'a Noise>,
    /// KBP by softirq.
    pub(super) ratio: Option<&'a Ratio>,
    /// What the time source added.
    pub(super) floor: &'a Buckets,
}

/// Why the row cannot tell.
pub(super) fn of_row(known: &Known<'_>) -> Option<String> {
    let metric = Metric::decisive(&known.row.workload);
    let control = known
        .noise
        .filter(|noise| noise.control.is_some_and(|_| noise.noisy()));
    if let Some(text) = control.and_then(|noise| of_control(noise, metric)) {
        return Some(text);
    }
    let has_control = known.noise.is_some_and(|noise| noise.control.is_some());
    if !has_control {
        let Some(ratio) = known.ratio else {
            return Some(ALONE.into());
        };
        if ratio.of.low <= 1.0 && 1.0 <= ratio.of.high {
            return Some(format!(
                "its rounds contradict each other: KBP's {} is {} of softirq's",
                metric.name(),
                words::interval(&ratio.of)
            ));
        }
    }
    late(known, metric)
}

fn of_control(noise: &Noise, metric: Metric) -> Option<String> {
    Some(format!(
        "the control's {} is {} of softirq's, quiet is ±{:.0} %",
        metric.name(),
        words::interval(&noise.control?),
        noise.quiet * 100.0
    ))
}

fn late(known: &Known<'_>, metric: Metric) -> Option<String> {
    let late = known.floor.at(0.99);
    if metric == Metric::Rate || late <= LATE_NS {
        return None;
    }
    let name = &known.row.name;
    let of = |mode| known.measured.estimate(name, mode, metric);
    let modes = [Mode::Softirq, Mode::KbpArmed, Mode::KbpMasked];
    let slowest = modes.into_iter().filter_map(of).map(|e| e.median);
    let slowest = slowest.reduce(f64::max)?;
    (late as f64 > slowest).then(|| {
        format!(
            "the time source itself was {} late (p99), more than the {} that is compared, {}",
            time(late),
            metric.name(),
            time(slowest as u64)
        )
    })
}

/// Why the run cannot tell.
pub(super) fn of_run(rows: &[RowReport]) -> Option<String> {
    let doubtful: Vec<&RowReport> = rows.iter().filter(|row| row.noisy).collect();
    let has_control = |row: &RowReport| row.modes.contains_key(&Mode::Control);
    let share = match rows.iter().any(has_control) {
        true => WITH_CONTROL,
        false => WITHOUT,
    };
    let first = doubtful.first()?;
    let why = first.doubt.as_deref().unwrap_or_default();
    let cure = match doubtful
        .iter()
        .all(|row| row.doubt.as_deref() == Some(ALONE))
    {
        true => "Measure softirq and KBP.",
        false => "Run it again on a quiet machine.",
    };
    (doubtful.len() as f64 > share * rows.len() as f64).then(|| {
        format!(
            "This run cannot tell: {} of {} rows are in doubt (the first, {}: {why}). {cure}",
            doubtful.len(),
            rows.len(),
            first.name,
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::{report, synthetic};
    use crate::suite::cell::Mode;
    use crate::suite::outcome::Outcome;

    fn headline(outcomes: &[Outcome]) -> Option<String> {
        report(&synthetic::demo_run(outcomes)).headline
    }

    #[test]
    fn a_quiet_run_can_tell() {
        assert_eq!(headline(&synthetic::demo(3)), None);
    }

    #[test]
    fn rounds_that_contradict_each_other_cannot_tell() {
        let mut outcomes = synthetic::demo(3);
        let rows = ["delay-quiet", "delay-spin", "delay-load90", "vm-64"];
        for row in &rows[..3] {
            synthetic::slow_in(&mut outcomes, row, Mode::KbpArmed, 2, 1000);
        }
        let report = report(&synthetic::demo_run(&outcomes));
        let doubtful = report.rows.iter().filter(|row| row.noisy).count();
        assert_eq!((doubtful, report.headline), (3, None), "half of them");
        synthetic::slow_in(&mut outcomes, rows[3], Mode::KbpArmed, 2, 1000);
        let words = headline(&outcomes).unwrap();
        assert!(
            words.starts_with("This run cannot tell: 4 of 6 rows are in doubt (the first, delay-quiet: its rounds contradict"),
            "{words}"
        );
    }

    #[test]
    fn interrupts_later_than_what_is_compared_cannot_tell() {
        let mut outcomes = synthetic::demo(3);
        for outcome in &mut outcomes {
            outcome.noise.counts = vec![(3_000_000, 3_000_001, 1000)];
            outcome.noise.max = 3_000_000;
        }
        let words = headline(&outcomes).unwrap();
        assert!(
            words.contains("3.00 ms late (p99), more than the p99"),
            "{words}"
        );
        // The same lateness below what is compared, or lateness that is none.
        for outcome in &mut outcomes {
            let softirq = outcome.cell.mode == Mode::Softirq;
            synthetic::scale(outcome, if softirq { 10_000 } else { 100 });
        }
        assert_eq!(headline(&outcomes), None);
    }

    #[test]
    fn a_row_of_one_mode_has_nothing_to_compare_with() {
        let mut outcomes = synthetic::demo(3);
        outcomes.retain(|outcome| outcome.cell.mode == Mode::KbpArmed);
        let words = headline(&outcomes).unwrap();
        assert!(words.contains("nothing to compare with"), "{words}");
        assert!(words.ends_with("Measure softirq and KBP."), "{words}");
    }
}
