// SPDX-License-Identifier: GPL-2.0
//! The host's part of a measurement through the virtio NIC.
//!
//! Warm-up, `Start`, the measured load, `Stop`. Both control probes are repeated until the guest
//! has acknowledged them; it reads its counters before it does.

use std::io;
use std::time::{Duration, Instant};

use kbp_probe::run::Outcome;
use kbp_vm::cable::{answer, Held};
use kbp_vm::udp::{build, parse, Endpoint, Load, ECHO_PORT};

use crate::statistics::Times;
use crate::suite::outcome::Packets;
use crate::wire::{Kind, Probe};
use crate::{Error, Result};

/// Source port of control probes.
const CONTROL_PORT: u16 = 40999;
/// How long an acknowledgement may take before the control probe is repeated.
const REPEAT: Duration = Duration::from_millis(200);
/// How often it is repeated.
const TRIES: u32 = 50;
/// Probes before it: the first ones pay for ARP, and for translation under emulation.
pub(super) const WARM_UP: u64 = 100;

/// What the host saw.
#[derive(Debug, Clone)]
pub(super) struct Traffic {
    pub(super) packets: Packets,
    pub(super) rtt: Times,
    /// How late the datagrams were sent.
    pub(super) late: Times,
}

/// Measures cell number `index` with `load`.
pub(super) fn measure(cable: &Held<'_>, index: u64, load: &Load) -> Result<Traffic> {
    let run = |count| {
        let load = Load {
            count,
            ..load.clone()
        };
        load.run(cable).map_err(broken)
    };
    run(WARM_UP.min(load.count))?;
    control(cable, Kind::Start, index)?;
    let outcome = run(load.count)?;
    control(cable, Kind::Stop, index)?;
    Traffic::of(&outcome)
}

impl Traffic {
    /// What a load has found; an error if echoes were not what was sent.
    pub(super) fn of(outcome: &Outcome) -> Result<Traffic> {
        let counts = outcome.counts;
        if outcome.corrupt > 0 {
            return Err(Error::Other(format!(
                "{} of {} echoes came back with other content than was sent",
                outcome.corrupt, counts.sent
            )));
        }
        Ok(Traffic {
            packets: Packets {
                sent: counts.sent,
                received: counts.received,
                duplicates: counts.duplicates,
                reordered: counts.reordered,
            },
            rtt: Times::from(outcome.latency.histogram()),
            late: Times::from(outcome.send_late.histogram()),
        })
    }
}

/// Sends a control probe until it is acknowledged.
pub(super) fn control(cable: &Held<'_>, kind: Kind, index: u64) -> Result<()> {
    let n = cable.index();
    let mut payload = [0; Probe::SIZE];
    let (seq, sent_ns) = (index, 0);
    Probe { kind, seq, sent_ns }.write(&mut payload);
    let (us, guest) = (
        Endpoint::host(n, CONTROL_PORT),
        Endpoint::guest(n, ECHO_PORT),
    );
    let frame = build(us, guest, &payload)
        .ok_or_else(|| Error::Other("cannot build a control frame".into()))?;
    let mut buffer = vec![0; 65536];
    for _ in 0..TRIES {
        cable.send(&frame).map_err(broken)?;
        let end = Instant::now() + REPEAT;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            let Some(length) = cable.recv(&mut buffer, left).map_err(broken)? else {
                continue;
            };
            let frame = &buffer[..length];
            match parse(frame).and_then(|datagram| Probe::read(datagram.payload)) {
                Some(probe) if probe.kind == Kind::Ack && probe.seq == index => return Ok(()),
                Some(_) => {}
                None => {
                    if let Some(reply) = answer(n, frame) {
                        cable.send(&reply).map_err(broken)?;
                    }
                }
            }
        }
    }
    Err(Error::Other(format!(
        "the guest did not acknowledge {kind:?} of measurement {index} within {:?}",
        REPEAT * TRIES
    )))
}

pub(super) fn broken(error: io::Error) -> Error {
    Error::doing("the cable to the guest broke")(error)
}
