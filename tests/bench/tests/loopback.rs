// SPDX-License-Identifier: GPL-2.0
//! Echo and ping against each other, over real sockets.

use std::net::UdpSocket;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use kbp_bench::guest::echo;
use kbp_bench::guest::ping;
use kbp_bench::wire::{Kind, Probe};
use kbp_probe::book::Counts;
use kbp_probe::load::Load;

fn echo_socket() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket
        .set_read_timeout(Some(Duration::from_millis(20)))
        .unwrap();
    socket
}

#[test]
fn every_probe_comes_back_once() {
    let (socket, stop) = (echo_socket(), AtomicBool::new(false));
    let to = socket.local_addr().unwrap();
    let load = Load::to_echo(5000, 500, 200, Duration::from_secs(60));
    let (echoed, report) = thread::scope(|scope| {
        let echo = scope.spawn(|| echo::run(&socket, |_, _| Ok(!stop.load(Ordering::Relaxed))));
        let report = ping::run(to, &load, || false);
        stop.store(true, Ordering::Relaxed);
        (echo.join().unwrap().unwrap(), report.unwrap())
    });
    let all = Counts {
        sent: 500,
        received: 500,
        ..Counts::default()
    };
    assert_eq!((report.counts, report.rtt.count), (all, 500));
    assert_eq!(
        (echoed.received, echoed.echoed, echoed.bytes),
        (500, 500, 500 * 200)
    );
}

fn few() -> Load {
    Load::to_echo(1000, 4, 64, Duration::from_millis(50))
}

#[test]
fn silence_ends_too() {
    let socket = echo_socket();
    let report = ping::run(socket.local_addr().unwrap(), &few(), || false).unwrap();
    let counts = report.counts;
    assert_eq!((counts.sent, counts.received, counts.lost), (4, 0, 4));
    assert_eq!(report.rtt.p99_ns, None);
}

#[test]
fn nobody_there_is_an_error() {
    let nowhere = echo_socket().local_addr().unwrap();
    let error = ping::run(nowhere, &few(), || false).unwrap_err();
    assert!(
        error.to_string().contains("cannot reach 127.0.0.1"),
        "{error}"
    );
}

#[test]
fn a_control_probe_is_acknowledged_and_not_counted() {
    let socket = echo_socket();
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.connect(socket.local_addr().unwrap()).unwrap();
    let mut bytes = [0; 30];
    Probe {
        kind: Kind::Stop,
        seq: 3,
        sent_ns: 1,
    }
    .write(&mut bytes);
    let report = thread::scope(|scope| {
        let echo = scope.spawn(|| echo::run(&socket, |_, control| Ok(control.is_none())));
        client.send(&bytes).unwrap();
        let length = client.recv(&mut bytes).unwrap();
        let answer = Probe::read(&bytes[..length]).unwrap();
        assert_eq!((answer.kind, answer.seq), (Kind::Ack, 3));
        echo.join().unwrap().unwrap()
    });
    assert_eq!((report.received, report.echoed), (0, 0));
}
