// SPDX-License-Identifier: GPL-2.0
//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use kbp_bench::guest::testnic;
use kbp_bench::suite::cell::Place;
use kbp_bench::topology::place;
use kbp_bench::{cost, delay, demo, livepatch, suite};

/// Measures softirq NAPI and KBP side by side.
#[derive(Debug, Parser)]
#[command(name = "kbp-bench", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// By softirq and by KBP: delays on an exact clock, then round trips on the wall clock
    Demo(demo::Options),
    /// Boot a guest, measure every way to poll in it, report
    Suite(suite::host::Options),
    /// Boot a guest whose clock counts instructions, count what a packet costs in each mode
    Cost(cost::host::Options),
    /// Boot a guest whose clock counts instructions, measure from the interrupt to the poll
    Delay(delay::host::Options),
    /// Boot a guest, time a foreign livepatch under KBP and under the kernel's own busy polling
    Livepatch(livepatch::host::Options),
    /// In the guest: send UDP datagrams back, count them
    UdpEcho {
        #[arg(long, default_value_t = 7)]
        port: u16,
        /// CPU to run on
        #[arg(long)]
        cpu: Option<usize>,
        #[command(flatten)]
        until: Until,
    },
    /// In the guest: send probes at a constant rate, time the answers
    UdpPing {
        /// Where the echo is
        #[arg(long, value_name = "IP:PORT")]
        to: SocketAddr,
        /// Number of probes
        #[arg(long, default_value_t = 1000)]
        count: u64,
        /// Probes per second
        #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
        rate: u64,
        /// Bytes of payload
        #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(24..=1472))]
        size: u16,
        /// CPU to run on
        #[arg(long)]
        cpu: Option<usize>,
    },
    /// In the guest: count the synthetic NIC's packets
    UdpSink {
        #[arg(long, default_value_t = testnic::PORT)]
        port: u16,
        /// End when this many packets have arrived
        #[arg(long)]
        expect: Option<u64>,
        /// End after this many seconds; exit code 5 when less than --expect have arrived
        #[arg(long, default_value_t = 60)]
        timeout: u64,
        /// CPU to run on
        #[arg(long)]
        cpu: Option<usize>,
    },
    /// In the guest: spin on a CPU
    Hog {
        /// CPU to spin on
        #[arg(long)]
        cpu: usize,
        /// How long
        #[arg(long, default_value_t = 10)]
        seconds: u64,
    },
    /// In the guest: attach an XDP program to a device's driver until killed
    #[command(group(clap::ArgGroup::new("verdict").required(true)))]
    Xdp {
        /// The device whose packets the program sees
        #[arg(long)]
        device: String,
        /// Send every packet out of this device
        #[arg(long, value_name = "DEVICE", group = "verdict")]
        redirect: Option<String>,
        /// Let every packet go on to the stack
        #[arg(long, group = "verdict")]
        pass: bool,
    },
    /// In the guest: set up containers, echo from inside, show that the packets went there, take
    /// them down
    Topology(Topology),
    /// In the guest: what `suite` on the host asks for
    MeasureSuite {
        /// The job
        #[arg(long, value_name = "FILE")]
        plan: PathBuf,
    },
    /// In the guest: what `cost` on the host asks for
    MeasureCost(cost::guest::Options),
    /// In the guest: what `delay` on the host asks for
    MeasureDelay(delay::guest::Options),
    /// In the guest: what `livepatch` on the host asks for
    MeasureLivepatch(livepatch::guest::Options),
}

/// Arguments of `topology`.
#[derive(Debug, clap::Args)]
pub(crate) struct Topology {
    /// Where the echo is: guest, docker, pod, line-veth:N, line-macvlan:N, podman or debian
    #[arg(long, value_parser = place::parse)]
    pub(crate) place: Place,
    /// The device that the datagrams come in by
    #[arg(long, default_value = "eth0")]
    pub(crate) interface: String,
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) port: u16,
    /// CPU to run on
    #[arg(long)]
    pub(crate) cpu: Option<usize>,
    #[command(flatten)]
    pub(crate) until: Until,
}

/// When an echo ends, unless a signal ends it.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
pub(crate) struct Until {
    /// End after this many seconds
    #[arg(long)]
    pub(crate) seconds: Option<u64>,
    /// End after this many datagrams
    #[arg(long)]
    pub(crate) count: Option<u64>,
}
