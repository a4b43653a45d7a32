// SPDX-License-Identifier: GPL-2.0
//! One line per measurement, for other programs (RFC 4180).

use super::measured::Measured;

use crate::statistics::tidy;
use crate::suite::metric::Metric;
use crate::suite::outcome::Outcome;

/// What a line has, beside the metrics.
const BEFORE: [&str; 5] = ["row", "mode", "round", "workload", "competitor"];
const AFTER: [&str; 8] = [
    "sent",
    "received",
    "duplicates",
    "reordered",
    "net_rx",
    "busy_cores",
    "busy",
    "evidence",
];

/// Those of times and of searches.
fn metrics() -> impl Iterator<Item = Metric> {
    Metric::TIMES.into_iter().chain([Metric::Rate])
}

/// Writes it. What was not measured is empty; times are nanoseconds.
pub(super) fn write(measured: &Measured) -> String {
    let names = metrics().map(|metric| match metric {
        Metric::Loss | Metric::Rate => metric.name().to_owned(),
        _ => format!("{}_ns", metric.name()),
    });
    let before = BEFORE.iter().map(|name| name.to_string());
    let head = before
        .chain(names)
        .chain(AFTER.iter().map(|name| name.to_string()));
    let mut out = line(head);
    for outcome in measured.all() {
        out += &line(cells(outcome).into_iter());
    }
    out
}

fn cells(outcome: &Outcome) -> Vec<String> {
    let cell = &outcome.cell;
    let mut cells = vec![
        cell.row.name.clone(),
        cell.mode.to_string(),
        cell.round.to_string(),
        cell.row.workload.metric().to_owned(),
        format!("{:?}", cell.row.workload.competitor()).to_lowercase(),
    ];
    let fits = Metric::of(&cell.row.workload);
    cells.extend(metrics().map(|metric| {
        let value = fits
            .contains(&metric)
            .then(|| metric.value(outcome))
            .flatten();
        value.map_or(String::new(), |value| tidy(value).to_string())
    }));
    let packets = outcome.packets;
    let shares = outcome
        .busy
        .iter()
        .map(|core| format!("{}:{:.4}", core.cpu, core.share));
    cells.extend([
        packets.sent.to_string(),
        packets.received.to_string(),
        packets.duplicates.to_string(),
        packets.reordered.to_string(),
        outcome.net_rx.to_string(),
        tidy(outcome.busy.iter().map(|core| core.share).sum()).to_string(),
        shares.collect::<Vec<_>>().join(" "),
        outcome.evidence.clone(),
    ]);
    cells
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.map(|cell| quoted(&cell)).collect();
    format!("{}\n", cells.join(","))
}

fn quoted(cell: &str) -> String {
    match cell.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::synthetic;
    use super::*;
    use crate::suite::cell::Mode;

    #[test]
    fn every_cell_has_its_line_and_every_line_all_columns() {
        let outcomes = synthetic::good(2);
        let text = write(&Measured::new(&outcomes));
        assert_eq!(text.lines().count(), outcomes.len() + 1);
        let columns = BEFORE.len() + metrics().count() + AFTER.len();
        assert!(
            text.lines().all(|line| line.split(',').count() == columns),
            "{text}"
        );
        assert!(
            text.contains("delay-load90-spin,softirq,1,interrupt to poll,spin,10000,"),
            "{text}"
        );
    }

    #[test]
    fn evidence_may_hold_anything() {
        let mut outcome = synthetic::timed("r", Mode::Softirq, 1, 1000);
        outcome.evidence = "says \"on\", twice".into();
        let text = write(&Measured::new(&[outcome]));
        assert!(text.ends_with(",\"says \"\"on\"\", twice\"\n"), "{text}");
    }
}
