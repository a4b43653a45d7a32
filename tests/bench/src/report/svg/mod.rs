// SPDX-License-Identifier: GPL-2.0
//! The percentile plot as SVG: one small panel per scenario, softirq against KBP.
//!
//! The curves are what was measured, without smoothing: one thin line per round and a thick one for
//! the median of the rounds at each percentile. Both axes are logarithmic; on the horizontal one
//! each further nine takes the same room, so the tail is as wide as the body.

pub(crate) mod axes;
pub(crate) mod frame;
mod panel;
pub(crate) mod style;

use super::format::escape;
use super::model::Report;
use crate::plan::{Mode, Source};
use axes::{Scale, X_LABEL};
use panel::Panel;

/// Width of the whole picture.
const WIDTH: f64 = 1000.0;
const MARGIN: f64 = 24.0;
/// Room for title and legend.
const HEAD: f64 = 104.0;
/// Room for the heading of a source.
const SECTION: f64 = 44.0;
/// Room for the names of the horizontal axis and the footnote.
const FOOT: f64 = 48.0;
const COLUMNS: usize = 2;
const GAP: f64 = 24.0;
const PANEL_HEIGHT: f64 = 276.0;

/// Draws it.
pub fn draw(report: &Report) -> String {
    let sources = report.sources();
    let rows: usize = sources.iter().map(|source| lines(*source)).sum();
    let height = HEAD + sources.len() as f64 * SECTION + rows as f64 * (PANEL_HEIGHT + GAP) + FOOT;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" role=\"img\" aria-label=\"Latency percentiles, softirq NAPI and KBP\">\n{}\n\
         <rect class=\"page\" width=\"{WIDTH}\" height=\"{height}\"/>\n",
        style::sheet()
    );
    head(&mut svg, report);
    let mut top = HEAD;
    for source in sources {
        section(&mut svg, report, source, top);
        top += SECTION + lines(source) as f64 * (PANEL_HEIGHT + GAP);
    }
    text(&mut svg, "note", MARGIN, height - 18.0, &format!(
        "{X_LABEL}; both axes logarithmic. Thin lines: single rounds, thick: median of the rounds. No smoothing."
    ));
    svg += "</svg>\n";
    svg
}

fn lines(source: Source) -> usize {
    source.scenarios().len().div_ceil(COLUMNS)
}

fn head(svg: &mut String, report: &Report) {
    let machine = if report.emulated() {
        "QEMU TCG (emulated CPUs)"
    } else {
        "KVM"
    };
    text(
        svg,
        "title",
        MARGIN,
        38.0,
        "softirq NAPI and KBP, one boot, measured in turn",
    );
    text(
        svg,
        "sub",
        MARGIN,
        60.0,
        &format!(
            "kernel {} · {machine} · {} guest CPUs on {} host CPUs",
            report.kernel, report.environment.guest_cpus, report.environment.host_cpus
        ),
    );
    let mut x = MARGIN;
    let mut entry = |sample: &str, label: &str, width: f64| {
        *svg += &format!("<g transform=\"translate({x} 84)\">{sample}</g>\n");
        text(svg, "legend", x + 40.0, 88.0, label);
        x += width;
    };
    for (mode, label, width) in [
        (Mode::Softirq, "softirq NAPI", 150.0),
        (Mode::Kbp, "KBP", 100.0),
    ] {
        let sample = format!(
            "<path class=\"median {0}\" d=\"M0 0H32\"/>{1}",
            mode.name(),
            panel::marker(mode, 16.0, 0.0)
        );
        entry(&sample, label, width);
    }
    let noise = "<path class=\"late\" d=\"M0 0H32\"/>";
    entry(
        noise,
        "noise floor: lateness of the interrupt itself, which no receive path can change",
        0.0,
    );
}

fn section(svg: &mut String, report: &Report, source: Source, top: f64) {
    let name = match source {
        Source::Testnic => "Synthetic NIC in the guest: delay from interrupt to poll",
        Source::Virtio => "virtio NIC: round trip of a UDP echo, seen from the host",
    };
    text(svg, "section", MARGIN, top + 26.0, name);
    let width = (WIDTH - 2.0 * MARGIN - GAP * (COLUMNS - 1) as f64) / COLUMNS as f64;
    for (line, scenarios) in source.scenarios().chunks(COLUMNS).enumerate() {
        // One scale for the panels side by side, so that they can be compared.
        let times = report
            .runs
            .iter()
            .filter(|run| run.source == source && scenarios.contains(&run.scenario))
            .flat_map(|run| run.percentiles.iter().map(|(_, ns)| *ns));
        // The noise floor may leave it.
        let scale = Scale::holding(times);
        for (column, scenario) in scenarios.iter().enumerate() {
            let panel = Panel {
                left: MARGIN + column as f64 * (width + GAP),
                top: top + SECTION + line as f64 * (PANEL_HEIGHT + GAP),
                width,
                height: PANEL_HEIGHT,
                scale: &scale,
            };
            panel.draw(svg, report, source, *scenario);
        }
    }
}

/// Adds a text at its base line.
pub(crate) fn text(svg: &mut String, class: &str, x: f64, y: f64, words: &str) {
    *svg += &format!(
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>\n",
        escape(words)
    );
}

#[cfg(test)]
mod tests;
