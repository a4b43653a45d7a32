// SPDX-License-Identifier: GPL-2.0
//! Sends probes to a UDP echo at a constant rate, whether answers come or not.

use std::net::SocketAddr;

use kbp_probe::book::Counts;
use kbp_probe::load::Load;
use kbp_probe::run;
use kbp_probe::times::Summary;
use kbp_probe::transport::{Transport, Udp};
use serde::Serialize;

use crate::{Error, Result};

/// What came of it.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The probes.
    #[serde(flatten)]
    pub counts: Counts,
    /// The largest delay of a send behind its time; the sender's own noise.
    pub send_late_max_ns: Option<u64>,
    /// Round trips.
    #[serde(flatten)]
    pub rtt: Summary,
}

/// Sends `load` to the echo at `to`. `stop` is asked now and then and ends it early.
pub fn run(to: SocketAddr, load: &Load, stop: impl Fn() -> bool) -> Result<Report> {
    let mut socket = Udp::connect(to, 1)?;
    let outcome = run::run(&mut socket, load, &stop);
    match socket.trouble() {
        Some(trouble) => Err(Error::Other(format!("cannot reach {to}: {trouble}"))),
        None => Ok(Report {
            counts: outcome.counts,
            send_late_max_ns: outcome.send_late.summary().max_ns,
            rtt: outcome.latency.summary(),
        }),
    }
}
