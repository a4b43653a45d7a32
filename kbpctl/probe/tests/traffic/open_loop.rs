// SPDX-License-Identifier: GPL-2.0
//! The property that makes the figures worth something: a stall is seen by every probe that was
//! due meanwhile, not by one.

use std::thread;
use std::time::Duration;

use kbp_probe::frame::Protocol;
use kbp_probe::framing::{self, Frames};
use kbp_probe::load::Load;
use kbp_probe::run::{run, Outcome};
use kbp_probe::transport::{connect, Silent, Transport, Udp};
use kbp_probe::wire;

use crate::support::{load, Peer};

const RATE: u64 = 1000;
const STALL: Duration = Duration::from_millis(200);
/// The probe that meets the stall's begin.
const TRIGGER: u64 = 300;

fn the_stall_shows(outcome: &Outcome) {
    assert_eq!((outcome.counts.sent, outcome.counts.lost), (1000, 0));
    // Probes that were due in the first 150 ms of the stall waited for its last 50 ms, at least.
    let waited = outcome.latency.above(50_000_000);
    assert!(waited >= 140, "only {waited} probes saw a stall of 200 ms");
    assert!(outcome.latency.summary().max_ns >= Some(198_000_000));
}

#[test]
fn a_stall_of_a_udp_peer() {
    let peer = Peer::start(|number, pong| {
        if number == TRIGGER {
            thread::sleep(STALL);
        }
        vec![pong]
    });
    let mut transport = Udp::connect(peer.address, 1).unwrap();
    the_stall_shows(&run(&mut transport, &load(RATE, 1000), &|| false));
}

#[test]
fn a_stall_of_a_tcp_peer() {
    let listener = std::net::TcpListener::bind(crate::support::local()).unwrap();
    let address = listener.local_addr().unwrap();
    let peer = thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut stream, _) = listener.accept().unwrap();
        let (mut frames, mut buffer, mut number) = (Frames::default(), [0; 4096], 0);
        loop {
            let length = stream.read(&mut buffer).unwrap();
            if length == 0 {
                return;
            }
            frames.push(&buffer[..length]);
            while let Some(payload) = frames.take().unwrap() {
                if number == TRIGGER {
                    thread::sleep(STALL);
                }
                number += 1;
                assert!(wire::reflect(payload));
                let mut out = Vec::new();
                framing::put(&mut out, payload);
                stream.write_all(&out).unwrap();
            }
        }
    });
    let mut transport = connect(Protocol::Tcp, address, 1).unwrap();
    let outcome = run(transport.as_mut(), &load(RATE, 1000), &|| false);
    drop(transport);
    peer.join().unwrap();
    the_stall_shows(&outcome);
}

#[test]
fn probes_leave_though_none_was_answered() {
    let mut held = Vec::new();
    let peer = Peer::start(move |number, pong| {
        held.push(pong);
        match number {
            0..200 => Vec::new(),
            _ => std::mem::take(&mut held),
        }
    });
    let mut transport = Udp::connect(peer.address, 1).unwrap();
    let outcome = run(&mut transport, &load(RATE, 400), &|| false);
    assert_eq!((outcome.counts.sent, outcome.not_sent), (400, 0));
    assert_eq!((outcome.counts.lost, outcome.counts.reordered), (0, 0));
}

/// A system in which the sender itself stands still once; every probe is answered at once.
#[derive(Default)]
struct Stalling {
    sent: u64,
    answers: Vec<Vec<u8>>,
}

impl Transport for Stalling {
    fn flows(&self) -> usize {
        1
    }

    fn send(&mut self, _: usize, payload: &[u8]) -> bool {
        if self.sent == TRIGGER {
            thread::sleep(STALL);
        }
        self.sent += 1;
        let mut pong = payload.to_vec();
        assert!(wire::reflect(&mut pong));
        self.answers.push(pong);
        true
    }

    fn receive(&mut self, each: &mut dyn FnMut(&[u8])) -> bool {
        let any = !self.answers.is_empty();
        self.answers.drain(..).for_each(|pong| each(&pong));
        any
    }

    fn wait(&mut self, limit: Duration) {
        Silent.wait(limit);
    }

    fn trouble(&self) -> Option<&str> {
        None
    }
}

#[test]
fn a_stall_of_the_sender_is_not_hidden_and_shows_as_its_own() {
    let outcome = run(&mut Stalling::default(), &load(RATE, 1000), &|| false);
    the_stall_shows(&outcome);
    assert!(outcome.send_late.above(50_000_000) >= 140);
}

#[test]
fn an_answer_above_the_limit_ends_the_run() {
    let peer = Peer::start(|number, pong| {
        if number == TRIGGER {
            thread::sleep(STALL);
        }
        vec![pong]
    });
    let mut transport = Udp::connect(peer.address, 1).unwrap();
    let load = Load {
        stop_above: Some(STALL - Duration::from_millis(1)),
        ..load(RATE, 100_000)
    };
    let outcome = run(&mut transport, &load, &|| false);
    let exceeded = outcome.exceeded.expect("the stall");
    assert!(exceeded.probe <= TRIGGER, "{exceeded:?}");
    assert_eq!(exceeded.at_ns, exceeded.probe * 1_000_000);
    assert!(exceeded.latency_ns >= 199_000_000, "{exceeded:?}");
    assert!(outcome.counts.sent < 100_000);
    assert_eq!(outcome.counts.lost, 0);
}
