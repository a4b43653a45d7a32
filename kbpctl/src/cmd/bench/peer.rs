// SPDX-License-Identifier: GPL-2.0
//! `kbpctl bench --peer`: the side that measures.

use std::net::SocketAddr;

use kbp_probe::frame::{self, Protocol};
use kbp_probe::report::{Report, Verdict};
use kbp_probe::session::{self, Plan};
use schemars::JsonSchema;
use serde::Serialize;

use super::log::{self, Log};
use super::{address, text};
use crate::cli;
use crate::cmd::stop;
use crate::error::{Exit, Result};
use crate::host::wait::Context;
use crate::output::Answer;

/// The document, `kbp.bench-peer/1`.
#[derive(Serialize, JsonSchema)]
struct Document<'a> {
    schema: &'static str,
    peer: SocketAddr,
    protocol: Protocol,
    rate_per_s: u64,
    flows: usize,
    duration_ns: u64,
    warm_up_ns: u64,
    rounds: u32,
    cpu: Option<usize>,
    spin: bool,
    stop_above_ns: Option<u64>,
    #[serde(flatten)]
    report: &'a Report,
}

pub(super) fn run(arguments: &cli::Peer, context: &Context<'_>) -> Result<Answer> {
    let plan = plan(arguments)?;
    plan.check()?;
    let comment = text::plan(&plan);
    let file = match &arguments.hlog {
        Some(path) => Some(log::create(path, &comment)?),
        None => None,
    };
    let mut log = Log {
        stop: stop::flag()?,
        progress: context.shows_progress(),
        protocol: plan.protocol,
        duration: plan.duration,
        file,
    };
    let report = session::run(&plan, &mut log)?;
    let ns = |time: std::time::Duration| time.as_nanos() as u64;
    let document = Document {
        schema: "kbp.bench-peer/1",
        peer: plan.peer,
        protocol: plan.protocol,
        rate_per_s: plan.rate,
        flows: plan.flows,
        duration_ns: ns(plan.duration),
        warm_up_ns: ns(plan.warm_up),
        rounds: plan.rounds,
        cpu: plan.cpu,
        spin: plan.spin,
        stop_above_ns: plan.stop_above.map(ns),
        report: &report,
    };
    let text = format!("{comment}\n{}", text::report(&report));
    Ok(Answer::new(&document, text, exit(report.verdict)))
}

fn plan(arguments: &cli::Peer) -> Result<Plan> {
    let peer = address::resolve(arguments.peer.as_deref().unwrap_or_default())?;
    let protocol = match arguments.tcp {
        true => Protocol::Tcp,
        false => Protocol::Udp,
    };
    let frames = match &arguments.frame[..] {
        [] => frame::usual(protocol, peer.ip()),
        named => named.to_vec(),
    };
    Ok(Plan {
        peer,
        protocol,
        rate: arguments.rate,
        frames,
        flows: arguments.flows.into(),
        duration: arguments.duration.into(),
        warm_up: arguments.warm_up.into(),
        rounds: arguments.rounds,
        cpu: arguments.cpu,
        spin: arguments.spin,
        stop_above: arguments.stop_above.map(Into::into),
    })
}

fn exit(verdict: Verdict) -> Exit {
    match verdict {
        Verdict::Ok => Exit::Ok,
        Verdict::Loss | Verdict::TooLong => Exit::CheckFailed,
        Verdict::Interrupted | Verdict::RateNotKept => Exit::Failed,
    }
}
