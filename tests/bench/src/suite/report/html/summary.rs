// SPDX-License-Identifier: GPL-2.0
//! What a reader in a hurry reads: what KBP buys, whether to believe it, where it is not the best.

use super::super::model::Report;
use super::super::paper::Line;
use super::super::promises::Promise;
use super::super::words;
use crate::report::format::escape;
use crate::suite::cell::Place;

pub(super) fn section(report: &Report) -> String {
    let noisy = report.rows.iter().filter(|row| row.noisy).count();
    let verdict = match report.noisy {
        true => {
            "the run is noisy: run it again on a quiet machine before believing small differences"
        }
        false => "the run is quiet enough to compare",
    };
    let class = if report.noisy { "warn" } else { "ok" };
    let mut html = format!(
        "<h2>Summary</h2>\n<ul>\n<li class=\"{class}\">{noisy} of {} rows are noisy; {verdict}.</li>\n",
        report.rows.len()
    );
    for peer in &report.peers {
        html += &format!("<li>{}</li>\n", escape(&peer.words()));
    }
    html += "</ul>\n<h2>Promises</h2>\n<div class=\"wide\"><table class=\"text\">\n\
             <tr><th>promise</th><th>verdict</th><th>found</th></tr>\n";
    html += &report.promises.iter().map(promise).collect::<String>();
    html += "</table></div>\n<h2>Where KBP is not the best</h2>\n";
    let not_best = report.not_best.iter();
    let not_best: String = not_best
        .map(|row| format!("<li>{}</li>\n", escape(&row.words())))
        .collect();
    html + &match not_best.is_empty() {
        true => "<p>In no row of this run.</p>\n".to_owned(),
        false => format!("<ul>\n{not_best}</ul>\n"),
    }
}

fn promise(promise: &Promise) -> String {
    let verdict = promise.verdict.name();
    format!(
        "<tr><td>{}</td><td class=\"{}\">{verdict}</td><td>{}</td></tr>\n",
        escape(&promise.promise),
        verdict.replace(' ', "-"),
        escape(&promise.found)
    )
}

/// The paper's figures beside this run's.
pub(super) fn paper(lines: &[Line]) -> String {
    let rows: String = lines.iter().map(line).collect();
    format!(
        "<h2>The paper says, measured here</h2>\n<p class=\"lead\">Ratios KBP by NAPI, or by NAPI behind OvS-DPDK; below 1 \
         is better for the round trip, above 1 for the rate. The paper's loads are a 10 Gbps NIC's; ours are a virtual \
         or synthetic NIC's, and what else happens on the core differs, so read the direction, not the digits. Against \
         OvS-DPDK, KBP is the guest's alone and has QEMU's plain cable; the paper has it on the host, too, with \
         vhost-net.</p>\n\
         <div class=\"wide\"><table class=\"text\">\n<tr><th>figure</th><th>what</th><th>frame</th><th>where</th>\
         <th>load there</th><th>against</th><th>it → KBP there</th><th>ratio there</th><th>ratio here</th></tr>\n{rows}</table></div>\n"
    )
}

fn line(line: &Line) -> String {
    let place = match line.place {
        Place::Guest => "virtual machine",
        Place::Docker => "Docker container",
        _ => "Kubernetes pod",
    };
    let here = line.here.iter().map(|here| {
        let ratio = words::with_interval(&here.ratio);
        escape(&format!("{}, {}: {ratio}", here.row, here.mode))
    });
    let here = match line.here.is_empty() {
        true if !line.unlike.is_empty() => {
            format!("<span class=\"dim\">{}</span>", escape(&line.unlike))
        }
        true => "<span class=\"dim\">not measured in this run</span>".to_owned(),
        false => here.collect::<Vec<_>>().join("<br>"),
    };
    let below = if line.bound { "below " } else { "" };
    format!(
        "<tr><td>Fig. {}</td><td>{}</td><td>{}</td><td>{place}</td><td>{}</td><td>{}</td><td>{}</td><td>{below}{}</td>\
         <td>{here}</td></tr>\n",
        line.figure,
        line.quantity.name(),
        line.frame,
        escape(&line.load),
        line.rival.name(),
        escape(&line.says),
        words::ratio(line.ratio)
    )
}
