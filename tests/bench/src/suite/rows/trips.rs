// SPDX-License-Identifier: GPL-2.0
//! Round trips from the host: to a program in the guest, and into containers.

use super::made::{frames, row, FRAMES};
use crate::suite::cell::{Competitor, Place, Row, Transport, Wire, Workload};
use crate::suite::scale::Scale;

/// Datagrams per second through the wire, below saturation also under emulation.
const RATE: u32 = 500;

/// Datagrams from the host, by this way to this place, beside that.
pub(super) fn datagrams(
    name: &str,
    about: &str,
    frame: u32,
    (wire, place, competitor): (Wire, Place, Competitor),
) -> Row {
    row(
        format!("{name}-{frame}"),
        format!("UDP, {frame}-byte frames, {RATE} a second; {about}"),
        Workload::RoundTrip {
            transport: Transport::Udp,
            frame,
            rate: RATE,
            flows: 1,
            wire,
            place,
            competitor,
        },
    )
}

/// Datagrams on the plain cable, with nothing else to do.
pub(super) fn to(place: Place, name: &str, about: &str, frame: u32) -> Row {
    datagrams(name, about, frame, (Wire::Cable, place, Competitor::None))
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
    let beside = |name, about, competitor| {
        datagrams(name, about, 64, (Wire::Cable, Place::Guest, competitor))
    };
    let plain = |frame| to(Place::Guest, "vm", "to a program in the guest", frame);
    let mut rows: Vec<Row> = FRAMES.into_iter().map(plain).collect();
    rows.push(beside(
        "vm-spin",
        "a task spins on the receiving core",
        Competitor::Spin,
    ));
    if scale != Scale::Paper {
        rows.push(beside(
            "vm-one-core",
            "the program is on the receiving core itself",
            Competitor::Receiver,
        ));
    }
    rows.extend(match scale {
        Scale::Demo | Scale::Quick => vec![requests(FRAMES[0])],
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
        rows.push(to(Place::Docker, "docker", about, *frame));
        let about = "to a pod behind a bridge and service rules, as Kubernetes sets it up";
        rows.push(to(Place::Pod, "pod", about, *frame));
    }
    let lengths: &[u32] = match scale {
        Scale::Demo | Scale::Quick => &[4],
        Scale::Full => &[1, 2, 4, 8, 16, 32, 64],
        Scale::Paper => &[],
    };
    let line = |place, length, cable| {
        let about = format!("through a line of {length} containers, {cable}");
        to(place, &format!("line-{cable}-{length}"), &about, 64)
    };
    for length in lengths {
        rows.push(line(Place::LineVeth(*length), length, "veth"));
        if scale == Scale::Full {
            rows.push(line(Place::LineMacvlan(*length), length, "macvlan"));
        }
    }
    rows
}
