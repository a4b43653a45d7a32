// SPDX-License-Identifier: GPL-2.0
//! Rows that want a guest of another kind, each with the one beside it that it can be compared
//! with.

use super::made::frames;
use super::trips::{datagrams, to};
use crate::suite::cell::{Competitor, Place, Row, Wire};
use crate::suite::scale::Scale;

/// Open vSwitch with DPDK, and a plain cable beside it: its polling thread takes a core of the
/// host, so rows of another boot are no comparison.
pub(super) fn switched(scale: Scale) -> Vec<Row> {
    let through = |name, about, frame, wire| {
        datagrams(name, about, frame, (wire, Place::Guest, Competitor::None))
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

/// A container of a real runtime, and the same guest without it: rows of another boot are no
/// comparison.
pub(super) fn podman(scale: Scale) -> Vec<Row> {
    let both = |frame: &u32| {
        let into = "to a container that podman has started, at a published port";
        let beside = "to a program in the guest in which podman is, without a container";
        [
            to(Place::Podman, "podman", into, *frame),
            to(Place::Debian, "debian", beside, *frame),
        ]
    };
    frames(scale).iter().flat_map(both).collect()
}
