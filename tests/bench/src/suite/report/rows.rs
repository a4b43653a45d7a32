// SPDX-License-Identifier: GPL-2.0
//! From outcomes to rows.

use std::collections::{BTreeMap, BTreeSet};

use super::doubt;
use super::measured::Measured;
use super::model::{ModeReport, Ratio, RowReport};
use crate::mode::Mode;
use crate::statistics::tidy;
use crate::suite::cell::Row;
use crate::suite::metric::Metric;
use crate::suite::noise::Noise;
use crate::suite::outcome::{Busy, Outcome, Packets};

/// The two ways in which KBP always polls. The adaptive one trades time for power; it is listed,
/// not boasted of.
pub(super) const KBP: [Mode; 2] = [Mode::KbpArmed, Mode::KbpMasked];
/// A mode that loses more than this is not best, whatever the times of what is left.
const LOSSY: f64 = 0.001;

/// All of them.
pub(super) fn rows(measured: &Measured) -> Vec<RowReport> {
    let rows = measured.rows().iter();
    rows.map(|row| one(measured, row)).collect()
}

fn one(measured: &Measured, row: &Row) -> RowReport {
    let name = row.name.as_str();
    let compared = Metric::of(&row.workload).iter().copied();
    let noise = compared.filter(|metric| metric.has_ratio()).map(|metric| {
        let control = measured.ratio(name, Mode::Control, Mode::Softirq, metric);
        (metric, Noise::of(control, metric))
    });
    let noise: BTreeMap<Metric, Noise> = noise.collect();
    let modes = measured.modes(name).into_iter();
    let modes: BTreeMap<Mode, ModeReport> = modes
        .map(|mode| (mode, of_mode(measured, row, mode, &noise)))
        .collect();
    let decisive = Metric::decisive(&row.workload);
    let kbp = best(&modes, decisive, |mode| KBP.contains(&mode));
    let by = |other: Mode| {
        let ratio = measured.ratio(name, kbp?, other, decisive)?;
        Some((other, Ratio::in_noise(ratio, noise.get(&decisive))))
    };
    let others = modes.keys().copied().filter(|mode| Some(*mode) != kbp);
    let floor = measured.floor(name);
    let mut report = RowReport {
        name: row.name.clone(),
        about: row.about.clone(),
        workload: row.workload,
        noisy: false,
        doubt: None,
        floor: floor.curve(),
        best: best(&modes, decisive, |mode| mode != Mode::Control),
        kbp,
        kbp_by: others.filter_map(by).collect(),
        noise,
        modes,
    };
    report.doubt = doubt::of_row(&report, &floor);
    report.noisy = report.doubt.is_some();
    report
}

fn of_mode(
    measured: &Measured,
    row: &Row,
    mode: Mode,
    noise: &BTreeMap<Metric, Noise>,
) -> ModeReport {
    let name = row.name.as_str();
    let rounds = measured.of(name, mode);
    let metrics = Metric::of(&row.workload).iter().copied();
    let estimate = |metric| Some((metric, measured.estimate(name, mode, metric)?));
    // Softirq by itself says nothing.
    let has_ratio = |metric: &Metric| mode != Mode::Softirq && metric.has_ratio();
    let ratio = |metric: Metric| {
        let ratio = measured.ratio(name, mode, Mode::Softirq, metric)?;
        Some((metric, Ratio::in_noise(ratio, noise.get(&metric))))
    };
    let busy = busy(&rounds);
    let sum = |of: fn(&Packets) -> u64| rounds.iter().map(|outcome| of(&outcome.packets)).sum();
    let packets = Packets {
        sent: sum(|p| p.sent),
        // Losses of one round are not made up for by doubles of another.
        received: sum(|p| p.received.min(p.sent)),
        duplicates: sum(|p| p.duplicates),
        reordered: sum(|p| p.reordered),
    };
    let evidence: BTreeSet<&String> = rounds.iter().map(|outcome| &outcome.evidence).collect();
    ModeReport {
        rounds: rounds.len(),
        metrics: metrics.clone().filter_map(estimate).collect(),
        ratios: metrics.filter(has_ratio).filter_map(ratio).collect(),
        busy_cores: tidy(busy.iter().map(|core| core.share).sum()),
        busy,
        net_rx: rounds.iter().map(|outcome| outcome.net_rx).sum(),
        loss: tidy(packets.lost() as f64 / packets.sent.max(1) as f64),
        packets,
        evidence: evidence.into_iter().cloned().collect(),
        percentiles: measured.merged(name, mode).curve(),
    }
}

fn busy(rounds: &[&Outcome]) -> Vec<Busy> {
    let mut shares: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for core in rounds.iter().flat_map(|outcome| &outcome.busy) {
        shares.entry(core.cpu).or_default().push(core.share);
    }
    let mean = |shares: Vec<f64>| tidy(shares.iter().sum::<f64>() / shares.len() as f64);
    let shares = shares.into_iter().map(|(cpu, shares)| (cpu, mean(shares)));
    shares.map(|(cpu, share)| Busy { cpu, share }).collect()
}

/// The mode with the best median among those that are `eligible` and deliver their packets; if none
/// does, among all that are.
fn best(
    modes: &BTreeMap<Mode, ModeReport>,
    metric: Metric,
    eligible: impl Fn(Mode) -> bool,
) -> Option<Mode> {
    let result = |(mode, report): (&Mode, &ModeReport)| {
        let value = report.metrics.get(&metric)?.median;
        let sign = if metric.more_is_better() { -1.0 } else { 1.0 };
        eligible(*mode).then_some((report.loss > LOSSY, sign * value, *mode))
    };
    let results = modes.iter().filter_map(result);
    let first = results.min_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    first.map(|(.., mode)| mode)
}
