// SPDX-License-Identifier: GPL-2.0
//! The paper's figures beside this run's.

use maud::{html, Markup};

use super::super::paper::Line;
use super::super::words;
use crate::suite::cell::Place;

pub(super) fn section(lines: &[Line]) -> Markup {
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
                    @if line.unlike.is_empty() { span.dim { "not measured in this run" } }
                    span.dim { (line.unlike) }
                }
            }
        }
    }
}
