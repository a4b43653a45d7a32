// SPDX-License-Identifier: GPL-2.0
//! The tables of rows, and the report for a terminal.

use super::model::{ModeReport, RowReport};
use super::sections::sections;
use super::whole::Report;
use super::words;
use crate::mode::Mode;
use crate::suite::metric::Metric;

/// What a table says of a mode of a row, with the heads of its columns; the page has more.
pub(super) fn of_mode(row: &RowReport, mode: Mode, report: &ModeReport) -> Vec<(String, String)> {
    let decisive = row.decisive();
    let metric = |metric: Metric| (metric.name().to_owned(), words::metric(report, metric));
    let mut cells = vec![("mode".to_owned(), mode.to_string())];
    if decisive == Metric::Rate {
        let range = report.metrics.get(&Metric::Rate);
        let range = range.map_or("–".into(), |e| format!("{:.0}–{:.0}", e.low, e.high));
        cells.extend([metric(Metric::Rate), ("rounds".into(), range)]);
    } else {
        cells.extend([Metric::P50, Metric::P99, Metric::P999, Metric::Max].map(metric));
        cells.push(("loss".into(), words::share(report.loss)));
    }
    cells.extend(compared(Some(report), decisive));
    cells.extend([
        ("busy cores".into(), format!("{:.2}", report.busy_cores)),
        ("NET_RX".into(), report.net_rx.to_string()),
    ]);
    cells
}

/// A mode by softirq.
fn compared(report: Option<&ModeReport>, metric: Metric) -> [(String, String); 2] {
    let ratio = report.and_then(|report| report.ratios.get(&metric));
    let within = ratio.map_or("–", |ratio| if ratio.within_noise { "yes" } else { "no" });
    let words = ratio.map_or("–".into(), |ratio| words::interval(&ratio.of));
    let name = format!("{} ratio", metric.name());
    [(name, words), ("within noise?".into(), within.into())]
}

/// The report for a terminal: one block per row, or the demo's line per row; what follows last.
pub fn text(report: &Report) -> String {
    let headline = report.headline.as_deref();
    let mut out = headline.map_or(String::new(), |words| format!("{words}\n\n"));
    let mut sections = sections(report);
    if report.is_demo() {
        let kernel = &report.environment.kernel;
        out += &format!("Kernel {kernel}, round trips on the wall clock, medians of rounds:\n");
        out += &aligned(report.rows.iter().map(of_demo).collect());
        // The page has the others.
        sections.drain(..sections.len() - 1);
    }
    for row in report.rows.iter().filter(|_| !report.is_demo()) {
        out += &format!("{}: {} ({})\n", row.name, row.about, row.workload.metric());
        let line = |(mode, report): (&Mode, &ModeReport)| of_mode(row, *mode, report);
        out += &aligned(row.modes.iter().map(line).collect());
        let doubt = row.doubt.as_ref();
        out += &doubt.map_or(String::new(), |why| format!("noisy: {why}\n"));
        out += "\n";
    }
    out += "A ratio is the mode by softirq, per round; ~[range of too few rounds].\n";
    for (title, lines) in sections {
        out += &format!("\n{title}:\n");
        // What the headline has said already is left out.
        for (kind, text) in lines.iter().filter(|(_, text)| Some(&**text) != headline) {
            let mark = match *kind {
                "bad" => "FAILED: ",
                "warn" => "warning: ",
                _ => "",
            };
            out += &format!("{mark}{text}\n");
        }
    }
    out
}

fn of_demo(row: &RowReport) -> Vec<(String, String)> {
    let [softirq, kbp] = [Mode::Softirq, Mode::KbpArmed].map(|mode| row.modes.get(&mode));
    let of = |report: Option<&ModeReport>, metric| {
        report.map_or("–".into(), |report| words::metric(report, metric))
    };
    let lost: u64 = row.modes.values().map(|mode| mode.packets.lost()).sum();
    let cells = [
        ("row", row.name.clone()),
        ("softirq p50", of(softirq, Metric::P50)),
        ("p99", of(softirq, Metric::P99)),
        ("max", of(softirq, Metric::Max)),
        ("KBP p50", of(kbp, Metric::P50)),
        ("p99", of(kbp, Metric::P99)),
        ("max", of(kbp, Metric::Max)),
        ("lost", lost.to_string()),
    ];
    let mut cells = cells.map(|(head, cell)| (head.to_owned(), cell)).to_vec();
    cells.extend(compared(kbp, Metric::P99));
    cells
}

/// Lines of heads and cells as a table.
fn aligned(lines: Vec<Vec<(String, String)>>) -> String {
    let width = |at: usize| {
        let cells = lines.iter().flat_map(|line| [&line[at].0, &line[at].1]);
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let written = |(at, cell): (usize, &String)| match at {
        0 => format!("{cell:<0$}", width(0)),
        _ => format!(" {cell:>0$}", width(at)),
    };
    let heads = lines
        .iter()
        .take(1)
        .map(|line| line.iter().map(|(head, _)| head).collect());
    let cells = lines
        .iter()
        .map(|line| line.iter().map(|(_, cell)| cell).collect());
    let lines = heads.chain(cells).map(|line: Vec<&String>| {
        line.into_iter()
            .enumerate()
            .map(written)
            .collect::<String>()
            + "\n"
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::super::report;
    use super::super::synthetic::{self, says};
    use super::*;

    #[test]
    fn every_row_and_mode_has_its_line_and_what_is_noise_is_marked() {
        let mut outcomes = synthetic::good(3);
        let quiet = text(&report(&synthetic::run(&outcomes)));
        let lines = |start: &str| quiet.lines().filter(|line| line.starts_with(start)).count();
        let found = ["kbp-armed ", "mode ", "pass: "].map(lines);
        assert_eq!(found, [10, 10, 6], "{quiet}");
        let faster = "0.0100 ~[0.0100–0.0100]            no";
        says(&quiet, &[faster, "300000 pps"]);
        assert!(!quiet.contains("noisy:"), "{quiet}");
        synthetic::slow(&mut outcomes, "delay-idle", Mode::Control, 4);
        let noisy = text(&report(&synthetic::run(&outcomes)));
        let same = "1.00 ~[1.00–1.00]           yes";
        says(&noisy, &["noisy: the control's p99 is 4.00", same]);
    }

    #[test]
    fn the_demo_has_a_line_per_row_and_its_headline_first() {
        let mut outcomes = synthetic::demo(3);
        let quiet = text(&report(&synthetic::demo_run(&outcomes)));
        assert!(
            quiet.starts_with("Kernel 6.1.0-test, round trips"),
            "{quiet}"
        );
        let row = quiet.lines().find(|line| line.starts_with("vm-spin-64 "));
        assert!(row.unwrap().contains("10.0 µs"), "{quiet}");
        assert!(quiet.contains("0.0100 ~[0.0100–0.0100]"), "{quiet}");
        assert!(quiet.lines().count() < 20, "{quiet}");
        outcomes.retain(|outcome| outcome.cell.mode != Mode::Softirq);
        let noisy = text(&report(&synthetic::demo_run(&outcomes)));
        assert!(noisy.starts_with("This run cannot tell"), "{noisy}");
        assert_eq!(noisy.matches("cannot tell").count(), 1, "{noisy}");
    }
}
