// SPDX-License-Identifier: GPL-2.0
//! What the workloads share: their NICs and their results.

use crate::statistics::Times;
use crate::suite::cell::Workload;
use crate::suite::outcome::{Busy, Packets, Trial};
use crate::Error;

/// Where the host's datagrams come in; the second one is there where some cell wants it.
pub(super) const WIRES: [&str; 2] = ["eth0", "eth1"];

/// What a workload brings; the rest of the outcome is the same for all.
#[derive(Debug, Default)]
pub(super) struct Measured {
    pub(super) times: Times,
    pub(super) noise: Times,
    pub(super) packets: Packets,
    pub(super) rate: Option<u64>,
    pub(super) trials: Vec<Trial>,
    pub(super) busy: Vec<Busy>,
    pub(super) net_rx: u64,
}

/// The planner and this folder disagree.
pub(super) fn not_mine(workload: &Workload) -> Error {
    Error::Other(format!("{workload:?} came to the wrong place"))
}
