// SPDX-License-Identifier: GPL-2.0
//! From what was left of the CPU to what a packet took.
//!
//! One unit of what is left (a turn of the spinning task, an empty round of KBP) costs `time / left`
//! of the quiet load, the kernel's tick included. An interrupt of the timer that plays the NIC costs
//! what its load took more than that. Packets then have taken what is neither left nor interrupts.
//!
//! With masked interrupts an empty round may have to look at the ring of a held NAPI, and costs more
//! then. How much follows from two loads that differ in the number of packets only: see [`solve`].

use super::event::Sample;
use super::plan::{Load, Mode, BATCHES};
use super::report::Row;
use crate::{Error, Result};

/// What things cost in one mode in one round.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cost {
    packet: f64,
    interrupt: f64,
    empty: f64,
}

/// One row for each mode and batch.
pub fn rows(samples: &[Sample], modes: &[Mode], rounds: u32) -> Result<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
    for mode in Mode::ALL.into_iter().filter(|mode| modes.contains(mode)) {
        for batch in BATCHES {
            let costs = (1..=rounds)
                .map(|round| cost(samples, mode, batch, round))
                .collect::<Result<Vec<_>>>()?;
            let all = |part: fn(&Cost) -> f64| costs.iter().map(part).collect::<Vec<_>>();
            let values = all(|cost| cost.packet);
            rows.push(Row {
                mode,
                batch,
                instructions_per_packet: median(&values),
                ratio_to_softirq: None,
                rounds: values.len(),
                spread: spread(&values),
                values,
                timer_interrupt: median(&all(|cost| cost.interrupt)),
                empty_round: mode.irq().map(|_| median(&all(|cost| cost.empty))),
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
    let wrong = |what: String| Error::Other(format!("round {round} of {}: {what}", mode.name()));
    let find = |load| {
        samples
            .iter()
            .find(|s| (s.mode, s.round, s.load) == (mode, round, load))
            .ok_or_else(|| wrong(format!("{load:?} was not measured")))
    };
    let (quiet, ticks, packets) = (
        find(Load::Quiet)?,
        find(Load::Ticks(batch))?,
        find(Load::Packets(batch))?,
    );
    if quiet.left == 0 || ticks.ticks == 0 || quiet.held + ticks.held > 0 {
        return Err(wrong(format!(
            "there is no measure of an idle CPU in {quiet:?} and {ticks:?}"
        )));
    }
    let unit = quiet.time_ns as f64 / quiet.left as f64;
    let taken = |sample: &Sample| sample.time_ns as f64 - sample.left as f64 * unit;
    let interrupt = taken(ticks) / ticks.ticks as f64;
    let empty = match mode {
        Mode::KbpMasked => {
            let equation = |sample: &Sample| {
                let ticks = sample.ticks as f64;
                [ticks, sample.held as f64, taken(sample)]
            };
            let (rare, dense) = (find(Load::Rare)?, find(Load::Packets(1))?);
            solve(equation(rare), equation(dense))
                .ok_or_else(|| wrong("no NAPI was held".into()))?
        }
        _ => unit,
    };
    let whole = taken(packets) - packets.held as f64 * empty - packets.ticks as f64 * interrupt;
    Ok(Cost {
        packet: whole / packets.load.packets() as f64,
        interrupt,
        empty,
    })
}

/// Each equation says `a * packet + b * empty = c`; what is `empty`?
fn solve([a, b, c]: [f64; 3], [d, e, f]: [f64; 3]) -> Option<f64> {
    let determinant = a * e - b * d;
    let empty = (a * f - c * d) / determinant;
    (determinant != 0.0 && empty.is_finite()).then_some(empty)
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
mod tests;
