// SPDX-License-Identifier: GPL-2.0
//! What a bad network does is counted as what it is.

use std::time::Duration;

use kbp_probe::book::Counts;
use kbp_probe::frame::Protocol;
use kbp_probe::load::Load;
use kbp_probe::run::run;
use kbp_probe::transport::{connect, Silent, Tcp, Transport, Udp};

use crate::support::{load, reflector, Peer};

fn never() -> bool {
    false
}

/// A load whose answers will not all come: the others have this long.
fn missing(rate: u64, count: u64) -> Load {
    Load {
        patience: Duration::from_secs(5),
        ..load(rate, count)
    }
}

#[test]
fn every_probe_comes_back_once() {
    for (protocol, flows) in [
        (Protocol::Udp, 1),
        (Protocol::Udp, 5),
        (Protocol::Tcp, 1),
        (Protocol::Tcp, 5),
    ] {
        let reflector = reflector();
        let mut transport = connect(protocol, reflector.address(), flows).unwrap();
        for spin in [Duration::ZERO, Duration::from_micros(100), Duration::MAX] {
            let load = Load {
                payload: 200,
                spin,
                ..load(5000, 500)
            };
            let outcome = run(transport.as_mut(), &load, &never);
            let all = Counts {
                sent: 500,
                received: 500,
                ..Counts::default()
            };
            assert_eq!(outcome.counts, all, "{protocol:?}, {flows} flows");
            assert_eq!(outcome.latency.summary().count, 500);
            assert_eq!(outcome.send_late.summary().count, 500);
            assert_eq!(outcome.trouble, None);
        }
        let served = reflector.served();
        let answered = (served.udp_answered, served.tcp_answered);
        let expected = match protocol {
            Protocol::Udp => (1500, 0),
            Protocol::Tcp => (0, 1500),
        };
        assert_eq!(answered, expected);
    }
}

#[test]
fn loss_duplicates_and_order_are_told_apart() {
    let mut held = Vec::new();
    let peer = Peer::start(move |number, pong| match number % 10 {
        9 => Vec::new(),
        3 => vec![pong.clone(), pong],
        5 => {
            held.push(pong);
            Vec::new()
        }
        6 => std::iter::once(pong).chain(held.drain(..)).collect(),
        _ => vec![pong],
    });
    let mut transport = Udp::connect(peer.address, 1).unwrap();
    let outcome = run(&mut transport, &missing(2000, 1000), &never);
    let expected = Counts {
        sent: 1000,
        not_taken: 0,
        received: 900,
        lost: 100,
        duplicates: 100,
        reordered: 100,
    };
    assert_eq!(outcome.counts, expected);
    assert_eq!(outcome.latency.summary().count, 900);
}

#[test]
fn a_forged_or_late_answer_is_none() {
    let peer = Peer::start(|number, pong| {
        let mut forged = pong.clone();
        match number % 3 {
            // Another time stamp.
            0 => forged[17] ^= 1,
            // A number of earlier traffic.
            1 => forged[4..10].fill(0),
            // A ping.
            _ => forged[3] = b'P',
        }
        vec![forged]
    });
    let mut transport = Udp::connect(peer.address, 1).unwrap();
    let counts = run(&mut transport, &missing(2000, 90), &never).counts;
    assert_eq!((counts.sent, counts.received, counts.lost), (90, 0, 90));
    assert_eq!(counts.duplicates, 0);
}

#[test]
fn an_echo_is_compared_with_what_was_sent() {
    let peer = Peer::start(|number, pong| {
        let mut echo = pong;
        echo[3] = b'P';
        match number % 6 {
            0 => return vec![echo.clone(), echo],
            // Its padding, its time stamp, a number that nobody sent, its end.
            1 => echo[30] ^= 1,
            2 => echo[17] ^= 1,
            3 => echo[4] ^= 1,
            4 => echo.truncate(63),
            // The number of earlier traffic.
            _ => echo[4..10].fill(0),
        }
        vec![echo]
    });
    let mut transport = Udp::connect(peer.address, 1).unwrap();
    let load = Load {
        first: 1 << 32,
        ..Load::to_echo(2000, 60, 64, Duration::from_secs(5))
    };
    let outcome = run(&mut transport, &load, &never);
    let expected = Counts {
        sent: 60,
        not_taken: 0,
        received: 10,
        lost: 50,
        duplicates: 10,
        reordered: 0,
    };
    assert_eq!((outcome.counts, outcome.corrupt), (expected, 40));
}

