// SPDX-License-Identifier: GPL-2.0
//! From what was left of the CPU to what a packet took.
//!
//! One unit of what is left (a turn of the spinning task, an empty round of KBP) costs `time /
//! left` of the quiet load, the kernel's tick included. An interrupt of the timer that plays the
//! NIC costs what its load took more than that. Packets then have taken what is neither left nor
//! interrupts.
//!
//! Between its rounds KBP looks at its list again and again. A look costs what those of the quiet load
//! took; how many there were is counted, since their time has the interrupts in it that came meanwhile.
//!
//! With masked interrupts an empty round may have to look at the ring of a held NAPI, and costs
//! more then. How much follows from loads that differ in their parts of both and of packets:
//! [`masked`].

use super::event::Sample;
use super::plan::{order, Load, Mode, BATCHES};
use super::row::Row;
use crate::{statistics, Error, Result};

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
    for mode in order(modes, 1) {
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
                ratio_with_interrupt: None,
                rounds: values.len(),
                spread: spread(&values),
                values,
                timer_interrupt: median(&all(|cost| cost.interrupt)),
                empty_round: mode.by_kbp().then(|| median(&all(|cost| cost.empty))),
            });
        }
    }
    compare(&mut rows);
    Ok(rows)
}

/// Fills in the ratios to softirq with the same batch.
fn compare(rows: &mut [Row]) {
    let of = |mode, batch| rows.iter().find(|r| (r.mode, r.batch) == (mode, batch));
    let whole = |row: &Row| {
        // One packet to write into the ring; the larger batches' have the writing of many in them.
        let interrupt = of(row.mode, 1).map_or(0.0, |row| row.timer_interrupt);
        row.with_interrupt(interrupt)
    };
    let ratio = |row: &Row| {
        let softirq = of(Mode::Softirq, row.batch)?;
        let packet = row.instructions_per_packet / softirq.instructions_per_packet;
        Some((packet, whole(row) / whole(softirq)))
    };
    let ratios: Vec<_> = rows.iter().map(ratio).collect();
    for (row, ratio) in rows.iter_mut().zip(ratios) {
        (row.ratio_to_softirq, row.ratio_with_interrupt) = ratio.unzip();
    }
}

fn cost(samples: &[Sample], mode: Mode, batch: u32, round: u32) -> Result<Cost> {
    let wrong = |what: String| Error::Other(format!("round {round} of {mode}: {what}"));
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
    let look = match quiet.looks {
        0 => 0.0,
        looks => quiet.looks_ns as f64 / looks as f64,
    };
    let rounds_ns = |sample: &Sample| sample.time_ns as f64 - sample.looks as f64 * look;
    let empty = match mode {
        Mode::KbpMasked => masked(
            [quiet, find(Load::Rare)?, find(Load::Packets(1))?],
            rounds_ns,
        ),
        _ => Some((rounds_ns(quiet) / quiet.left as f64, 0.0)),
    };
    let (unit, held) = empty
        .filter(|(unit, held)| unit.is_finite() && held.is_finite() && ticks.ticks > 0)
        .filter(|_| quiet.looks > 0 || ticks.looks.max(packets.looks) == 0)
        .ok_or_else(|| {
            wrong(format!(
                "{quiet:?} and {ticks:?} do not measure an idle CPU"
            ))
        })?;
    let taken =
        |sample: &Sample| rounds_ns(sample) - sample.left as f64 * unit - sample.held as f64 * held;
    let interrupt = taken(ticks) / ticks.ticks as f64;
    let whole = taken(packets) - packets.ticks as f64 * interrupt;
    Ok(Cost {
        packet: whole / packets.load.packets() as f64,
        interrupt,
        empty: if mode == Mode::KbpMasked { held } else { unit },
    })
}

/// The cost of a round without and of one with a held NAPI, from three loads with the same cost of
/// an interrupt with its packets: each says `left * unit + held * held_unit + ticks * cost = time`.
fn masked(samples: [&Sample; 3], rounds_ns: impl Fn(&Sample) -> f64) -> Option<(f64, f64)> {
    let column = |part: fn(&Sample) -> u64| samples.map(|sample| part(sample) as f64);
    let (left, held, ticks) = (column(|s| s.left), column(|s| s.held), column(|s| s.ticks));
    let time = samples.map(rounds_ns);
    // Cramer's rule.
    let whole = determinant(left, held, ticks);
    (whole != 0.0).then(|| {
        (
            determinant(time, held, ticks) / whole,
            determinant(left, time, ticks) / whole,
        )
    })
}

fn determinant(a: [f64; 3], b: [f64; 3], c: [f64; 3]) -> f64 {
    a[0] * (b[1] * c[2] - b[2] * c[1]) - b[0] * (a[1] * c[2] - a[2] * c[1])
        + c[0] * (a[1] * b[2] - a[2] * b[1])
}

/// The middle one; 0 of nothing.
fn median(values: &[f64]) -> f64 {
    statistics::median(values).unwrap_or(0.0)
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
