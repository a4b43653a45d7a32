// SPDX-License-Identifier: GPL-2.0
use super::*;

const TICK: u64 = 2000;
const EMPTY: u64 = 100;
const EMPTY_HELD: u64 = 250;
const LOOK: u64 = 60;

/// A CPU on which a packet costs `packet`. In a tenth of the time of a masked load with packets
/// nothing is held, in a tenth of one without something is; and one tick in fifty falls into a
/// housekeeping window.
fn samples(mode: Mode, round: u32, packet: u64) -> Vec<Sample> {
    let sample = |load: Load| {
        let time_ns: u64 = 1_000_000_000;
        let ticks = load.rhythm().map_or(0, |rhythm| rhythm.interrupts);
        let ticks = ticks - ticks / 50;
        let rest = time_ns - ticks * TICK - load.packets() * packet;
        // What a load before it left held is let go soon.
        let free = match (mode, load.packets() > 0) {
            (Mode::KbpMasked, true) => rest / 10,
            (Mode::KbpMasked, false) => rest / 10 * 9,
            _ => rest,
        };
        let looks = match mode.by_kbp() {
            true => free / 2 / LOOK,
            false => 0,
        };
        let left = (free - looks * LOOK) / EMPTY;
        Sample {
            round,
            mode,
            load,
            time_ns,
            left,
            held: (rest - looks * LOOK - left * EMPTY) / EMPTY_HELD,
            looks,
            // All interrupts come during a look.
            looks_ns: looks * LOOK + ticks * TICK,
            ticks,
        }
    };
    Load::all(mode).into_iter().map(sample).collect()
}

#[test]
fn what_packets_took_is_found_again() {
    let mut all = Vec::new();
    for (round, softirq, masked) in [(1, 4000, 2000), (2, 4040, 2000), (3, 3960, 2000)] {
        all.extend(samples(Mode::Softirq, round, softirq));
        all.extend(samples(Mode::KbpArmed, round, 3000));
        all.extend(samples(Mode::KbpMasked, round, masked));
    }
    let modes = [Mode::Softirq, Mode::KbpArmed, Mode::KbpMasked];
    let rows = rows(&all, &modes, 3).unwrap();
    assert_eq!(rows.len(), 3 * BATCHES.len());
    for row in &rows {
        let near = |value: f64, wanted: f64| (value / wanted - 1.0).abs() < 1e-3;
        let (cost, ratio, spread, empty) = match row.mode {
            Mode::Softirq => (4000.0, 1.0, 0.02, None),
            Mode::KbpArmed => (3000.0, 0.75, 0.0, Some(EMPTY as f64)),
            _ => (2000.0, 0.5, 0.0, Some(EMPTY_HELD as f64)),
        };
        assert!(near(row.instructions_per_packet, cost), "{row:?}");
        assert!(near(row.ratio_to_softirq.unwrap(), ratio), "{row:?}");
        let interrupt = TICK as f64 / f64::from(row.batch);
        let whole = match row.mode {
            Mode::Softirq => 1.0,
            Mode::KbpArmed => (3000.0 + interrupt) / (4000.0 + interrupt),
            _ => 2000.0 / (4000.0 + interrupt),
        };
        assert!(near(row.ratio_with_interrupt.unwrap(), whole), "{row:?}");
        assert!((row.spread - spread).abs() < 1e-3, "{row:?}");
        assert!(near(row.timer_interrupt, TICK as f64), "{row:?}");
        assert_eq!(row.empty_round.is_some(), empty.is_some());
        assert!(
            near(row.empty_round.unwrap_or(1.0), empty.unwrap_or(1.0)),
            "{row:?}"
        );
        assert_eq!(row.rounds, 3);
    }
}

#[test]
fn what_is_missing_is_told_of() {
    let mut all = samples(Mode::Softirq, 1, 4000);
    let error = rows(&all, &[Mode::Softirq], 2).unwrap_err().to_string();
    assert!(error.contains("round 2 of softirq"), "{error}");
    all.iter_mut().for_each(|sample| sample.left = 0);
    assert!(rows(&all, &[Mode::Softirq], 1).is_err());
    let mut all = samples(Mode::KbpMasked, 1, 4000);
    all.iter_mut().for_each(|sample| sample.held = 0);
    let error = rows(&all, &[Mode::KbpMasked], 1).unwrap_err().to_string();
    assert!(error.contains("idle CPU"), "{error}");
}

#[test]
fn looks_that_the_quiet_load_did_not_have_are_no_unit() {
    let mut all = samples(Mode::KbpArmed, 1, 3000);
    for sample in all.iter_mut().filter(|sample| sample.load == Load::Quiet) {
        (sample.looks, sample.looks_ns) = (0, 0);
    }
    assert!(rows(&all, &[Mode::KbpArmed], 1).is_err());
}
