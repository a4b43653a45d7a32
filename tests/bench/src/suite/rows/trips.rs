// SPDX-License-Identifier: GPL-2.0
//! Round trips from the host: to a program in the guest, and into containers.

use super::{frames, row, FRAMES};
use crate::suite::cell::{Competitor, Place, Row, Transport, Wire, Workload};
use crate::suite::plan::Scale;

/// Datagrams per second through the wire, below saturation also under emulation.
pub(super) const RATE: u32 = 500;

pub(super) fn round_trip(
    name: &str,
    about: &str,
    frame: u32,
    place: Place,
    competitor: Competitor,
) -> Row {
    row(
        format!("{name}-{frame}"),
        format!("UDP, {frame}-byte frames, {RATE} a second; {about}"),
        Workload::RoundTrip {
            transport: Transport::Udp,
            frame,
            rate: RATE,
            flows: 1,
            wire: Wire::Cable,
            place,
            competitor,
        },
    )
}

fn requests(frame: u32) -> Row {
    row(
        format!("vm-tcp-{frame}"),
        format!("TCP, requests in {frame}-byte frames, {RATE} a second on one connection; to a program in the guest"),
        Workload::RoundTrip {
            transport: Transport::Tcp,
            frame,
            rate: RATE,
            flows: 1,
            wire: Wire::Cable,
            place: Place::Guest,
            competitor: Competitor::None,
        },
    )
}

/// To a program in the guest.
pub(super) fn rows(scale: Scale) -> Vec<Row> {
    let to_guest = |name: &str, about: &str, frame, competitor| {
        round_trip(name, about, frame, Place::Guest, competitor)
    };
    let mut rows: Vec<Row> = FRAMES
        .into_iter()
        .map(|frame| to_guest("vm", "to a program in the guest", frame, Competitor::None))
        .collect();
    rows.push(to_guest(
        "vm-spin",
        "a task spins on the receiving core",
        64,
        Competitor::Spin,
    ));
    if scale != Scale::Paper {
        rows.push(to_guest(
            "vm-one-core",
            "the program is on the receiving core itself",
            64,
            Competitor::Receiver,
        ));
    }
    rows.extend(match scale {
        Scale::Quick => vec![requests(FRAMES[0])],
        Scale::Full => FRAMES.map(requests).to_vec(),
        // It has datagrams only.
        Scale::Paper => Vec::new(),
    });
    rows
}

/// Into containers.
pub(super) fn containers(scale: Scale) -> Vec<Row> {
    let mut rows = Vec::new();
    for frame in frames(scale) {
        let about = "to a container behind a bridge and NAT, as Docker sets it up";
        rows.push(round_trip(
            "docker",
            about,
            *frame,
            Place::Docker,
            Competitor::None,
        ));
        let about = "to a pod behind a bridge and service rules, as Kubernetes sets it up";
        rows.push(round_trip(
            "pod",
            about,
            *frame,
            Place::Pod,
            Competitor::None,
        ));
    }
    let lengths: &[u32] = match scale {
        Scale::Quick => &[4],
        Scale::Full => &[1, 2, 4, 8, 16, 32, 64],
        Scale::Paper => &[],
    };
    for length in lengths {
        let about = format!("through a line of {length} containers, veth");
        let name = format!("line-veth-{length}");
        rows.push(round_trip(
            &name,
            &about,
            64,
            Place::LineVeth(*length),
            Competitor::None,
        ));
        if scale == Scale::Full {
            let about = format!("through a line of {length} containers, macvlan");
            let name = format!("line-macvlan-{length}");
            rows.push(round_trip(
                &name,
                &about,
                64,
                Place::LineMacvlan(*length),
                Competitor::None,
            ));
        }
    }
    rows
}
