// SPDX-License-Identifier: GPL-2.0
//! The report as one HTML file that needs nothing else.

use super::format::{escape, time};
use super::model::Report;
use super::summary::{rows, Row, Side};
use super::table::gain;
use super::verify::Judgement;
use super::{format, svg};
use crate::plan::Source;

/// What only these tables need.
const STYLE: &str =
    "th:nth-child(-n+2),td:nth-child(-n+2){text-align:left}\ntr.pair td{border-bottom-color:transparent}\n";

const HOW_TO_READ: &str = "<ul>
<li><b>Synthetic NIC</b>: the delay from the interrupt that schedules the NAPI to the poll that takes the packet. \
No host and no hypervisor network stands in between, so this is the effect of KBP by itself.</li>
<li><b>virtio NIC</b>: the round trip of a UDP datagram from the host to an echo in the guest and back. It holds \
everything KBP cannot change, too: the host's scheduler, the hypervisor, the echo program and the way back. A KBP \
core spins, so under emulation it keeps a host CPU busy; with few host CPUs the hypervisor's own threads wait for \
another one, and the round trip gets longer.</li>
<li>In the plot every further nine of the percentile takes the same room; lower is better. Where thin lines of one \
colour lie far apart, the rounds disagree, and a difference smaller than that is noise.</li>
<li>The dotted line is how late the interrupts themselves came. It is no part of the delay, and it shows how much the \
machine disturbed the measurement.</li>
<li>A ratio is softirq divided by KBP: above 1, KBP is faster. In brackets the lowest and highest of the rounds.</li>
<li>p99.9 and the maximum of a thousand packets are one or two packets; compare p50 and p99.</li>
<li>NET_RX stands still on a KBP core because receiving no longer happens in softirq context.</li>
</ul>";

/// Writes it.
pub fn write(report: &Report, judgement: &Judgement) -> String {
    let kernel = escape(&report.kernel);
    let mut html = format!(
        "<h1>softirq NAPI and KBP</h1>\n<p class=\"lead\">kernel {kernel}, both modes in turn within one boot</p>\n"
    );
    html += &verified(judgement);
    for source in report.sources() {
        html += &table(report, source);
    }
    html += &format!(
        "<h2>Percentiles</h2>\n<div class=\"wide\">{}</div>\n",
        svg::draw(report)
    );
    html += &format!("<h2>How to read this</h2>\n{HOW_TO_READ}\n");
    html += &environment(report);
    kbp_page::document(&format!("softirq NAPI and KBP on {kernel}"), STYLE, &html)
}

/// The checks and warnings, for any report.
pub(crate) fn verified(judgement: &Judgement) -> String {
    let checks = judgement.checks.iter().map(|check| {
        let class = if check.ok { "ok" } else { "bad" };
        format!("<li class=\"{class}\">{}</li>\n", escape(&check.text))
    });
    let warnings = judgement
        .warnings
        .iter()
        .map(|warning| format!("<li class=\"warn\">{}</li>\n", escape(warning)));
    let items: String = checks.chain(warnings).collect();
    format!("<h2>Verified</h2>\n<ul>\n{items}</ul>\n")
}

fn table(report: &Report, source: Source) -> String {
    let rows: String = rows(report)
        .iter()
        .filter(|row| row.source == source)
        .map(|row| side(row, &row.softirq, true) + &side(row, &row.kbp, false))
        .collect();
    format!(
        "<h2>{}: {}</h2>\n<div class=\"wide\"><table>\n<tr><th>scenario</th><th>mode</th><th>p50</th><th>p99</th>\
         <th>p99 of rounds</th><th>p99.9</th><th>max</th><th>p50 ratio</th><th>p99 ratio</th>\
         <th>sent / received</th><th>NET_RX</th></tr>\n{rows}</table></div>\n",
        source.name(),
        source.metric()
    )
}

fn side(row: &Row, side: &Side, first: bool) -> String {
    let (low, high) = side.p99_spread;
    let ratio = |of| if first { String::new() } else { gain(of) };
    let cells = [
        if first {
            row.scenario.name().into()
        } else {
            String::new()
        },
        side.mode.name().into(),
        time(side.p50_ns),
        time(side.p99_ns),
        format!("{} – {}", time(low), time(high)),
        time(side.p999_ns),
        time(side.max_ns),
        ratio(row.p50_ratio),
        ratio(row.p99_ratio),
        format!("{} / {}", side.sent, side.received),
        side.net_rx_softirqs.to_string(),
    ];
    let cells = cells
        .iter()
        .map(|cell| format!("<td>{}</td>", escape(cell)))
        .collect::<Vec<_>>()
        .concat();
    format!(
        "<tr{}>{cells}</tr>\n",
        if first { " class=\"pair\"" } else { "" }
    )
}

fn environment(report: &Report) -> String {
    let about = &report.environment;
    let accel = match report.emulated() {
        true => "QEMU TCG: the guest's CPUs are emulated, so times are longer and noisier than on hardware; \
                 compare the two modes, not the times with other machines",
        false => "KVM",
    };
    let [before, after] = about.host_load;
    let items = [
        ("Kernel", report.kernel.clone()),
        ("Virtual machine", accel.into()),
        (
            "CPUs",
            format!(
                "{} in the guest, {} on the host",
                about.guest_cpus, about.host_cpus
            ),
        ),
        (
            "Load of the host",
            format!("{before} before, {after} after (average over one minute)"),
        ),
        (
            "Sources",
            about.commit.clone().unwrap_or_else(|| "without git".into()),
        ),
        (
            "Duration",
            format!("{} s", format::digits(about.duration_s)),
        ),
        ("Set-up", report.note.clone()),
    ];
    let items = items
        .iter()
        .map(|(name, value)| format!("<dt>{name}</dt><dd>{}</dd>\n", escape(value)))
        .collect::<Vec<_>>()
        .concat();
    format!("<h2>Environment</h2>\n<dl>\n{items}</dl>\n")
}

#[cfg(test)]
mod tests {
    use super::super::model::tests::sample;
    use super::super::verify::judge;
    use super::*;

    #[test]
    fn it_needs_nothing_else_and_hides_nothing() {
        let mut report = sample(2, 3);
        report.kernel = "6.9<x>".into();
        report.runs[0].received -= 1;
        let html = write(&report, &judge(&report, 2));
        for remote in ["src=", "href=", "@import", "url("] {
            assert!(!html.contains(remote), "{remote}");
        }
        assert!(html.contains("6.9&lt;x&gt;") && !html.contains("<x>"));
        assert!(html.contains("class=\"bad\""));
        assert!(html.contains("<svg "));
        assert!(html.contains("load90-spin"));
    }

    #[test]
    fn nothing_measured() {
        let mut report = sample(1, 3);
        report.runs.clear();
        assert!(write(&report, &judge(&report, 1)).contains("class=\"bad\""));
    }
}
