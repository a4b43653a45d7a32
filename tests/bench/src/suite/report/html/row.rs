// SPDX-License-Identifier: GPL-2.0
//! One row: its table and its plot.

use maud::{html, Markup};

use super::super::measured::Measured;
use super::super::model::{ModeReport, RowReport};
use super::super::{svg, words};
use crate::suite::cell::Mode;
use crate::suite::metric::Metric;

pub(super) fn section(row: &RowReport, measured: &Measured) -> Markup {
    html! {
        section {
            h3 { (row.name) }
            p.lead { (row.about) "; " (row.workload.metric()) ". " (noise(row)) }
            div.wide { (table(row)) }
            div.wide { (svg::row(row, measured)) }
        }
    }
}

fn noise(row: &RowReport) -> Markup {
    let band = row.decisive_noise().map_or(0.0, |noise| noise.band) * 100.0;
    let metric = row.decisive().name();
    html! {
        @match &row.doubt {
            Some(why) => span.noise { "Noisy: " (why) "." },
            None => { "Differences of " (metric) " below " (format!("{band:.0}")) " % are noise." },
        }
    }
}

fn table(row: &RowReport) -> Markup {
    let decisive = row.decisive();
    let metrics: &[Metric] = match decisive {
        Metric::Rate => &[Metric::Rate],
        _ => &[Metric::P50, Metric::P99, Metric::P999, Metric::Max],
    };
    html! {
        table {
            tr {
                th { "mode" }
                @for metric in metrics { th { (metric.name()) } }
                @if decisive != Metric::Rate { th { "loss" } }
                th { (decisive.name()) " ratio" }
                th { "busy share of cores" }
                th { "busy cores" }
                th { "NET_RX" }
                th { "within noise?" }
            }
            @for (mode, report) in &row.modes { (line(*mode, report, metrics, decisive)) }
        }
    }
}

fn line(mode: Mode, report: &ModeReport, metrics: &[Metric], decisive: Metric) -> Markup {
    let ratio = report.ratios.get(&decisive);
    let within = ratio.map_or("–", |ratio| if ratio.within_noise { "yes" } else { "no" });
    html! {
        tr class=[mode.is_kbp().then_some("kbp")] title=(report.evidence.join("; ")) {
            td { (mode.name()) }
            @for metric in metrics { td { (words::metric(report, *metric)) } }
            @if decisive != Metric::Rate { td { (words::share(report.loss)) } }
            td { (ratio.map_or("–".into(), |ratio| words::interval(&ratio.of))) }
            td { (words::busy(report)) }
            td { (format!("{:.2}", report.busy_cores)) }
            td { (report.net_rx) }
            td { (within) }
        }
    }
}
