// SPDX-License-Identifier: GPL-2.0
//! The picture must be well formed whatever was measured.

use super::super::model::tests::sample;
use super::*;

/// Parses it and checks that every number in it is one.
fn check(report: &Report) -> String {
    let svg = draw(report);
    let document =
        roxmltree::Document::parse(&svg).unwrap_or_else(|error| panic!("{error}: {svg}"));
    for node in document.descendants() {
        for attribute in node.attributes() {
            let value = attribute.value();
            assert!(!value.contains("NaN") && !value.contains("inf"), "{value}");
        }
    }
    svg
}

fn curves(svg: &str, class: &str) -> usize {
    let document = roxmltree::Document::parse(svg).unwrap();
    let of_class = |node: &roxmltree::Node| node.attribute("class") == Some(class);
    document.descendants().filter(of_class).count()
}

#[test]
fn every_scenario_and_round_has_its_curve() {
    let svg = check(&sample(3, 4));
    assert_eq!(curves(&svg, "name"), 6);
    assert_eq!(curves(&svg, "round softirq"), 18);
    // One more is in the legend.
    assert_eq!(curves(&svg, "median kbp"), 7);
    assert!(svg.contains("QEMU TCG"));
    assert!(svg.contains("6.9.0-test"));
}

#[test]
fn nothing_measured() {
    let mut report = sample(1, 4);
    report.runs.clear();
    check(&report);
}

#[test]
fn degenerate_runs() {
    let mut report = sample(2, 4);
    for (at, run) in report.runs.iter_mut().enumerate() {
        match at % 4 {
            0 => run.percentiles.clear(),
            1 => run.percentiles = vec![(100.0, 0)],
            2 => run.percentiles = vec![(0.0, u64::MAX), (100.0, u64::MAX)],
            _ => (run.received, run.percentiles[0].1) = (0, 0),
        }
    }
    check(&report);
}

#[test]
fn a_kernel_with_odd_characters() {
    let mut report = sample(1, 4);
    report.kernel = "<script>&\"\u{7}".into();
    check(&report);
}
