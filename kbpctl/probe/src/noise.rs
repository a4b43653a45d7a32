// SPDX-License-Identifier: GPL-2.0
//! The noise floor: what this machine adds to every figure. Nothing below it means anything.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use crate::load::Load;
use crate::reflect::{self, Reflector};
use crate::run::run;
use crate::times::Summary;
use crate::transport::{connect, Silent};
use crate::{Error, Result};

/// How long each part is measured.
const DURATION: Duration = Duration::from_millis(500);
/// A reflector of the same machine needs the same CPUs: more would measure their competition.
const LOOPBACK_RATE: u64 = 10_000;

/// What the machine does to times without any network.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct Noise {
    /// How late the sender is at the load's rate when it sends nothing.
    pub timer: Summary,
    /// The round trip to a reflector in the same process, through the loopback interface.
    pub loopback: Summary,
}

/// A reflector for the noise floor of a load to `peer`, not pinned to the sender's CPU: start it
/// before the sender is.
pub fn reflector(peer: IpAddr) -> Result<Reflector> {
    let local: IpAddr = if peer.is_ipv4() {
        Ipv4Addr::LOCALHOST.into()
    } else {
        Ipv6Addr::LOCALHOST.into()
    };
    reflect::Reflector::start(&reflect::Settings::at(SocketAddr::new(local, 0)))
}

/// Measures it: `load` without peer, and to `reflector`.
pub fn measure(
    reflector: &Reflector,
    protocol: crate::frame::Protocol,
    load: &Load,
    stop: &dyn Fn() -> bool,
) -> Result<Noise> {
    let load = Load {
        duration: DURATION,
        warm_up: Duration::ZERO,
        stop_above: None,
        ..*load
    };
    let alone = Load {
        patience: Duration::ZERO,
        ..load
    };
    let timer = run(&mut Silent, &alone, stop).send_late.summary();
    let near = Load {
        rate: load.rate.min(LOOPBACK_RATE),
        warm_up: DURATION / 5,
        ..load
    };
    let mut transport = connect(protocol, reflector.address(), 1)?;
    let outcome = run(transport.as_mut(), &near, stop);
    if outcome.counts.received == 0 && !outcome.stopped {
        return Err(Error::failed(
            "cannot measure the noise floor",
            format!(
                "none of {} probes came back from {} on this machine",
                outcome.counts.sent,
                reflector.address()
            ),
            "bring the loopback interface up (ip link set lo up)",
        ));
    }
    Ok(Noise {
        timer,
        loopback: outcome.latency.summary(),
    })
}
