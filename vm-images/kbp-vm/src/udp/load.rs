// SPDX-License-Identifier: GPL-2.0
//! A paced stream of probes to the guest's UDP echo, with every echo accounted for.

use std::io;
use std::thread;
use std::time::Duration;

use kbp_probe::load;
use kbp_probe::run::{self, Outcome};
use kbp_probe::transport::Transport;
use kbp_probe::wire::Probe;

use super::datagram::{build, parse, Endpoint, ECHO_PORT};
use crate::cable::{answer, Held};

/// The first source port.
const SOURCE_PORT: u16 = 40000;
/// The largest payload of a datagram.
const LARGEST: usize = 1472;
/// More probes a second than any cable takes.
const AT_ONCE: u64 = 1_000_000_000;

/// What to send.
#[derive(Debug, Clone)]
pub struct Load {
    /// How many datagrams.
    pub count: u64,
    /// How many a second; 0 sends as fast as the cable takes them.
    pub rate: u32,
    /// The size of the UDP payload in bytes: 18 to 1472.
    pub payload: usize,
    /// How many source ports to use in turn, so that a NIC with several queues spreads them.
    pub flows: u16,
    /// How long to wait for echoes after the last datagram was sent.
    pub drain: Duration,
}

impl Default for Load {
    fn default() -> Load {
        Load {
            count: 1000,
            rate: 1000,
            payload: 64,
            flows: 1,
            drain: Duration::from_secs(2),
        }
    }
}

impl Load {
    /// Sends the load over this cable and waits for the echoes. ARP and ping of the guest are
    /// answered meanwhile.
    pub fn run(&self, cable: &Held<'_>) -> io::Result<Outcome> {
        if !(Probe::SIZE..=LARGEST).contains(&self.payload) || self.flows == 0 {
            let rule = format!(
                "a load needs {} to {LARGEST} payload bytes and at least one flow",
                Probe::SIZE
            );
            return Err(io::Error::new(io::ErrorKind::InvalidInput, rule));
        }
        let rate = match self.rate {
            0 => AT_ONCE,
            rate => rate.into(),
        };
        let load = load::Load::to_echo(rate, self.count, self.payload, self.drain);
        let mut datagrams = Datagrams::new(cable, self.flows);
        let outcome = run::run(&mut datagrams, &load, &|| false);
        datagrams.failed.map_or(Ok(outcome), Err)
    }
}

/// Flows of datagrams, as frames on a cable.
struct Datagrams<'a> {
    cable: &'a Held<'a>,
    flows: u16,
    buffer: [u8; 2048],
    /// How much of `buffer` has come and was not looked at.
    came: Option<usize>,
    /// What broke the cable: nothing goes over it any more.
    failed: Option<io::Error>,
}

impl<'a> Datagrams<'a> {
    fn new(cable: &'a Held<'a>, flows: u16) -> Datagrams<'a> {
        Datagrams {
            cable,
            flows,
            buffer: [0; 2048],
            came: None,
            failed: None,
        }
    }

    /// What comes of something done with the cable, if it is whole.
    fn whole<T>(&mut self, result: impl FnOnce(&mut Self) -> io::Result<T>) -> Option<T> {
        if self.failed.is_some() {
            return None;
        }
        result(self).map_err(|error| self.failed = Some(error)).ok()
    }

    fn listen(&mut self, limit: Duration) {
        if self.came.is_none() {
            self.came = self
                .whole(|it| it.cable.recv(&mut it.buffer, limit))
                .flatten();
        }
    }
}

impl Transport for Datagrams<'_> {
    fn flows(&self) -> usize {
        self.flows.into()
    }

    fn send(&mut self, flow: usize, payload: &[u8]) -> bool {
        let n = self.cable.index();
        let from = Endpoint::host(n, SOURCE_PORT + flow as u16);
        let frame = build(from, Endpoint::guest(n, ECHO_PORT), payload);
        let send = |it: &mut Self| it.cable.send(&frame.ok_or(io::ErrorKind::InvalidInput)?);
        self.whole(send).is_some()
    }

    fn receive(&mut self, each: &mut dyn FnMut(&[u8])) -> bool {
        self.listen(Duration::ZERO);
        let Some(length) = self.came.take() else {
            return false;
        };
        let ours = SOURCE_PORT..SOURCE_PORT.saturating_add(self.flows);
        let frame = &self.buffer[..length];
        match parse(frame).filter(|datagram| datagram.from.port == ECHO_PORT) {
            Some(datagram) if ours.contains(&datagram.to.port) => each(datagram.payload),
            // The echo of somebody who used the cable before.
            Some(_) => {}
            None => {
                if let Some(frame) = answer(self.cable.index(), frame) {
                    self.whole(|it| it.cable.send(&frame));
                }
            }
        }
        true
    }

    fn wait(&mut self, limit: Duration) {
        self.listen(limit);
        if self.failed.is_some() {
            thread::sleep(limit);
        }
    }

    fn trouble(&self) -> Option<&str> {
        // `failed` ends the load instead.
        None
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::cable::{Cable, Port, Stats};

    /// Echoes, unless it is broken; what it has at the beginning is of somebody else.
    #[derive(Debug)]
    struct Echo {
        frames: Mutex<VecDeque<Vec<u8>>>,
        broken: bool,
    }

    impl Cable for Echo {
        fn send(&self, frame: &[u8]) -> io::Result<()> {
            if self.broken {
                return Err(io::ErrorKind::ConnectionRefused.into());
            }
            let datagram = parse(frame).unwrap();
            let back = build(datagram.to, datagram.from, datagram.payload).unwrap();
            self.frames.lock().unwrap().push_back(back);
            Ok(())
        }

        fn recv(&self, buffer: &mut [u8], _: Duration) -> io::Result<Option<usize>> {
            Ok(self.frames.lock().unwrap().pop_front().map(|frame| {
                buffer[..frame.len()].copy_from_slice(&frame);
                frame.len()
            }))
        }

        fn stats(&self) -> Stats {
            Stats::default()
        }
    }

    fn run(frames: VecDeque<Vec<u8>>, broken: bool) -> io::Result<Outcome> {
        let frames = Mutex::new(frames);
        let port = Port::new(0, Arc::new(Echo { frames, broken }), false).unwrap();
        let load = Load {
            count: 3,
            rate: 0,
            flows: 2,
            drain: Duration::from_secs(20),
            ..Load::default()
        };
        let held = port.hold();
        load.run(&held)
    }

    #[test]
    fn late_answers_to_others_are_not_counted() {
        let late = build(
            Endpoint::guest(0, ECHO_PORT),
            Endpoint::host(0, 40999),
            b"acknowledged once more",
        );
        let outcome = run(VecDeque::from([late.unwrap()]), false).unwrap();
        assert_eq!((outcome.counts.received, outcome.corrupt), (3, 0));
    }

    #[test]
    fn a_broken_cable_is_an_error_and_no_loss() {
        let error = run(VecDeque::new(), true).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    }
}
