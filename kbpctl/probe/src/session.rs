// SPDX-License-Identifier: GPL-2.0
//! A session: noise floor first, then every size in every round. The sizes take turns, so that
//! what drifts (temperature, other load) meets all of them.

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use crate::frame::{self, Protocol};
use crate::load::{Load, Peer};
use crate::reflect::Reflector;
use crate::report::{Report, Size};
use crate::run::{self, Outcome};
use crate::schedule::Schedule;
use crate::transport::{connect, Transport};
use crate::wire::{Kind, Probe};
use crate::{cpu, noise, Error, Result};

/// How long an answer may be missing after the last probe.
const PATIENCE: Duration = Duration::from_secs(2);
/// How far behind its schedule a run may end.
const GRACE: Duration = Duration::from_secs(1);
/// The first words with the peer: how long, and how often they are repeated.
const GREETING: Duration = Duration::from_secs(2);
const REPEAT: Duration = Duration::from_millis(100);
/// Runs are told apart by the upper 16 of a sequence number's 48 bits.
const RUN_BITS: u32 = 32;

/// What to measure.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The reflector.
    pub peer: SocketAddr,
    /// What carries the probes.
    pub protocol: Protocol,
    /// Probes per second, over all flows.
    pub rate: u64,
    /// Ethernet frames with their FCS.
    pub frames: Vec<u16>,
    /// Source ports, or connections.
    pub flows: usize,
    /// Length of a run.
    pub duration: Duration,
    /// Uncounted traffic before each run.
    pub warm_up: Duration,
    /// Runs of each size.
    pub rounds: u32,
    /// The CPU of the sender.
    pub cpu: Option<usize>,
    /// Never sleep.
    pub spin: bool,
    /// End after an answer that took longer.
    pub stop_above: Option<Duration>,
}

/// Follows a session.
pub trait Observer: Send {
    /// A step begins.
    fn begin(&mut self, step: &str);
    /// A run is over.
    fn done(&mut self, run: &Run<'_>) -> Result<()>;
    /// Whether to end early.
    fn stop(&self) -> bool;
}

/// A finished run.
#[derive(Debug)]
pub struct Run<'a> {
    /// Its frames.
    pub frame_bytes: u16,
    /// Its round, from 1.
    pub round: u32,
    /// When counting began, from the start of the session.
    pub start: Duration,
    /// What came of it.
    pub outcome: &'a Outcome,
}

impl Plan {
    /// Says what is impossible about it.
    pub fn check(&self) -> Result<()> {
        for frame in &self.frames {
            frame::payload(*frame, self.protocol, self.peer.ip())?;
        }
        if self.duration.is_zero() || self.rate == 0 {
            return Err(Error::request(
                "cannot measure",
                "there would be no probe to count",
                "give a --duration and a --rate above 0",
            ));
        }
        let schedule = Schedule::new(self.rate);
        let warm_up = schedule.count(self.warm_up);
        let probes = warm_up.saturating_add(schedule.count(self.duration));
        if probes >= 1 << RUN_BITS {
            return Err(Error::request(
                "cannot number the probes",
                format!(
                    "{probes} in one run, warm-up included; a run has less than {}",
                    1u64 << RUN_BITS
                ),
                "shorten --duration or lower --rate",
            ));
        }
        let runs = self.frames.len() as u64 * u64::from(self.rounds);
        if self.frames.is_empty() || runs >= Probe::MAX_SEQ >> RUN_BITS {
            return Err(Error::request(
                format!("cannot do {runs} runs"),
                format!("a session has 1 to {}", (Probe::MAX_SEQ >> RUN_BITS) - 1),
                "change --rounds or the list of --frame",
            ));
        }
        Ok(())
    }
}

/// Measures `plan`.
pub fn run(plan: &Plan, observer: &mut dyn Observer) -> Result<Report> {
    plan.check()?;
    // Before the sender is pinned: it must not share its CPU.
    let near = noise::reflector(plan.peer.ip())?;
    thread::scope(|scope| {
        let sender = thread::Builder::new()
            .name("kbp-probe".into())
            .spawn_scoped(scope, || measure(plan, &near, observer))
            .map_err(Error::system("cannot start a thread", "allow more tasks"))?;
        sender
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn measure(plan: &Plan, near: &Reflector, observer: &mut dyn Observer) -> Result<Report> {
    plan.cpu.map_or(Ok(()), cpu::pin)?;
    // A peer that is not there should be heard of before anything is measured.
    observer.begin(&format!("looking for {}", plan.peer));
    let mut transport = connect(plan.protocol, plan.peer, plan.flows)?;
    greet(transport.as_mut(), plan.peer)?;
    let load = |payload| Load {
        peer: Peer::Reflector,
        rate: plan.rate,
        payload,
        warm_up: plan.warm_up,
        duration: plan.duration,
        first: 0,
        patience: PATIENCE,
        grace: GRACE,
        spin: if plan.spin { Duration::MAX } else { run::SPIN },
        stop_above: plan.stop_above,
    };
    let mut sizes = Vec::new();
    for frame in &plan.frames {
        let payload = frame::payload(*frame, plan.protocol, plan.peer.ip())?;
        sizes.push(Size::new(*frame, payload));
    }
    observer.begin("measuring the noise floor");
    let small = load(sizes[0].payload_bytes);
    let noise = noise::measure(near, plan.protocol, &small, &|| observer.stop())?;
    let session = Instant::now();
    let (mut runs, mut over) = (0, observer.stop());
    'rounds: for round in 1..=plan.rounds {
        for size in &mut sizes {
            if over {
                break 'rounds;
            }
            observer.begin(&format!(
                "round {round} of {}, frames of {} bytes",
                plan.rounds, size.frame_bytes
            ));
            runs += 1;
            let load = Load {
                first: runs << RUN_BITS,
                ..load(size.payload_bytes)
            };
            let start = session.elapsed() + plan.warm_up;
            let outcome = run::run(transport.as_mut(), &load, &|| observer.stop());
            size.add(round, &outcome);
            observer.done(&Run {
                frame_bytes: size.frame_bytes,
                round,
                start,
                outcome: &outcome,
            })?;
            over = outcome.stopped || outcome.exceeded.is_some() || outcome.not_sent > 0;
        }
    }
    Ok(Report::new(noise, sizes, observer.stop()))
}

/// Makes sure that somebody answers, and that addresses are resolved on every flow.
fn greet(transport: &mut dyn Transport, peer: SocketAddr) -> Result<()> {
    let begin = Instant::now();
    let mut payload = [0; Probe::SIZE];
    let mut heard = false;
    while !heard {
        if begin.elapsed() > GREETING {
            let why = match transport.trouble() {
                Some(trouble) => format!("no answer; a socket said: {trouble}"),
                None => format!("no answer within {} s", GREETING.as_secs()),
            };
            return Err(Error::failed(
                format!("cannot measure {peer}"),
                why,
                "run kbpctl bench serve there, and let its port through the firewalls; if that \
                 host has several addresses, give it the one you name as --listen",
            ));
        }
        for flow in 0..transport.flows() {
            let ping = Probe {
                kind: Kind::Ping,
                seq: flow as u64,
                sent_ns: 0,
            };
            ping.write(&mut payload);
            transport.send(flow, &payload);
        }
        let repeat = Instant::now() + REPEAT;
        while Instant::now() < repeat {
            let any = transport.receive(&mut |payload| {
                heard |= Probe::read(payload).is_some_and(|probe| probe.kind == Kind::Pong);
            });
            if !any {
                transport.wait(repeat.saturating_duration_since(Instant::now()));
            }
        }
    }
    Ok(())
}