#[test]
fn no_two_loads_to_echoes_have_a_number_in_common() {
    let load = |count| Load::to_echo(1, count, 18, Duration::ZERO).first;
    let (one, other) = (load(5), load(1));
    assert!(other >= one + 5);
}

#[test]
fn beside_an_echo_a_late_sender_catches_up_and_its_lateness_is_not_the_echo_s() {
    let load = Load::to_echo(1000, 50, 18, Duration::from_secs(60));
    let outcome = run(&mut Slow(Loop::default()), &load, &never);
    assert_eq!((outcome.counts.sent, outcome.counts.received), (50, 50));
    assert_eq!((outcome.not_sent, outcome.corrupt), (0, 0));
    // The last one was due after 49 ms and left after 49 times 30.
    let (late, latency) = (outcome.send_late.summary(), outcome.latency.summary());
    assert!(late.max_ns > Some(1_400_000_000), "{late:?}");
    assert!(latency.p50_ns < late.p50_ns, "{latency:?} {late:?}");
}

#[test]
fn the_warm_up_is_sent_and_not_counted() {
    let reflector = reflector();
    let mut transport = Udp::connect(reflector.address(), 2).unwrap();
    let load = Load {
        warm_up: Duration::from_millis(50),
        ..load(2000, 200)
    };
    let outcome = run(&mut transport, &load, &never);
    assert_eq!((outcome.counts.sent, outcome.counts.received), (200, 200));
    assert_eq!(reflector.served().udp_answered, 300);
}

#[test]
fn a_peer_that_hangs_up_loses_the_rest() {
    let listener = std::net::TcpListener::bind(crate::support::local()).unwrap();
    let address = listener.local_addr().unwrap();
    let mut transport = Tcp::connect(address, 2).unwrap();
    drop(listener);
    let outcome = run(&mut transport, &missing(2000, 100), &never);
    assert_eq!((outcome.counts.sent, outcome.counts.lost), (100, 100));
    assert!(outcome.trouble.is_some());
}

#[test]
fn a_deaf_peer_loses_everything_and_ends() {
    let peer = Peer::start(|_, _| Vec::new());
    let mut transport = Udp::connect(peer.address, 1).unwrap();
    let outcome = run(&mut transport, &missing(2000, 100), &never);
    assert_eq!((outcome.counts.sent, outcome.counts.lost), (100, 100));
    assert_eq!(outcome.latency.summary().max_ns, None);
}

#[test]
fn who_stops_it_gets_what_there_is() {
    let reflector = reflector();
    let mut transport = Udp::connect(reflector.address(), 1).unwrap();
    let outcome = run(&mut transport, &missing(1000, 100_000), &|| true);
    assert!(outcome.stopped);
    assert!(outcome.counts.sent < 100_000);
}

/// What is sent comes back.
#[derive(Default)]
struct Loop(Vec<Vec<u8>>);

impl Transport for Loop {
    fn flows(&self) -> usize {
        1
    }

    fn send(&mut self, _: usize, payload: &[u8]) -> bool {
        self.0.push(payload.to_vec());
        true
    }

    fn receive(&mut self, each: &mut dyn FnMut(&[u8])) -> bool {
        self.0.drain(..).map(|payload| each(&payload)).count() > 0
    }

    fn wait(&mut self, limit: Duration) {
        std::thread::sleep(limit);
    }

    fn trouble(&self) -> Option<&str> {
        None
    }
}

/// A system on which sending takes long.
struct Slow<T>(T);

impl<T: Transport> Transport for Slow<T> {
    fn flows(&self) -> usize {
        1
    }

    fn send(&mut self, flow: usize, payload: &[u8]) -> bool {
        std::thread::sleep(Duration::from_millis(30));
        self.0.send(flow, payload)
    }

    fn receive(&mut self, each: &mut dyn FnMut(&[u8])) -> bool {
        self.0.receive(each)
    }

    fn wait(&mut self, limit: Duration) {
        self.0.wait(limit);
    }

    fn trouble(&self) -> Option<&str> {
        None
    }
}

#[test]
fn a_rate_that_cannot_be_kept_is_given_up() {
    let load = Load {
        patience: Duration::ZERO,
        grace: Duration::from_secs(1),
        ..load(1000, 100)
    };
    let outcome = run(&mut Slow(Silent), &load, &never);
    assert!(outcome.not_sent > 0);
    assert_eq!(outcome.counts.sent + outcome.not_sent, 100);
    let late = outcome.send_late.summary();
    assert!(
        late.max_ns > late.min_ns,
        "its own lateness shows: {late:?}"
    );
}
