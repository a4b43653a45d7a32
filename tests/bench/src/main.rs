// SPDX-License-Identifier: GPL-2.0
//! The command `kbp-bench`: guest workloads, and the benchmarks that compare softirq NAPI and KBP.

mod cli;

use std::net::UdpSocket;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;
use kbp_bench::guest::echo;
use kbp_bench::guest::hog::Hog;
use kbp_bench::guest::{cpu, ping, sink, xdp};
use kbp_bench::topology::{place, Topology};
use kbp_bench::{cost, delay, demo, livepatch, suite, Error, Result};
use kbp_probe::load::Load;
use serde::Serialize;

use cli::{Cli, Command, Until};

/// How long `udp-ping` waits for missing answers after its last probe; only a loss takes so long.
const PATIENCE: Duration = Duration::from_secs(60);
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
    let stop = kbp_vm::interrupt_flag().map_err(Error::doing("cannot catch signals"))?;
    match command {
        Command::Demo(options) => demo::run(&options, &stop).map(verified),
        Command::Suite(options) => suite::host::run(&options, None, &stop).map(verified),
        Command::MeasureSuite { plan } => suite::guest::run(&plan, &stop).map(|()| 0),
        Command::Cost(options) => cost::host::run(&options, &stop).map(|()| 0),
        Command::Delay(options) => delay::host::run(&options, &stop).map(|_| 0),
        Command::Livepatch(options) => livepatch::host::run(&options, &stop).map(|()| 0),
        Command::UdpEcho { port, cpu, until } => {
            pin_if(cpu)?;
            print(&until.echo(&sink::bind(port)?, &stop)?)
        }
        Command::UdpPing {
            to,
            count,
            rate,
            size,
            cpu,
        } => {
            pin_if(cpu)?;
            let load = Load::to_echo(rate, count, size.into(), PATIENCE);
            print(&ping::run(to, &load, || stop.load(Ordering::Relaxed))?)
        }
        Command::UdpSink {
            port,
            expect,
            timeout,
            cpu,
        } => {
            pin_if(cpu)?;
            let end = Instant::now() + Duration::from_secs(timeout);
            let enough = |received| expect.is_some_and(|expect| received >= expect);
            let over = |received| {
                enough(received) || stop.load(Ordering::Relaxed) || Instant::now() >= end
            };
            let report = sink::receive(&sink::bind(port)?, over, &AtomicU64::new(0))?;
            let short = expect.is_some() && !enough(report.received);
            print(&report)?;
            Ok(if short { CHECK_FAILED } else { 0 })
        }
        Command::Hog { cpu, seconds } => {
            let _hog = Hog::start(cpu)?;
            wait(&stop, Some(Duration::from_secs(seconds)));
            Ok(0)
        }
        Command::Xdp {
            device, redirect, ..
        } => {
            let _attached = xdp::attach(&device, redirect.as_deref())?;
            wait(&stop, None);
            Ok(0)
        }
        Command::Topology(arguments) => topology(&arguments, &stop),
        Command::MeasureCost(options) => cost::guest::run(&options, &stop).map(|()| 0),
        Command::MeasureDelay(options) => delay::guest::run(&options, &stop).map(|()| 0),
        Command::MeasureLivepatch(options) => livepatch::guest::run(&options, &stop).map(|()| 0),
    }
}

/// The exit code of what is as it must be, or is not.
fn verified(ok: bool) -> u8 {
    match ok {
        true => 0,
        false => CHECK_FAILED,
    }
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

impl Until {
    /// Echoes until then, or until told to stop.
    fn echo(&self, socket: &UdpSocket, stop: &AtomicBool) -> Result<echo::Report> {
        let end = self
            .seconds
            .map(|seconds| Instant::now() + Duration::from_secs(seconds));
        echo::run(socket, |report, _| {
            let over = self.count.is_some_and(|count| report.received >= count)
                || end.is_some_and(|end| Instant::now() >= end)
                || stop.load(Ordering::Relaxed);
            Ok(!over)
        })
    }
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
    let echo = arguments.until.echo(&socket, stop)?;
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

fn print(report: &impl Serialize) -> Result<u8> {
    let text = serde_json::to_string(report);
    println!("{}", text.map_err(Error::doing("cannot write the result"))?);
    Ok(0)
}
