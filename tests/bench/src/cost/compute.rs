// SPDX-License-Identifier: GPL-2.0
//! From what was left of the CPU to what a packet took.
//!
//! One unit of what is left (a turn of the spinning task, an empty round of KBP) costs
//! `time / left` of the quiet load, the periodic tick included. A load then has taken
//! `time - left * unit`, and packets have taken what their load took more than its twin without
//! packets, in which the timer that plays the NIC ran as often.

use super::event::Sample;
use super::plan::{Load, Mode, Rhythm, BATCHES};
use super::report::Row;
use crate::{Error, Result};

/// What a packet cost in one round.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cost {
    packet: f64,
    interrupt: f64,
}

/// One row for each mode and batch.
pub fn rows(samples: &[Sample], modes: &[Mode], rounds: u32) -> Result<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
    for mode in Mode::ALL.into_iter().filter(|mode| modes.contains(mode)) {
        for batch in BATCHES {
            let costs = (1..=rounds)
                .map(|round| cost(samples, mode, batch, round))
                .collect::<Result<Vec<_>>>()?;
            let values: Vec<f64> = costs.iter().map(|cost| cost.packet).collect();
            let interrupts: Vec<f64> = costs.iter().map(|cost| cost.interrupt).collect();
            let instructions_per_packet = median(&values);
            rows.push(Row {
                mode,
                batch,
                instructions_per_packet,
                ratio_to_softirq: None,
                rounds: values.len(),
                spread: spread(&values),
                values,
                timer_interrupt: median(&interrupts),
            });
        }
    }
    let reference: Vec<(u32, f64)> = rows
        .iter()
        .filter(|row| row.mode == Mode::Softirq)
        .map(|row| (row.batch, row.instructions_per_packet))
        .collect();
    for row in &mut rows {
        let of_batch = reference.iter().find(|(batch, _)| *batch == row.batch);
        row.ratio_to_softirq = of_batch.map(|(_, cost)| row.instructions_per_packet / cost);
    }
    Ok(rows)
}

fn cost(samples: &[Sample], mode: Mode, batch: u32, round: u32) -> Result<Cost> {
    let find = |load| {
        samples
            .iter()
            .find(|s| (s.mode, s.round, s.load) == (mode, round, load))
            .ok_or_else(|| {
                Error::Other(format!(
                    "round {round} of {} has no measurement of {load:?}",
                    mode.name()
                ))
            })
    };
    let (quiet, ticks, packets) = (
        find(Load::Quiet)?,
        find(Load::Ticks(batch))?,
        find(Load::Packets(batch))?,
    );
    if quiet.left == 0 {
        return Err(Error::Other(format!(
            "round {round} of {}: nothing was left of a quiet CPU",
            mode.name()
        )));
    }
    let unit = quiet.time_ns as f64 / quiet.left as f64;
    let taken = |sample: &Sample| sample.time_ns as f64 - sample.left as f64 * unit;
    Ok(Cost {
        packet: (taken(packets) - taken(ticks)) / packets.load.packets() as f64,
        interrupt: taken(ticks) / Rhythm::of(batch).interrupts as f64,
    })
}

/// The middle one, or the mean of the two in the middle. 0 of nothing.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    match sorted.len() {
        0 => 0.0,
        n if n % 2 == 1 => sorted[half],
        _ => (sorted[half - 1] + sorted[half]) / 2.0,
    }
}

/// From the smallest to the largest, as a part of the median.
fn spread(values: &[f64]) -> f64 {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    match median(values) {
        0.0 => 0.0,
        median => (most - least) / median.abs(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A CPU on which a unit costs 100, a tick 2000 and a packet `packet`.
    fn samples(mode: Mode, round: u32, packet: u64) -> Vec<Sample> {
        let sample = |load: Load| {
            let ticks = load
                .batch()
                .map_or(0, |batch| Rhythm::of(batch).interrupts * 2000);
            let time_ns = 1_000_000_000;
            Sample {
                round,
                mode,
                load,
                time_ns,
                left: (time_ns - ticks - load.packets() * packet) / 100,
            }
        };
        Load::all().into_iter().map(sample).collect()
    }

    #[test]
    fn what_packets_took_is_found_again() {
        let mut all = Vec::new();
        for (round, softirq, masked) in [(1, 4000, 2000), (2, 4040, 2000), (3, 3960, 2000)] {
            all.extend(samples(Mode::Softirq, round, softirq));
            all.extend(samples(Mode::KbpMasked, round, masked));
        }
        let rows = rows(&all, &[Mode::Softirq, Mode::KbpMasked], 3).unwrap();
        assert_eq!(rows.len(), 2 * BATCHES.len());
        for row in &rows {
            let (cost, ratio, spread) = match row.mode {
                Mode::Softirq => (4000.0, 1.0, 0.02),
                _ => (2000.0, 0.5, 0.0),
            };
            assert!((row.instructions_per_packet - cost).abs() < 0.1, "{row:?}");
            assert!((row.ratio_to_softirq.unwrap() - ratio).abs() < 1e-4);
            assert!((row.spread - spread).abs() < 1e-4, "{row:?}");
            assert!((row.timer_interrupt - 2000.0).abs() < 1.0, "{row:?}");
            assert_eq!(row.rounds, 3);
        }
    }

    #[test]
    fn a_missing_round_is_told_of() {
        let all = samples(Mode::Softirq, 1, 4000);
        let error = rows(&all, &[Mode::Softirq], 2).unwrap_err().to_string();
        assert!(error.contains("round 2 of softirq"), "{error}");
    }

    #[test]
    fn medians_of_even_and_odd_counts() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(spread(&[90.0, 100.0, 120.0]), 0.3);
    }
}
