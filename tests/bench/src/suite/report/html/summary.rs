// SPDX-License-Identifier: GPL-2.0
//! What a reader in a hurry reads: what KBP buys, whether to believe it, where it is not the best.

use maud::{html, Markup};

use super::super::paper::Line;
use super::super::promises::Verdict;
use super::super::whole::Report;
use super::super::words;
use crate::suite::cell::Place;

pub(super) fn section(report: &Report) -> Markup {
    let noisy = report.rows.iter().filter(|row| row.noisy).count();
    let verdict = match report.noisy {
        true => "the run cannot tell",
        false => "the run is quiet enough to compare",
    };
    let promised = report.promises.iter();
    let measured = |verdict: Verdict| verdict != Verdict::NotMeasured;
    let promises = !report.is_demo() || promised.clone().any(|p| measured(p.verdict));
    html! {
        h2 { "Summary" }
        ul {
            li class=(if report.noisy { "warn" } else { "ok" }) {
                (noisy) " of " (report.rows.len()) " rows are noisy; " (verdict) "."
            }
            @for peer in &report.peers { li { (peer.words()) } }
        }
        @if promises {
            h2 { "Promises" }
            div.wide {
                table.text {
                    tr { th { "promise" } th { "verdict" } th { "found" } }
                    @for promise in promised {
                        @let verdict = promise.verdict.name();
                        tr {
                            td { (promise.promise) }
                            td class=(verdict.replace(' ', "-")) { (verdict) }
                            td { (promise.found) }
                        }
                    }
                }
            }
        }
        h2 { "Where KBP is not the best" }
        @if report.not_best.is_empty() {
            p { "In no row of this run." }
        } @else {
            ul { @for row in &report.not_best { li { (row.words()) } } }
        }
    }
}

/// The paper's figures beside this run's.
pub(super) fn paper(lines: &[Line]) -> Markup {
    html! {
        h2 { "The paper says, measured here" }
        p.lead {
            "Ratios KBP by NAPI, or by NAPI behind OvS-DPDK; below 1 is better for the round trip, \
             above 1 for the rate. The paper's loads are a 10 Gbps NIC's; ours are a virtual or \
             synthetic NIC's, and what else happens on the core differs, so read the direction, not \
             the digits. Against OvS-DPDK, KBP is the guest's alone and has QEMU's plain cable; the \
             paper has it on the host, too, with vhost-net."
        }
        div.wide {
            table.text {
                tr {
                    @for head in [
                        "figure", "what", "frame", "where", "load there", "against",
                        "it → KBP there", "ratio there", "ratio here",
                    ] { th { (head) } }
                }
                @for line in lines { (claim(line)) }
            }
        }
    }
}

fn claim(line: &Line) -> Markup {
    let place = match line.place {
        Place::Guest => "virtual machine",
        Place::Docker => "Docker container",
        _ => "Kubernetes pod",
    };
    html! {
        tr {
            td { "Fig. " (line.figure) }
            td { (line.quantity.name()) }
            td { (line.frame) }
            td { (place) }
            td { (line.load) }
            td { (line.rival.name()) }
            td { (line.says) }
            td { @if line.bound { "below " } (words::ratio(line.ratio)) }
            td {
                @for (at, here) in line.here.iter().enumerate() {
                    @if at > 0 { br; }
                    (here.row) ", " (here.mode.name()) ": " (words::with_interval(&here.ratio))
                }
                @if line.here.is_empty() {
                    span.dim {
                        (if line.unlike.is_empty() { "not measured in this run" } else { &line.unlike })
                    }
                }
            }
        }
    }
}
