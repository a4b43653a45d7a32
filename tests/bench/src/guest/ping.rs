// SPDX-License-Identifier: GPL-2.0
//! Sends probes to a UDP echo at a constant rate, whether answers come or not.

use std::net::SocketAddr;
use std::time::Duration;

use kbp_probe::run::{self, Load};
use kbp_probe::transport::{Transport, Udp};
use serde::Serialize;

use crate::stats::Buckets;
use crate::{Error, Result};

/// How long to wait for missing answers after the last probe.
const PATIENCE: Duration = Duration::from_secs(2);

/// What to send.
#[derive(Debug, Clone, Copy)]
pub struct Traffic {
    /// Number of probes.
    pub count: u64,
    /// Probes per second.
    pub rate: u64,
    /// Bytes of payload.
    pub size: usize,
}

/// What came of it.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Probes sent.
    pub sent: u64,
    /// Probes answered.
    pub received: u64,
    /// Probes without an answer.
    pub lost: u64,
    /// Second answers.
    pub duplicates: u64,
    /// Answers that came after the answer to a later probe.
    pub reordered: u64,
    /// The largest delay of a send behind its time; the sender's own noise.
    pub send_late_max_ns: u64,
    /// The round trip half of the probes did not exceed.
    pub p50_ns: u64,
    /// The same for 99 %.
    pub p99_ns: u64,
    /// The same for 99.9 %.
    pub p999_ns: u64,
    /// The longest.
    pub max_ns: u64,
}

/// Sends `traffic` to the echo at `to`. `stop` is asked now and then and ends it early.
pub fn run(to: SocketAddr, traffic: Traffic, stop: impl Fn() -> bool) -> Result<Report> {
    let mut socket = Udp::connect(to, 1)?;
    let load = Load::to_echo(traffic.rate, traffic.count, traffic.size, PATIENCE);
    let outcome = run::run(&mut socket, &load, &stop);
    if let Some(trouble) = socket.trouble() {
        return Err(Error::Other(format!("cannot reach {to}: {trouble}")));
    }
    let rtt = Buckets::from(outcome.latency.histogram());
    Ok(Report {
        sent: outcome.counts.sent,
        received: outcome.counts.received,
        lost: outcome.counts.lost,
        duplicates: outcome.counts.duplicates,
        reordered: outcome.counts.reordered,
        send_late_max_ns: outcome.send_late.summary().max_ns.unwrap_or(0),
        p50_ns: rtt.at(0.5),
        p99_ns: rtt.at(0.99),
        p999_ns: rtt.at(0.999),
        max_ns: rtt.max,
    })
}
