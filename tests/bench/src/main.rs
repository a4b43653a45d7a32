// SPDX-License-Identifier: GPL-2.0
//! The command `kbp-bench`: guest workloads, and the demo that compares softirq NAPI and KBP.

mod cli;

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;
use kbp_bench::guest::echo;
use kbp_bench::guest::hog::Hog;
use kbp_bench::guest::{cpu, ping, sink, testnic, xdp};
use kbp_bench::suite::scale::Scale;
use kbp_bench::topology::{place, Topology};
use kbp_bench::{cost, livepatch, suite, Error, Result};
use kbp_probe::load::Load;
use serde::Serialize;

use cli::{Cli, Command};

/// The synthetic NIC's port.
const SINK_PORT: u16 = testnic::PORT;
/// How long `udp-ping` waits for missing answers after its last probe.
const PATIENCE: Duration = Duration::from_secs(2);
/// Exit code when what was measured is not as it must be.
const CHECK_FAILED: u8 = 5;
/// Exit code after ctrl-c.
const INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(code) => ExitCode::from(code),
        Err(Error::Interrupted) => {
            eprintln!("kbp-bench: interrupted");
            ExitCode::from(INTERRUPTED)
        }
        Err(error) => {
            eprintln!("kbp-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<u8> {
    let stop = stop_flag()?;
    match command {
        Command::Demo(demo) => {
            let options = suite::host::Options {
                kernel: demo.kernel,
                scale: Scale::Demo,
                rounds: Some(demo.rounds),
                filters: Vec::new(),
                // A demo shows what is now.
                fresh: true,
                out: demo.out,
            };
            run_suite(&options, &stop)
        }
        Command::Suite(arguments) => {
            let options = suite::host::Options {
                kernel: arguments.kernel,
                scale: arguments.preset,
                rounds: arguments.rounds,
                filters: arguments.filter,
                fresh: arguments.fresh,
                out: arguments.out,
            };
            run_suite(&options, &stop)
        }
        Command::MeasureSuite(arguments) => suite::guest::run(&arguments.plan, &stop).map(|()| 0),
        Command::Cost(options) => cost::host::run(&options, &stop).map(|()| 0),
        Command::Livepatch(options) => livepatch::host::run(&options, &stop).map(|()| 0),
        Command::UdpEcho(arguments) => udp_echo(&arguments, &stop),
        Command::UdpPing(arguments) => udp_ping(&arguments, &stop),
        Command::UdpSink(arguments) => udp_sink(&arguments, &stop),
        Command::Hog(arguments) => {
            let _hog = Hog::start(arguments.cpu)?;
            wait(&stop, Some(Duration::from_secs(arguments.seconds)));
            Ok(0)
        }
        Command::Xdp(arguments) => {
            let redirect_to = arguments.verdict.redirect.as_deref();
            let _attached = xdp::attach(&arguments.device, redirect_to)?;
            wait(&stop, None);
            Ok(0)
        }
        Command::Topology(arguments) => topology(&arguments, &stop),
        Command::MeasureCost(options) => cost::guest::run(&options, &stop).map(|()| 0),
        Command::MeasureLivepatch(options) => livepatch::guest::run(&options, &stop).map(|()| 0),
    }
}

fn run_suite(options: &suite::host::Options, stop: &Arc<AtomicBool>) -> Result<u8> {
    let verified = suite::host::run(options, stop)?;
    Ok(if verified { 0 } else { CHECK_FAILED })
}

/// Pins the calling thread when a CPU was asked for.
fn pin_if(cpu: Option<usize>) -> Result<()> {
    Ok(cpu.map_or(Ok(()), cpu::pin)?)
}

/// Waits until told to stop, or until `limit` is over.
fn wait(stop: &AtomicBool, limit: Option<Duration>) {
    let start = Instant::now();
    while limit.is_none_or(|limit| start.elapsed() < limit) && !stop.load(Ordering::Relaxed) {
        thread::sleep(Duration::from_millis(20));
    }
}

fn udp_echo(arguments: &cli::UdpEcho, stop: &AtomicBool) -> Result<u8> {
    pin_if(arguments.cpu)?;
    let socket = sink::bind(arguments.port)?;
    let report = echo::run(&socket, |report, _| {
        let enough = arguments
            .count
            .is_some_and(|count| report.received >= count);
        Ok(!enough && !stop.load(Ordering::Relaxed))
    })?;
    print(&report)
}

/// What `topology` prints at its end.
#[derive(Serialize)]
struct TopologyReport {
    place: String,
    #[serde(flatten)]
    echo: echo::Report,
    evidence: String,
    set_up_ms: u64,
    tear_down_ms: u64,
}

fn topology(arguments: &cli::Topology, stop: &AtomicBool) -> Result<u8> {
    let name = place::name(arguments.place);
    let start = Instant::now();
    let topology = Topology::publish(arguments.place, &arguments.interface, arguments.port)?;
    let set_up_ms = start.elapsed().as_millis() as u64;
    let socket = topology.bind(arguments.port)?;
    // Before it is pinned: where a thread is made decides on which CPU it may run.
    pin_if(arguments.cpu)?;
    // Standard output is for the result.
    eprintln!("kbp-bench: {name} is up");
    let end = arguments
        .until
        .seconds
        .map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let echo = echo::run(&socket, |report, _| {
        let count = arguments.until.count;
        let over = count.is_some_and(|count| report.received >= count)
            || end.is_some_and(|end| Instant::now() >= end)
            || stop.load(Ordering::Relaxed);
        Ok(!over)
    })?;
    let evidence = topology.evidence()?;
    drop(socket);
    let start = Instant::now();
    topology.tear_down()?;
    print(&TopologyReport {
        place: name,
        echo,
        evidence,
        set_up_ms,
        tear_down_ms: start.elapsed().as_millis() as u64,
    })
}

fn udp_ping(arguments: &cli::UdpPing, stop: &AtomicBool) -> Result<u8> {
    pin_if(arguments.cpu)?;
    let (rate, count) = (arguments.rate, arguments.count);
    let load = Load::to_echo(rate, count, arguments.size.into(), PATIENCE);
    let report = ping::run(arguments.to, &load, || stop.load(Ordering::Relaxed))?;
    print(&report)
}

fn udp_sink(arguments: &cli::UdpSink, stop: &AtomicBool) -> Result<u8> {
    pin_if(arguments.cpu)?;
    let socket = sink::bind(arguments.port)?;
    let end = Instant::now() + Duration::from_secs(arguments.timeout);
    let enough = |received| arguments.expect.is_some_and(|expect| received >= expect);
    let over = |received| enough(received) || stop.load(Ordering::Relaxed) || Instant::now() >= end;
    let report = sink::receive(&socket, over, &AtomicU64::new(0))?;
    let short = arguments.expect.is_some() && !enough(report.received);
    print(&report)?;
    Ok(if short { CHECK_FAILED } else { 0 })
}

fn print(report: &impl Serialize) -> Result<u8> {
    let text = serde_json::to_string(report)
        .map_err(|error| Error::Other(format!("cannot write the result: {error}")))?;
    println!("{text}");
    Ok(0)
}

fn stop_flag() -> Result<Arc<AtomicBool>> {
    kbp_vm::interrupt_flag().map_err(|source| Error::Io {
        what: "cannot catch signals".into(),
        source,
    })
}
