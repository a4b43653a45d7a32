// SPDX-License-Identifier: GPL-2.0
//! One row: its table and its plot.

use super::super::measured::Measured;
use super::super::model::{ModeReport, RowReport};
use super::super::{judge, svg, words};
use crate::report::format::escape;
use crate::suite::cell::Mode;
use crate::suite::statistics::Metric;

pub(super) fn section(row: &RowReport, measured: &Measured) -> String {
    format!(
        "<section>\n<h3>{}</h3>\n<p class=\"lead\">{}; {}.{}</p>\n{}{}</section>\n",
        escape(&row.name),
        escape(&row.about),
        row.workload.metric(),
        noise(row),
        table(row),
        plot(row, measured)
    )
}

fn noise(row: &RowReport) -> String {
    let Some(noise) = row.decisive_noise() else {
        return String::new();
    };
    if row.noisy {
        let why = judge::why_noisy(Some(noise), row.decisive());
        return format!(" <span class=\"noise\">Noisy: {}.</span>", escape(&why));
    }
    let (metric, band) = (row.decisive().name(), noise.band * 100.0);
    format!(" Differences of {metric} below {band:.0} % are noise.")
}

fn table(row: &RowReport) -> String {
    let metrics: &[Metric] = match row.decisive() {
        Metric::Rate => &[Metric::Rate],
        _ => &[Metric::P50, Metric::P99, Metric::P999, Metric::Max],
    };
    let decisive = row.decisive();
    let names: String = metrics
        .iter()
        .map(|metric| format!("<th>{}</th>", metric.name()))
        .collect();
    let loss = if decisive == Metric::Rate {
        ""
    } else {
        "<th>loss</th>"
    };
    let mut html = format!(
        "<div class=\"wide\"><table>\n<tr><th>mode</th>{names}{loss}<th>{} ratio</th><th>busy share of cores</th>\
         <th>busy cores</th><th>NET_RX</th><th>within noise?</th></tr>\n",
        decisive.name()
    );
    for (mode, report) in &row.modes {
        html += &line(*mode, report, metrics, decisive);
    }
    html + "</table></div>\n"
}

fn line(mode: Mode, report: &ModeReport, metrics: &[Metric], decisive: Metric) -> String {
    let ratio = report.ratios.get(&decisive);
    let mut cells = vec![mode.name().to_owned()];
    cells.extend(metrics.iter().map(|metric| words::metric(report, *metric)));
    if decisive != Metric::Rate {
        cells.push(words::share(report.loss));
    }
    cells.extend([
        ratio.map_or("–".into(), |ratio| words::interval(&ratio.of)),
        words::busy(report),
        format!("{:.2}", report.busy_cores),
        report.net_rx.to_string(),
        match ratio {
            Some(ratio) if ratio.within_noise => "yes".into(),
            Some(_) => "no".into(),
            None => "–".into(),
        },
    ]);
    let cells: String = cells
        .iter()
        .map(|cell| format!("<td>{}</td>", escape(cell)))
        .collect();
    let class = if mode.is_kbp() { " class=\"kbp\"" } else { "" };
    format!(
        "<tr{class} title=\"{}\">{cells}</tr>\n",
        escape(&report.evidence.join("; "))
    )
}

fn plot(row: &RowReport, measured: &Measured) -> String {
    let picture = match row.decisive() {
        Metric::Rate => {
            let rate = |(mode, report): (&Mode, &ModeReport)| {
                Some((*mode, *report.metrics.get(&Metric::Rate)?))
            };
            svg::bars(
                &row.name,
                &row.modes.iter().filter_map(rate).collect::<Vec<_>>(),
            )
        }
        _ => {
            let merged = |mode: &Mode| (*mode, measured.merged(&row.name, *mode));
            let curves: Vec<_> = row.modes.keys().map(merged).collect();
            svg::curves(&row.name, &curves, &measured.floor(&row.name))
        }
    };
    format!("<div class=\"wide\">{picture}</div>\n")
}
