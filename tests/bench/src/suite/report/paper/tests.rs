// SPDX-License-Identifier: GPL-2.0
//! The ratios that the text states, and the rows that find their figure.

use super::super::{rows, synthetic};
use super::*;
use crate::suite::outcome::Outcome;

use Place::{Docker, Guest, Pod};

fn lines_of(outcomes: &[Outcome]) -> Vec<Line> {
    let measured = Measured::new(outcomes);
    lines(&measured, &rows::rows(&measured))
}

/// Those with something measured here.
fn found(outcomes: &[Outcome]) -> Vec<Line> {
    let mut lines = lines_of(outcomes);
    lines.retain(|line| !line.here.is_empty());
    lines
}

/// The text of the paper names some of the ratios itself.
#[test]
fn the_ratios_are_those_that_the_text_states() {
    let lines = lines_of(&[]);
    for (rival, figure, frame, place, stated) in [
        (Rival::OvsDpdk, 9, 64, Guest, 2.77),
        (Rival::OvsDpdk, 9, 512, Guest, 6.48),
        (Rival::OvsDpdk, 9, 1518, Guest, 3.39),
        (Rival::Napi, 9, 64, Guest, 1.36),
        (Rival::Napi, 9, 512, Guest, 1.75),
        (Rival::Napi, 9, 1518, Guest, 3.28),
        (Rival::Napi, 12, 64, Docker, 1.25),
        (Rival::Napi, 12, 512, Docker, 1.05),
        (Rival::Napi, 12, 1518, Docker, 1.07),
        (Rival::Napi, 12, 512, Pod, 1.28),
        (Rival::Napi, 12, 1518, Pod, 1.10),
        // "by 21.1 % to 96.1 %"
        (Rival::Napi, 11, 1518, Docker, 0.789),
        (Rival::Napi, 11, 512, Pod, 0.039),
    ] {
        let key = (rival, figure, frame, place);
        let line = lines
            .iter()
            .find(|l| (l.rival, l.figure, l.frame, l.place) == key);
        let ratio = line.unwrap().ratio;
        assert!((ratio - stated).abs() < 0.006, "{key:?}: {ratio}");
    }
    assert!(lines.iter().all(|line| line.here.is_empty()));
}

#[test]
fn rows_find_their_figure() {
    let lines = found(&synthetic::good(3));
    let of = |line: &Line| {
        assert!(line.unlike.is_empty());
        let here = &line.here[0];
        (
            line.figure,
            line.frame,
            line.place,
            here.row.clone(),
            here.ratio.of.median,
        )
    };
    let expected = [
        (8, 64, Guest, "trip-64".into(), 0.01),
        (11, 512, Docker, "trip-512-docker".into(), 0.01),
        (9, 64, Guest, "zero-loss-64-spin".into(), 3.0),
        (12, 64, Docker, "docker-zero-loss-64".into(), 3.0),
    ];
    assert_eq!(lines.iter().map(of).collect::<Vec<_>>(), expected);
    let modes = lines[3].here.iter().map(|here| here.mode);
    assert_eq!(modes.collect::<Vec<_>>(), KBP);
}

/// Only the plain cable of the same boot is a comparison.
#[test]
fn the_switch_is_compared_with_the_cable_beside_it() {
    let of = |row, wire, mode, unit| {
        let through = move |round| synthetic::through(row, wire, mode, round, unit);
        (1..=3).map(through).collect::<Vec<_>>()
    };
    let mut outcomes = of("ovs-dpdk-64", Wire::OvsDpdk, Mode::Softirq, 4000);
    let mut elsewhere = outcomes.clone();
    let beside = |mode, unit| of("ovs-cable-64", Wire::CableBesideOvs, mode, unit);
    outcomes.extend(beside(Mode::Softirq, 3000));
    outcomes.extend(beside(Mode::KbpMasked, 1000));
    let lines = found(&outcomes);
    assert_eq!((lines.len(), lines[0].here.len()), (1, 1), "{lines:?}");
    assert_eq!((lines[0].rival, lines[0].figure), (Rival::OvsDpdk, 8));
    let here = &lines[0].here[0];
    assert_eq!(here.row, "ovs-cable-64 by ovs-dpdk-64");
    assert_eq!((here.mode, here.ratio.of.median), (Mode::KbpMasked, 0.25));
    elsewhere.extend(of("vm-64", Wire::Cable, Mode::KbpMasked, 1000));
    assert_eq!(found(&elsewhere), []);
}
