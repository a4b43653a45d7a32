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

use super::model::RowReport;
use super::words;
use crate::mode::Mode;
use crate::report::format::time;
use crate::statistics::Times;
use crate::suite::metric::Metric;

/// A lateness (p99) that two quiet host cores stay below, also under emulation.
pub(super) const LATE_NS: u64 = 2_000_000;
/// More doubtful rows than this share, and the run cannot tell. Without controls only the ratios
/// of few rounds are there to say it, and rows without a real difference fail them by chance.
const WITH_CONTROL: f64 = 0.25;
const WITHOUT: f64 = 0.5;

/// The doubt of a row in which KBP or softirq is missing.
const ALONE: &str = "it has nothing to compare with";

/// Why the row cannot tell. The time source added `floor`.
pub(super) fn of_row(row: &RowReport, floor: &Times) -> Option<String> {
    let metric = row.decisive().name();
    let noise = row.decisive_noise();
    match (noise.and_then(|noise| noise.control), noise) {
        (Some(control), Some(noise)) if noise.noisy() => Some(format!(
            "the control's {metric} is {} of softirq's, quiet is ±{:.0} %",
            words::interval(&control),
            noise.quiet * 100.0
        )),
        (Some(_), _) => late(row, floor),
        _ => match row.kbp_by.get(&Mode::Softirq).map(|ratio| ratio.of) {
            None => Some(ALONE.into()),
            Some(ratio) if ratio.low <= 1.0 && 1.0 <= ratio.high => Some(format!(
                "its rounds contradict each other: KBP's {metric} is {} of softirq's",
                words::interval(&ratio)
            )),
            Some(_) => late(row, floor),
        },
    }
}

fn late(row: &RowReport, floor: &Times) -> Option<String> {
    let (metric, late) = (row.decisive(), floor.at(0.99));
    if metric == Metric::Rate || late <= LATE_NS {
        return None;
    }
    let modes = [Mode::Softirq, Mode::KbpArmed, Mode::KbpMasked];
    let results = modes.into_iter().filter_map(|mode| row.result(mode));
    let slowest = results.reduce(f64::max)?;
    let (metric, found, compared) = (metric.name(), time(late), time(slowest as u64));
    let told = format!(
        "the time source itself was {found} late (p99), more than the {metric} that is compared, {compared}"
    );
    (late as f64 > slowest).then_some(told)
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
    let alone = |row: &&RowReport| row.doubt.as_deref() == Some(ALONE);
    let cure = match doubtful.iter().all(alone) {
        true => "Measure softirq and KBP.",
        false => "Run it again on a quiet machine.",
    };
    let (some, all, name) = (doubtful.len(), rows.len(), &first.name);
    let told = format!(
        "This run cannot tell: {some} of {all} rows are in doubt (the first, {name}: {why}). {cure}"
    );
    (some as f64 > share * all as f64).then_some(told)
}

#[cfg(test)]
mod tests {
    use std::slice;

    use super::super::{report, synthetic};
    use crate::mode::Mode;
    use crate::statistics::Times;
    use crate::suite::outcome::Outcome;

    #[track_caller]
    fn cannot_tell(outcomes: &[Outcome], why: &str) {
        let words = report(&synthetic::demo_run(outcomes)).headline.unwrap();
        assert!(words.contains(why), "{words}");
    }

    #[test]
    fn rounds_that_contradict_each_other_in_more_than_half_of_the_rows_cannot_tell() {
        let mut outcomes = synthetic::demo(3);
        for (doubtful, row) in ["vm-64", "vm-spin-64"].into_iter().enumerate() {
            let report = report(&synthetic::demo_run(&outcomes));
            let noisy = report.rows.iter().filter(|row| row.noisy).count();
            assert_eq!((noisy, report.headline), (doubtful, None));
            let round = outcomes.iter_mut().filter(|o| o.cell.round == 2);
            round.for_each(|o| synthetic::slow(slice::from_mut(o), row, Mode::KbpArmed, 1000));
        }
        let first = "(the first, vm-64: its rounds contradict";
        let words = format!("This run cannot tell: 2 of 2 rows are in doubt {first}");
        cannot_tell(&outcomes, &words);
    }

    #[test]
    fn interrupts_later_than_what_is_compared_cannot_tell() {
        let mut outcomes = synthetic::demo(3);
        for outcome in &mut outcomes {
            outcome.noise = Times::new(vec![(3_000_000, 3_000_001, 1000)], 3_000_000);
        }
        cannot_tell(&outcomes, "3.00 ms late (p99), more than the p99");
        // The same lateness below what is compared is none.
        for outcome in &mut outcomes {
            let softirq = outcome.cell.mode == Mode::Softirq;
            synthetic::scale(outcome, if softirq { 10_000 } else { 100 });
        }
        assert_eq!(report(&synthetic::demo_run(&outcomes)).headline, None);
    }

    #[test]
    fn a_row_of_one_mode_has_nothing_to_compare_with() {
        let mut outcomes = synthetic::demo(3);
        outcomes.retain(|outcome| outcome.cell.mode == Mode::KbpArmed);
        let alone = "nothing to compare with). Measure softirq and KBP.";
        cannot_tell(&outcomes, alone);
    }
}
