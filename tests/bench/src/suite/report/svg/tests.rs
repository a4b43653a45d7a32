// SPDX-License-Identifier: GPL-2.0
//! The pictures must be well formed whatever was measured.

use super::super::measured::Measured;
use super::plot::{alone, Plot};
use super::*;
use crate::statistics::{Buckets, Estimate};
use crate::suite::cell::Mode;

/// Parses it and checks that every number in it is one.
pub(crate) fn check(svg: &str) {
    let document = roxmltree::Document::parse(svg).unwrap_or_else(|error| panic!("{error}: {svg}"));
    for node in document.descendants() {
        for attribute in node.attributes() {
            let value = attribute.value();
            assert!(!value.contains("NaN") && !value.contains("inf"), "{value}");
        }
    }
}

fn curves(name: &str, curves: &[(Mode, Buckets)], floor: &Buckets) -> String {
    alone(name, &Plot::Curves(curves.to_vec(), floor.clone())).into_string()
}

fn bars(name: &str, rates: &[(Mode, Estimate)]) -> String {
    alone(name, &Plot::Bars(rates.to_vec())).into_string()
}

/// An attribute of all elements of a class.
fn all(svg: &str, class: &str, attribute: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(svg).unwrap();
    let nodes = document.descendants();
    let of_class = nodes.filter(|node| node.attribute("class") == Some(class));
    of_class
        .filter_map(|node| node.attribute(attribute).map(str::to_owned))
        .collect()
}

fn path(svg: &str, class: &str) -> Vec<String> {
    all(svg, class, "d")
}

fn buckets(counts: &[(u64, u64, u64)], max: u64) -> Buckets {
    Buckets {
        counts: counts.to_vec(),
        max,
    }
}

#[test]
fn a_step_is_as_wide_as_its_share() {
    let known = buckets(&[(1000, 1001, 90), (1_000_000, 1_000_001, 10)], 1_000_000);
    let svg = curves("r", &[(Mode::KbpArmed, known)], &Buckets::default());
    check(&svg);
    let paths = path(&svg, "curve kbp-armed");
    // One is in the legend. The plot is 906 wide, four nines: 90 % are the first quarter; the
    // largest of 100 values is drawn at 99.5 %.
    assert_eq!(paths.len(), 2);
    let steps: Vec<&str> = paths[1].split(['M', 'V', 'H']).skip(1).collect();
    let number = |text: &str| text.parse::<f64>().unwrap();
    assert_eq!(steps[0].split(' ').next(), Some("70.0"));
    assert!(
        (number(steps[1]) - (70.0 + 906.0 / 4.0)).abs() < 0.2,
        "{steps:?}"
    );
    let last = 70.0 + 906.0 * 200f64.log10() / 4.0;
    assert!((number(steps[3]) - last).abs() < 0.2, "{steps:?}");
    // A vertical line in between, up by the whole plot: three decades.
    assert!(
        number(steps[2]) < number(steps[0].split(' ').nth(1).unwrap()) - 300.0,
        "{steps:?}"
    );
    assert_eq!(path(&svg, "late").len(), 1, "only the legend's");
}

#[test]
fn the_floor_is_drawn_when_it_is_known() {
    let known = buckets(&[(1000, 1001, 9)], 1000);
    let svg = curves("r", &[(Mode::Softirq, known.clone())], &known);
    check(&svg);
    assert_eq!(path(&svg, "late").len(), 2);
}

#[test]
fn degenerate_times() {
    for times in [
        Buckets::default(),
        buckets(&[(0, 1, 1)], 0),
        buckets(&[(u64::MAX - 1, u64::MAX, 3)], u64::MAX),
        buckets(&[(5, 6, u64::MAX / 2), (7, 8, 1)], 7),
    ] {
        check(&curves("<r>&\"", &[(Mode::Softirq, times.clone())], &times));
    }
    check(&curves("", &[], &Buckets::default()));
}

#[test]
fn many_narrow_steps_stay_a_small_picture() {
    let counts: Vec<(u64, u64, u64)> = (1..=100_000).map(|value| (value, value + 1, 1)).collect();
    let svg = curves(
        "r",
        &[(Mode::Softirq, buckets(&counts, 100_000))],
        &Buckets::default(),
    );
    check(&svg);
    assert!(svg.len() < 60_000, "{}", svg.len());
}

#[test]
fn bars_and_their_errors() {
    let rate = |values: &[f64]| Estimate::of(values).unwrap();
    let rates = [
        (Mode::Softirq, rate(&[100.0, 110.0, 90.0])),
        (Mode::KbpArmed, rate(&[200.0, 200.0, 200.0])),
    ];
    let svg = bars("z", &rates);
    check(&svg);
    assert!(svg.contains("too few rounds"));
    let width = |class| all(&svg, class, "width")[0].parse::<f64>().unwrap();
    let widths = [width("bar softirq"), width("bar kbp-armed")];
    assert!((widths[1] / widths[0] - 2.0).abs() < 0.01, "{widths:?}");
    assert_eq!(path(&svg, "error").len(), 2);
    check(&bars("z", &[(Mode::Softirq, rate(&[0.0]))]));
    check(&bars("z", &[]));
    assert!(bars("z", &[(Mode::Softirq, rate(&[1.0; 6]))]).contains("95 %"));
}

#[test]
fn every_mode_has_its_colours() {
    let sheet = sheet();
    for mode in Mode::ALL {
        assert_eq!(
            sheet.matches(&format!(".curve.{mode}{{")).count(),
            2,
            "{mode}"
        );
    }
}

#[test]
fn one_picture_has_all_rows() {
    use super::super::{report, synthetic};
    for outcomes in [synthetic::good(2), Vec::new()] {
        let measured = Measured::new(&outcomes);
        check(&picture(&report(&synthetic::run(&outcomes)), &measured));
    }
    let outcomes = synthetic::demo(3);
    let demo = report(&synthetic::demo_run(&outcomes));
    let svg = picture(&demo, &Measured::new(&outcomes));
    check(&svg);
    assert_eq!(all(&svg, "name", "x").len(), 6);
    // One more in the legend.
    assert_eq!(path(&svg, "curve kbp-armed").len(), 7);
    assert!(svg.contains("p99  40.0 µs → 400 ns"), "{svg}");
    assert!(!svg.contains("cannot tell"));
    for remote in ["src=", "href=", "@import", "url("] {
        assert!(!svg.contains(remote), "{remote}");
    }
}
