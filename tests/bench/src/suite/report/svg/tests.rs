// SPDX-License-Identifier: GPL-2.0
//! The pictures must be well formed whatever was measured.

use super::super::{report, synthetic, Measured, Run};
use super::*;
use crate::mode::Mode;
use crate::statistics::{Estimate, Times};

/// Parses it and checks that every number in it is one.
pub(crate) fn check(svg: &str) {
    let document = roxmltree::Document::parse(svg).unwrap_or_else(|error| panic!("{error}: {svg}"));
    for attribute in document.descendants().flat_map(|node| node.attributes()) {
        let value = attribute.value();
        assert!(!value.contains("NaN") && !value.contains("inf"), "{value}");
    }
}

/// The picture of curves that share a floor, checked.
fn curves(curves: &[(Mode, Times)], floor: &Times) -> String {
    let plot = Plot::Curves(curves.to_vec(), floor.clone());
    let svg = plot.alone("<r>&\"").into_string();
    check(&svg);
    svg
}

fn bars(rates: &[(Mode, Estimate)]) -> String {
    let svg = Plot::Bars(rates.to_vec()).alone("z").into_string();
    check(&svg);
    svg
}

/// An attribute of all elements of a class.
fn all(svg: &str, class: &str, attribute: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(svg).unwrap();
    let nodes = document.descendants();
    let of_class = nodes.filter(|node| node.attribute("class") == Some(class));
    let values = of_class.filter_map(|node| node.attribute(attribute));
    values.map(str::to_owned).collect()
}

#[test]
fn a_step_is_as_wide_as_its_share() {
    let counts = vec![(1000, 1001, 90), (1_000_000, 1_000_001, 10)];
    let known = Times::new(counts, 1_000_000);
    let svg = curves(&[(Mode::KbpArmed, known.clone())], &Times::default());
    let paths = all(&svg, "curve kbp-armed", "d");
    // One is in the legend. The plot is 906 wide, four nines: 90 % are the first quarter; the
    // largest of 100 values is drawn at 99.5 %.
    assert_eq!(paths.len(), 2);
    let steps = paths[1].split(['M', ' ', 'V', 'H']).skip(1);
    let steps: Vec<f64> = steps.map(|step| step.parse().unwrap()).collect();
    let last = 70.0 + 906.0 * 200f64.log10() / 4.0;
    // A vertical line in between, up by the whole plot: three decades.
    let places = [70.0, 320.0, 70.0 + 906.0 / 4.0, 8.0, last];
    for (step, place) in steps.iter().zip(places) {
        assert!((step - place).abs() < 0.2, "{steps:?}");
    }
    let floors = |floor: Times| all(&curves(&[], &floor), "late", "d").len();
    let counted = [Times::default(), known].map(floors);
    assert_eq!(counted, [1, 2], "one is the legend's");
}

#[test]
fn degenerate_times() {
    for (counts, max) in [
        (vec![], 0),
        (vec![(0, 1, 1)], 0),
        (vec![(u64::MAX - 1, u64::MAX, 3)], u64::MAX),
        (vec![(5, 6, u64::MAX / 2), (7, 8, 1)], 7),
    ] {
        let times = Times::new(counts, max);
        curves(&[(Mode::Softirq, times.clone())], &times);
    }
    let many = (1..=100_000).map(|value| (value, value + 1, 1));
    let many = Times::new(many.collect(), 100_000);
    let svg = curves(&[(Mode::Softirq, many)], &Times::default());
    assert!(svg.len() < 60_000, "narrow steps are one: {}", svg.len());
}

#[test]
fn bars_and_their_errors() {
    let rate = |values: &[f64]| Estimate::of(values).unwrap();
    let softirq = (Mode::Softirq, rate(&[100.0, 110.0, 90.0]));
    let svg = bars(&[softirq, (Mode::KbpArmed, rate(&[200.0, 200.0, 200.0]))]);
    assert!(svg.contains("too few rounds"));
    let width = |class| all(&svg, class, "width")[0].parse::<f64>().unwrap();
    let times = width("bar kbp-armed") / width("bar softirq");
    assert!((times - 2.0).abs() < 0.01, "{times}");
    assert_eq!(all(&svg, "error", "d").len(), 2);
    bars(&[(Mode::Softirq, rate(&[0.0]))]);
    bars(&[]);
    assert!(bars(&[(Mode::Softirq, rate(&[1.0; 6]))]).contains("95 %"));
}

#[test]
fn every_mode_has_its_colours() {
    for mode in Mode::ALL {
        let colours = sheet().matches(&format!(".curve.{mode}{{")).count();
        assert_eq!(colours, 2, "{mode}");
    }
}

#[test]
fn one_picture_has_all_rows() {
    let draw = |run: Run| {
        let svg = picture(&report(&run), &Measured::new(&run.outcomes));
        check(&svg);
        svg
    };
    draw(synthetic::run(&synthetic::good(2)));
    draw(synthetic::run(&[]));
    let svg = draw(synthetic::demo_run(&synthetic::demo(3)));
    assert_eq!(all(&svg, "name", "x").len(), 2);
    // One more in the legend.
    assert_eq!(all(&svg, "curve kbp-armed", "d").len(), 3);
    assert!(svg.contains("p99  40.0 µs → 400 ns"), "{svg}");
    for wrong in ["cannot tell", "src=", "href=", "@import", "url("] {
        assert!(!svg.contains(wrong), "{wrong}");
    }
}
