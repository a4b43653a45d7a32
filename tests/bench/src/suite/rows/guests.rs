// SPDX-License-Identifier: GPL-2.0
//! Rows that want a guest of another kind, each with the one beside it that it can be compared with.

use super::trips::{round_trip, RATE};
use super::{frames, row};
use crate::suite::cell::{Competitor, Place, Row, Transport, Wire, Workload};
use crate::suite::plan::Scale;

/// Open vSwitch with DPDK, and a plain cable beside it: its polling thread takes a core of the host, so rows of
/// another boot are no comparison.
pub(super) fn switched(scale: Scale) -> Vec<Row> {
    let through = |name: &str, about: &str, frame, wire| {
        let name = format!("{name}-{frame}");
        let about = format!("UDP, {frame}-byte frames, {RATE} a second; {about}");
        let workload = Workload::RoundTrip {
            transport: Transport::Udp,
            frame,
            rate: RATE,
            flows: 1,
            wire,
            place: Place::Guest,
            competitor: Competitor::None,
        };
        row(name, about, workload)
    };
    let both = |frame: &u32| {
        let about =
            "through Open vSwitch with DPDK on the host, by vhost-user, to a program in the guest";
        let beside =
            "to a program in the guest, while Open vSwitch with DPDK polls for another NIC";
        [
            through("ovs-dpdk", about, *frame, Wire::OvsDpdk),
            through("ovs-cable", beside, *frame, Wire::CableBesideOvs),
        ]
    };
    frames(scale).iter().flat_map(both).collect()
}

/// A container of a real runtime, and the same guest without it: rows of another boot are no comparison.
pub(super) fn podman(scale: Scale) -> Vec<Row> {
    let both = |frame: &u32| {
        let into = "to a container that podman has started, at a published port";
        let beside = "to a program in the guest in which podman is, without a container";
        [
            round_trip("podman", into, *frame, Place::Podman, Competitor::None),
            round_trip("debian", beside, *frame, Place::Debian, Competitor::None),
        ]
    };
    frames(scale).iter().flat_map(both).collect()
}
