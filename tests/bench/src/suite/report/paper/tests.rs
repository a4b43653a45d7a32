// SPDX-License-Identifier: GPL-2.0
//! The ratios that the text states, and the rows that find their figure.

use super::super::synthetic;
use super::*;

use Place::{Docker, Guest, Pod};

fn lines_of(outcomes: &[crate::suite::outcome::Outcome]) -> Vec<Line> {
    let measured = Measured::new(outcomes);
    lines(&measured, &super::super::rows::rows(&measured))
}

/// The text of the paper names some of the ratios itself.
#[test]
fn the_ratios_are_those_that_the_text_states() {
    let lines = lines_of(&[]);
    let ratio = |figure, frame, place| {
        let line = |l: &&Line| (l.figure, l.frame, l.place) == (figure, frame, place);
        lines.iter().find(line).unwrap().ratio
    };
    let by_switch = |frame| {
        let line = |l: &&Line| (l.rival, l.figure, l.frame) == (Rival::OvsDpdk, 9, frame);
        lines.iter().find(line).unwrap().ratio
    };
    for (frame, stated) in [(64, 2.77), (512, 6.48), (1518, 3.39)] {
        assert!((by_switch(frame) - stated).abs() < 0.006, "{frame}");
    }
    for (figure, frame, place, stated) in [
        (9, 64, Guest, 1.36),
        (9, 512, Guest, 1.75),
        (9, 1518, Guest, 3.28),
        (12, 64, Docker, 1.25),
        (12, 512, Docker, 1.05),
        (12, 1518, Docker, 1.07),
        (12, 512, Pod, 1.28),
        (12, 1518, Pod, 1.10),
        // "by 21.1 % to 96.1 %"
        (11, 1518, Docker, 0.789),
        (11, 512, Pod, 0.039),
    ] {
        let ratio = ratio(figure, frame, place);
        assert!(
            (ratio - stated).abs() < 0.006,
            "Fig. {figure}, {frame}, {place:?}: {ratio}"
        );
    }
    assert!(lines.iter().all(|line| line.here.is_empty()));
}

#[test]
fn rows_find_their_figure() {
    let lines = lines_of(&synthetic::good(3));
    let measured = |line: &&Line| !line.here.is_empty();
    let found: Vec<_> = lines
        .iter()
        .filter(measured)
        .map(|l| (l.figure, l.frame, l.place))
        .collect();
    assert_eq!(
        found,
        [
            (8, 64, Guest),
            (11, 512, Docker),
            (9, 64, Guest),
            (12, 64, Docker)
        ],
        "those that the sample has rows for"
    );
    assert!(lines
        .iter()
        .all(|line| line.here.is_empty() || line.unlike.is_empty()));
    let into_docker = lines
        .iter()
        .find(|l| l.figure == 12 && measured(l))
        .unwrap();
    let rows = into_docker.here.iter().map(|here| here.row.as_str());
    assert_eq!(rows.collect::<Vec<_>>(), ["docker-zero-loss-64"; 2]);
    let docker = lines
        .iter()
        .find(|l| l.figure == 11 && measured(l))
        .unwrap();
    assert_eq!(docker.here[0].mode, Mode::KbpArmed);
    assert!((docker.here[0].ratio.of.median - 0.01).abs() < 1e-9);
}

/// Only the plain cable of the same boot is a comparison.
#[test]
fn the_switch_is_compared_with_the_cable_beside_it() {
    let of = |name: &'static str, wire, mode, unit| {
        (1..=3).map(move |round| synthetic::through(name, wire, mode, round, unit))
    };
    let mut outcomes: Vec<_> = of("ovs-dpdk-64", Wire::OvsDpdk, Mode::Softirq, 4000)
        .chain(of(
            "ovs-cable-64",
            Wire::CableBesideOvs,
            Mode::Softirq,
            3000,
        ))
        .chain(of(
            "ovs-cable-64",
            Wire::CableBesideOvs,
            Mode::KbpMasked,
            1000,
        ))
        .collect();
    let found = |outcomes: &[_]| {
        let lines = lines_of(outcomes).into_iter();
        let of = |line: Line| {
            line.here
                .into_iter()
                .map(move |here| (line.rival, line.figure, here))
        };
        lines.flat_map(of).collect::<Vec<_>>()
    };
    let here = found(&outcomes);
    assert_eq!(here.len(), 1, "{here:?}");
    let (rival, figure, here) = &here[0];
    assert_eq!(
        (*rival, *figure, here.mode),
        (Rival::OvsDpdk, 8, Mode::KbpMasked)
    );
    assert_eq!(here.row, "ovs-cable-64 by ovs-dpdk-64");
    assert!((here.ratio.of.median - 0.25).abs() < 1e-9);
    outcomes.retain(|outcome| outcome.cell.row.name != "ovs-cable-64");
    outcomes.extend(of("vm-64", Wire::Cable, Mode::KbpMasked, 1000));
    assert_eq!(found(&outcomes), []);
}
