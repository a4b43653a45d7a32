// SPDX-License-Identifier: GPL-2.0
//! The reflector towards strangers.

use std::io::{Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::time::Duration;

use kbp_probe::framing;
use kbp_probe::reflect::{Reflector, Settings};
use kbp_probe::wire::{Kind, Probe};

use crate::support::{local, reflector};

fn ping(length: usize) -> Vec<u8> {
    let mut bytes = vec![0x55; length.max(Probe::SIZE)];
    Probe {
        kind: Kind::Ping,
        seq: 9,
        sent_ns: 8,
    }
    .write(&mut bytes);
    bytes.truncate(length);
    bytes
}

#[test]
fn only_pings_are_answered_with_as_many_bytes() {
    let reflector = reflector();
    let socket = UdpSocket::bind(local()).unwrap();
    socket.connect(reflector.address()).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let mut pong = ping(100);
    pong[3] = b'R';
    for strange in [&b""[..], b"hello", &ping(17), &pong] {
        socket.send(strange).unwrap();
    }
    for length in [18, 100, 1472] {
        socket.send(&ping(length)).unwrap();
        let mut buffer = [0; 2048];
        let got = socket.recv(&mut buffer).unwrap();
        let mut expected = ping(length);
        expected[3] = b'R';
        assert_eq!(
            buffer[..got],
            expected,
            "the first answer is to the first ping"
        );
    }
    let served = reflector.served();
    assert_eq!((served.udp_answered, served.udp_ignored), (3, 4));
}

#[test]
fn a_connection_that_says_something_else_is_closed_without_a_word() {
    let reflector = reflector();
    let mut no_ping = Vec::new();
    framing::put(&mut no_ping, &[0; 64]);
    let long = u32::MAX.to_be_bytes();
    for strange in [&b"GET / HTTP/1.0\r\n\r\n"[..], &no_ping, &long] {
        let mut stream = TcpStream::connect(reflector.address()).unwrap();
        stream.write_all(strange).unwrap();
        let mut answer = Vec::new();
        // Closed with bytes unread the connection may also be reset.
        let _ = stream.read_to_end(&mut answer);
        assert_eq!(answer, b"");
    }
    let served = reflector.served();
    assert_eq!((served.tcp_connections, served.tcp_refused), (3, 3));
    assert_eq!(served.tcp_answered, 0);
}

#[test]
fn its_port_is_free_when_it_has_ended() {
    let first = reflector();
    let address = first.address();
    let mut stream = TcpStream::connect(address).unwrap();
    let mut request = Vec::new();
    framing::put(&mut request, &ping(30));
    stream.write_all(&request).unwrap();
    stream.read_exact(&mut request).unwrap();
    let error = Reflector::start(&Settings::at(address)).unwrap_err();
    assert!(error.to_string().contains(&address.to_string()), "{error}");
    drop(first);
    drop(Reflector::start(&Settings::at(address)).unwrap());
}

#[test]
fn a_cpu_that_does_not_exist_is_named() {
    for cpu in [1023, 1_000_000] {
        let settings = Settings {
            cpu: Some(cpu),
            ..Settings::at(local())
        };
        let error = Reflector::start(&settings).unwrap_err().to_string();
        assert!(error.contains(&format!("CPU {cpu}")), "{error}");
    }
}
