// SPDX-License-Identifier: GPL-2.0
//! One panel: the curves of one scenario.

use super::axes::Scale;
use super::frame::Frame;
use super::text;
use crate::plan::{Mode, Scenario, Source};
use crate::report::format::{escape, time};
use crate::report::model::{Report, Run};
use crate::stats::median;

/// Room inside a panel for its title, the names of the ticks, and the last label.
const ABOVE: f64 = 30.0;
const BELOW: f64 = 22.0;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 18.0;
/// Percentiles with a marker, so that curves can be told apart without colour.
const MARKED: [f64; 4] = [50.0, 90.0, 99.0, 99.9];

type Curve = Vec<(f64, u64)>;

pub(super) struct Panel<'a> {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) scale: &'a Scale,
}

impl Panel<'_> {
    pub(super) fn draw(
        &self,
        svg: &mut String,
        report: &Report,
        source: Source,
        scenario: Scenario,
    ) {
        let of = |mode| report.runs_of(source, scenario, mode);
        let (softirq, kbp) = (of(Mode::Softirq), of(Mode::Kbp));
        *svg += &format!(
            "<text class=\"name\" x=\"{:.1}\" y=\"{:.1}\">{} <tspan class=\"why\" dx=\"6\">{}</tspan></text>\n",
            self.left,
            self.top + 18.0,
            scenario.name(),
            escape(scenario.explain())
        );
        if let Some(words) = p99(&softirq, &kbp) {
            text(
                svg,
                "result",
                self.left + self.width - RIGHT,
                self.top + 18.0,
                &words,
            );
        }
        self.frame().grid(svg, self.scale);
        // KBP last: it lies above where the curves meet.
        let all: Vec<&Run> = softirq.iter().chain(&kbp).copied().collect();
        self.line(
            svg,
            "late",
            &middle(&all, |run| &run.late_percentiles),
            &all,
        );
        for (mode, runs) in [(Mode::Softirq, &softirq), (Mode::Kbp, &kbp)] {
            for run in runs {
                self.line(
                    svg,
                    &format!("round {}", mode.name()),
                    &run.percentiles,
                    runs,
                );
            }
            let median = middle(runs, |run| &run.percentiles);
            self.line(svg, &format!("median {}", mode.name()), &median, runs);
            for (percent, ns) in MARKED.iter().filter_map(|p| nearest(&median, *p)) {
                let (x, y) = self.place(percent, ns, count(runs));
                *svg += &marker(mode, x, y);
                svg.push('\n');
            }
        }
    }

    fn frame(&self) -> Frame {
        Frame {
            left: self.left + LEFT,
            right: self.left + self.width - RIGHT,
            top: self.top + ABOVE,
            bottom: self.top + self.height - BELOW,
        }
    }

    fn line(&self, svg: &mut String, class: &str, curve: &Curve, runs: &[&Run]) {
        if curve.is_empty() {
            return;
        }
        let points = curve.iter().map(|(percent, ns)| {
            let (x, y) = self.place(*percent, *ns, count(runs));
            format!("{x:.1} {y:.1}")
        });
        let points: Vec<String> = points.collect();
        *svg += &format!("<path class=\"{class}\" d=\"M{}\"/>\n", points.join("L"));
    }

    fn place(&self, percent: f64, ns: u64, count: u64) -> (f64, f64) {
        let frame = self.frame();
        (frame.x(percent, count), frame.y(self.scale.up(ns)))
    }
}

/// How many times a curve of these runs is made of.
fn count(runs: &[&Run]) -> u64 {
    runs.iter().map(|run| run.received).max().unwrap_or(0)
}

/// The median of the runs at each percentile that all of them have.
fn middle<'a>(runs: &[&'a Run], of: impl Fn(&'a Run) -> &'a Curve) -> Curve {
    let curves: Vec<&Curve> = runs
        .iter()
        .map(|run| of(run))
        .filter(|c| !c.is_empty())
        .collect();
    let Some((first, others)) = curves.split_first() else {
        return Curve::new();
    };
    let at = |curve: &Curve, percent: f64| curve.iter().find(|p| p.0 == percent).map(|p| p.1);
    first
        .iter()
        .filter_map(|(percent, ns)| {
            let mut values = vec![*ns];
            for curve in others {
                values.push(at(curve, *percent)?);
            }
            Some((*percent, median(&values)?))
        })
        .collect()
}

/// The point of `curve` at a percentile; none when the curve ends before it.
fn nearest(curve: &Curve, percent: f64) -> Option<(f64, u64)> {
    curve
        .iter()
        .copied()
        .find(|point| point.0 >= percent - 1e-9 && point.0 < 100.0)
}

/// The headline of a panel.
fn p99(softirq: &[&Run], kbp: &[&Run]) -> Option<String> {
    let of = |runs: &[&Run]| median(&runs.iter().map(|run| run.p99_ns).collect::<Vec<_>>());
    Some(format!("p99  {} → {}", time(of(softirq)?), time(of(kbp)?)))
}

/// A mark on a curve: round for softirq, square for KBP.
pub(super) fn marker(mode: Mode, x: f64, y: f64) -> String {
    match mode {
        Mode::Softirq => {
            format!("<circle class=\"dot softirq\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>")
        }
        Mode::Kbp => format!(
            "<rect class=\"dot kbp\" x=\"{:.1}\" y=\"{:.1}\" width=\"7.4\" height=\"7.4\"/>",
            x - 3.7,
            y - 3.7
        ),
    }
}
