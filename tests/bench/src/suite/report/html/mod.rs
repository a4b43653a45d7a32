// SPDX-License-Identifier: GPL-2.0
//! The report as one HTML file that needs nothing else.

mod notes;
mod row;
mod summary;

use super::measured::Measured;
use super::model::Report;
use super::svg;
use crate::report::format::{digits, escape};
use crate::report::html::verified;

const STYLE: &str = "
h3{font-size:16px;margin:28px 0 2px}
th:first-child,td:first-child{text-align:left}.text td,.text th{text-align:left;white-space:normal}
tr.kbp td:first-child{font-weight:600}.dim{color:var(--soft)}.noise{color:var(--warn)}
svg{margin-top:10px}
.pass{color:var(--good)}.miss{color:var(--bad)}.not-measured{color:var(--soft)}
";

/// Writes it.
pub(crate) fn write(report: &Report, measured: &Measured) -> String {
    let about = &report.environment;
    let kernel = escape(&about.kernel);
    let mut body = format!(
        "<h1>KBP beside every way to poll</h1>\n<p class=\"lead\">kernel {kernel}, {}, {} scale; all modes of a row in turn \
         within one boot</p>\n",
        escape(&about.started),
        escape(&about.scale)
    );
    body += &summary::section(report);
    body += &verified(&report.judgement).replacen("Verified", "Checks and warnings", 1);
    body += "<h2>Rows</h2>\n";
    for row in &report.rows {
        body += &row::section(row, measured);
    }
    body += &summary::paper(&report.paper);
    body += &left(report);
    body += notes::FAIRNESS;
    body += notes::HOW_TO_READ;
    body += &environment(report);
    let style = format!("{STYLE}{}", svg::sheet());
    kbp_page::document(
        &format!("KBP beside every way to poll, {kernel}"),
        &style,
        &body,
    )
}

fn left(report: &Report) -> String {
    if report.left.is_empty() {
        return String::new();
    }
    let lines = report.left.iter().map(|left| {
        let (row, why) = (escape(&left.row), escape(&left.why));
        format!(
            "<tr><td>{}</td><td>{row}</td><td>{why}</td></tr>\n",
            left.mode
        )
    });
    format!(
        "<h2>Left out</h2>\n<div class=\"wide\"><table class=\"text\">\n<tr><th>mode</th><th>row</th><th>why</th></tr>\n\
         {}</table></div>\n",
        lines.collect::<String>()
    )
}

fn environment(report: &Report) -> String {
    let about = &report.environment;
    let machine = &about.machine;
    let [before, after] = machine.host_load;
    let accel = match machine.accel.as_str() {
        "tcg" => {
            "QEMU TCG: the guest's CPUs are emulated; compare modes, not times with other machines"
        }
        other => other,
    };
    let config = about
        .config
        .iter()
        .map(|(name, value)| format!("{name}={value}"));
    let items = [
        ("Kernel", about.kernel.clone()),
        ("Configuration", config.collect::<Vec<_>>().join(" ")),
        ("CPU", about.cpu.clone()),
        ("Accelerator", accel.to_owned()),
        (
            "CPUs",
            format!(
                "{} in the guest, {} on the host",
                machine.guest_cpus, machine.host_cpus
            ),
        ),
        (
            "Load of the host",
            format!("{before} before, {after} after (average over one minute)"),
        ),
        (
            "Sources",
            machine
                .commit
                .clone()
                .unwrap_or_else(|| "without git".into()),
        ),
        ("Scale", about.scale.clone()),
        ("Started", about.started.clone()),
        ("Duration", format!("{} s", digits(machine.duration_s))),
        ("Set-up", about.note.clone()),
    ];
    let items = items
        .iter()
        .map(|(name, value)| format!("<dt>{name}</dt><dd>{}&#160;</dd>\n", escape(value)));
    format!(
        "<h2>Environment</h2>\n<dl>\n{}</dl>\n",
        items.collect::<String>()
    )
}

#[cfg(test)]
mod tests;
