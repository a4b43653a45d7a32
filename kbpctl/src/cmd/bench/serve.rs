// SPDX-License-Identifier: GPL-2.0
//! `kbpctl bench serve`: the side that answers.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use kbp_probe::reflect::{Reflector, Served, Settings};
use kbp_probe::DEFAULT_PORT;
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli;
use crate::cmd::stop;
use crate::error::{Exit, Result};
use crate::output::Answer;

const LOOK: Duration = Duration::from_millis(20);

#[derive(Serialize, JsonSchema)]
struct Document {
    schema: &'static str,
    listen: SocketAddr,
    #[serde(flatten)]
    served: Served,
}

pub(super) fn run(arguments: &cli::Serve) -> Result<Answer> {
    let stop = stop::flag()?;
    let reflector = start(arguments)?;
    let listen = reflector.address();
    // On standard error: the answer, at the end, may be one JSON document.
    eprintln!("kbpctl: answering on {listen} over UDP and TCP; ctrl-c ends it");
    while !stop.load(Ordering::Relaxed) {
        thread::sleep(LOOK);
    }
    Ok(answer(listen, reflector.served()))
}

fn answer(listen: SocketAddr, served: Served) -> Answer {
    let document = Document {
        schema: "kbp.bench-serve/1",
        listen,
        served,
    };
    Answer::new(&document, describe(&served), Exit::Ok)
}

fn start(arguments: &cli::Serve) -> kbp_probe::Result<Reflector> {
    let at = |listen| {
        Reflector::start(&Settings {
            listen,
            cpu: arguments.cpu,
            busy_poll: arguments.busy_poll,
        })
    };
    match arguments.listen {
        Some(listen) => at(listen),
        // This takes IPv4, too. Where IPv6 is switched off, IPv4 is all there is; when that fails
        // as well, the first error was not about IPv6.
        None => at((Ipv6Addr::UNSPECIFIED, DEFAULT_PORT).into())
            .or_else(|error| at((Ipv4Addr::UNSPECIFIED, DEFAULT_PORT).into()).map_err(|_| error)),
    }
}

fn describe(served: &Served) -> String {
    format!(
        "UDP: {} probes answered, {} datagrams ignored, {} answers not sent\n\
         TCP: {} probes answered on {} connections, {} connections refused",
        served.udp_answered,
        served.udp_ignored,
        served.udp_not_sent,
        served.tcp_answered,
        served.tcp_connections,
        served.tcp_refused
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What it is held against is in `Answer::new`; a whole `bench serve` ends by a signal.
    #[test]
    fn the_document_is_as_its_schema_says() {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, DEFAULT_PORT));
        let answer = answer(listen, Served::default());
        assert_eq!(answer.json["listen"], "127.0.0.1:7777");
    }
}
