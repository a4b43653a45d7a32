// SPDX-License-Identifier: GPL-2.0
//! One line per measurement, for other programs (RFC 4180).

use super::measured::Measured;
use crate::statistics::tidy;
use crate::suite::metric::Metric;
use crate::suite::outcome::Outcome;

/// Writes it. What was not measured is empty; times are nanoseconds.
pub(super) fn write(measured: &Measured) -> String {
    let mut out = String::new();
    for outcome in measured.all() {
        let (names, cells): (Vec<String>, Vec<String>) = columns(outcome).into_iter().unzip();
        if out.is_empty() {
            out = names.join(",") + "\n";
        }
        let cells = cells.iter().map(|cell| quoted(cell));
        out += &(cells.collect::<Vec<_>>().join(",") + "\n");
    }
    out
}

fn columns(outcome: &Outcome) -> Vec<(String, String)> {
    let (cell, packets) = (&outcome.cell, &outcome.packets);
    let workload = &cell.row.workload;
    let mut columns = Vec::new();
    let mut add = |name: &str, cell: String| columns.push((name.to_owned(), cell));
    add("row", cell.row.name.clone());
    add("mode", cell.mode.to_string());
    add("round", cell.round.to_string());
    add("workload", workload.metric().to_owned());
    add(
        "competitor",
        format!("{:?}", workload.competitor()).to_lowercase(),
    );
    for metric in Metric::TIMES.into_iter().chain([Metric::Rate]) {
        let fits = Metric::of(workload).contains(&metric);
        let value = metric.value(outcome).filter(|_| fits);
        let unit = match metric {
            Metric::Loss | Metric::Rate => "",
            _ => "_ns",
        };
        let cell = value.map_or(String::new(), |value| tidy(value).to_string());
        add(&format!("{}{unit}", metric.name()), cell);
    }
    let busy = outcome.busy.iter();
    let cores = tidy(busy.clone().map(|core| core.share).sum());
    let shares = busy.map(|core| format!("{}:{:.4}", core.cpu, core.share));
    add("sent", packets.sent.to_string());
    add("received", packets.received.to_string());
    add("duplicates", packets.duplicates.to_string());
    add("reordered", packets.reordered.to_string());
    add("net_rx", outcome.net_rx.to_string());
    add("busy_cores", cores.to_string());
    add("busy", shares.collect::<Vec<_>>().join(" "));
    add("evidence", outcome.evidence.clone());
    columns
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

    #[test]
    fn every_cell_has_its_line_and_every_line_all_columns() {
        let mut outcomes = synthetic::good(2);
        let text = write(&Measured::new(&outcomes));
        assert_eq!(text.lines().count(), outcomes.len() + 1);
        let columns = text.lines().map(|line| line.split(',').count());
        assert!(columns.min() == Some(22) && text.starts_with("row,mode,round,"));
        let line = "delay-load90-spin,softirq,1,interrupt to poll,spin,10000,";
        synthetic::says(&text, &[line]);
        outcomes[0].evidence = "says \"on\", twice".into();
        let text = write(&Measured::new(&outcomes));
        synthetic::says(&text, &[",\"says \"\"on\"\", twice\"\n"]);
    }
}
