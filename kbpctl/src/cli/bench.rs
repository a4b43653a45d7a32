// SPDX-License-Identifier: GPL-2.0
//! Arguments of `bench`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{value_parser, Args, Subcommand};

use super::time;

/// Arguments of `bench`: a peer, or `serve`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Bench {
    #[command(subcommand)]
    pub(crate) side: Option<Side>,
    #[command(flatten)]
    pub(crate) peer: Peer,
}

/// The side that does not measure.
#[derive(Debug, Subcommand)]
pub(crate) enum Side {
    /// Answer the probes of kbpctl bench --peer until ctrl-c
    Serve(Serve),
}

/// Arguments of `bench serve`.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where to listen, UDP and TCP [default: port 7777 of every address]
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) listen: Option<SocketAddr>,
    /// CPU to run on
    #[arg(long, value_name = "N")]
    pub(crate) cpu: Option<usize>,
    /// Let the sockets poll the NIC for this long before they sleep (SO_BUSY_POLL; needs
    /// CAP_NET_ADMIN)
    #[arg(long, value_name = "USEC", value_parser = value_parser!(u32).range(1..=1_000_000))]
    pub(crate) busy_poll: Option<u32>,
}

/// What to measure.
#[derive(Debug, Args)]
pub(crate) struct Peer {
    /// The machine on which kbpctl bench serve runs; port 7777 if none is named
    #[arg(long, value_name = "HOST[:PORT]", required = true)]
    pub(crate) peer: Option<String>,
    /// Probes per second, over all flows
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = value_parser!(u64).range(1..=10_000_000))]
    pub(crate) rate: u64,
    /// Ethernet frames with FCS, in bytes, like 64,512,1518 [default: the smallest that holds a
    /// probe, 512, 1518]
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = value_parser!(u16).range(64..=1518))]
    pub(crate) frame: Vec<u16>,
    /// Source ports, or connections with --tcp
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = value_parser!(u16).range(1..=512))]
    pub(crate) flows: u16,
    /// Requests over TCP connections instead of UDP datagrams
    #[arg(long)]
    pub(crate) tcp: bool,
    /// Length of a run
    #[arg(long, value_name = "TIME", value_parser = time::parse, default_value = "10s")]
    pub(crate) duration: humantime::Duration,
    /// Runs of each size; the sizes take turns
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = value_parser!(u32).range(1..=1000))]
    pub(crate) rounds: u32,
    /// The same traffic before each run, not counted
    #[arg(long, value_name = "TIME", value_parser = time::parse, default_value = "1s")]
    pub(crate) warm_up: humantime::Duration,
    /// CPU to send and receive on
    #[arg(long, value_name = "N")]
    pub(crate) cpu: Option<usize>,
    /// Never sleep between probes: keeps this machine's wake-ups out of the round trips
    #[arg(long)]
    pub(crate) spin: bool,
    /// Write the round trips of each run here, as a HdrHistogram interval log
    #[arg(long, value_name = "FILE")]
    pub(crate) hlog: Option<PathBuf>,
    /// End with code 5 at the first answer that takes longer
    #[arg(long, value_name = "TIME", value_parser = time::parse)]
    pub(crate) stop_above: Option<humantime::Duration>,
}
