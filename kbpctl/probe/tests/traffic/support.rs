// SPDX-License-Identifier: GPL-2.0
//! A peer that does to each ping what the test wants.

use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use kbp_probe::frame::Protocol;
use kbp_probe::load::{Load, Peer as Answers};
use kbp_probe::reflect::{Reflector, Settings};
use kbp_probe::run::SPIN;
use kbp_probe::schedule::Schedule;
use kbp_probe::session::{Observer, Plan, Run};
use kbp_probe::wire;
use nix::sys::socket::{setsockopt, sockopt};

/// Any free port of this machine.
pub(crate) fn local() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

/// A good reflector.
pub(crate) fn reflector() -> Reflector {
    Reflector::start(&Settings::at(local())).unwrap()
}

/// A load of `count` probes, whose sender and answers may be as late as a busy machine makes them.
pub(crate) fn load(rate: u64, count: u64) -> Load {
    Load {
        peer: Answers::Reflector,
        rate,
        payload: 18,
        warm_up: Duration::ZERO,
        duration: Schedule::new(rate).time(count),
        first: 1 << 32,
        patience: Duration::from_secs(60),
        grace: Duration::MAX,
        spin: SPIN,
        stop_above: None,
    }
}

/// A short session.
pub(crate) fn plan(peer: SocketAddr, protocol: Protocol) -> Plan {
    Plan {
        peer,
        protocol,
        rate: 2000,
        frames: vec![512, 128],
        flows: 3,
        duration: Duration::from_millis(100),
        warm_up: Duration::from_millis(20),
        rounds: 2,
        cpu: None,
        spin: false,
        stop_above: None,
    }
}

/// Writes down what happens in a session.
#[derive(Default)]
pub(crate) struct Log {
    pub(crate) steps: Vec<String>,
    pub(crate) runs: Vec<(u16, u32)>,
    pub(crate) stop: bool,
}

impl Observer for Log {
    fn begin(&mut self, step: &str) {
        self.steps.push(step.to_owned());
    }

    fn done(&mut self, run: &Run<'_>) -> kbp_probe::Result<()> {
        self.runs.push((run.frame_bytes, run.round));
        Ok(())
    }

    fn stop(&self) -> bool {
        self.stop
    }
}

/// A UDP peer that gives each ping's number, from 0, and its pong to a closure, which returns
/// what to send.
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Peer {
    pub(crate) fn start(
        mut answers: impl FnMut(u64, Vec<u8>) -> Vec<Vec<u8>> + Send + 'static,
    ) -> Peer {
        let socket = UdpSocket::bind(local()).unwrap();
        let address = socket.local_addr().unwrap();
        let tick = Some(Duration::from_millis(20));
        socket.set_read_timeout(tick).unwrap();
        // What comes while it stalls, on a busy machine longer than it wants to, must have room.
        let _ = setsockopt(&socket, sockopt::RcvBufForce, &(4 << 20));
        let stop = Arc::new(AtomicBool::new(false));
        let its_stop = stop.clone();
        let serve = move || {
            let (mut buffer, mut number) = ([0; 2048], 0);
            while !its_stop.load(Ordering::Relaxed) {
                let Ok((length, from)) = socket.recv_from(&mut buffer) else {
                    continue;
                };
                assert!(wire::reflect(&mut buffer[..length]), "only pings are sent");
                for pong in answers(number, buffer[..length].to_vec()) {
                    socket.send_to(&pong, from).unwrap();
                }
                number += 1;
            }
        };
        Peer {
            address,
            stop,
            thread: Some(thread::spawn(serve)),
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let result = self.thread.take().map(JoinHandle::join);
        if !thread::panicking() {
            assert!(matches!(result, Some(Ok(()))), "the peer panicked");
        }
    }
}
