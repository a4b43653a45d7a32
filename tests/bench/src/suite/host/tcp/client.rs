// SPDX-License-Identifier: GPL-2.0
//! A TCP connection to the guest, without the host's own network: no other program, no rights and
//! no address are in the way, and the frames go through the same cable as the datagrams of the UDP
//! rows.

use std::thread;
use std::time::{Duration, Instant};

use kbp_probe::transport::Transport;
use kbp_vm::cable::{guest_ip, host_ip, host_mac, Held};
use kbp_vm::udp::ECHO_PORT;
use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet};
use smoltcp::socket::tcp::{Socket, SocketBuffer, State};
use smoltcp::time;
use smoltcp::wire::{EthernetAddress, HardwareAddress, IpCidr, Ipv4Address, Ipv4Cidr};

use super::super::traffic::broken;
use super::stream::Stream;
use super::wire::Wire;
use crate::{Error, Result};

/// How long the guest may take to accept.
const CONNECT: Duration = Duration::from_secs(20);
/// For what comes back.
const RECEIVE_BUFFER: usize = 1 << 20;
/// The stack's clock is slower than the real one by this: it would send again what has no answer
/// after 20 ms, Linux does after 200. A packet that waits for its poll is late, not lost, and must
/// not be sent twice.
const SLOWER: i64 = 10;
/// How long the acknowledgement of an answer waits for the next request to take it along.
const ACK_WITHIN: time::Duration = time::Duration::from_millis(10 / SLOWER as u64);
const PREFIX: u8 = 24;
/// How long the connection is left alone, so that the last acknowledgement leaves.
const REST: Duration = Duration::from_millis(30);

/// A connection, which carries probes.
pub(super) struct Client<'a> {
    wire: Wire<'a>,
    interface: Interface,
    sockets: SocketSet<'static>,
    socket: SocketHandle,
    start: Instant,
    stream: Stream,
    /// What ended it: nothing is sent any more.
    failed: Option<Error>,
}

impl<'a> Client<'a> {
    /// Connects from `port`; `room` bytes may wait to be sent.
    pub(super) fn connect(cable: &'a Held<'a>, port: u16, room: usize) -> Result<Client<'a>> {
        let n = cable.index();
        let mut wire = Wire::new(cable);
        let address = HardwareAddress::Ethernet(EthernetAddress(host_mac(n)));
        let mut config = Config::new(address);
        // Initial sequence numbers: a connection of an earlier measurement must not look like this
        // one.
        config.random_seed = u64::from(port);
        let mut interface = Interface::new(config, &mut wire, time::Instant::ZERO);
        let own = IpCidr::Ipv4(Ipv4Cidr::new(Ipv4Address::from(host_ip(n)), PREFIX));
        interface.update_ip_addrs(|addresses| {
            // The list has room for one.
            let _ = addresses.push(own);
        });
        let mut socket = Socket::new(
            SocketBuffer::new(vec![0; RECEIVE_BUFFER]),
            SocketBuffer::new(vec![0; room]),
        );
        socket.set_nagle_enabled(false);
        socket.set_ack_delay(Some(ACK_WITHIN));
        let guest = Ipv4Address::from(guest_ip(n));
        socket
            .connect(interface.context(), (guest, ECHO_PORT), port)
            .map_err(|error| Error::Other(format!("cannot connect to the guest: {error}")))?;
        let mut sockets = SocketSet::new(Vec::new());
        let mut client = Client {
            wire,
            interface,
            socket: sockets.add(socket),
            sockets,
            start: Instant::now(),
            stream: Stream::default(),
            failed: None,
        };
        let end = Instant::now() + CONNECT;
        while client.socket().state() != State::Established {
            if Instant::now() > end || !client.socket().is_open() {
                return Err(Error::Other(format!(
                    "the guest did not accept a connection to its TCP port {ECHO_PORT} within {CONNECT:?}"
                )));
            }
            client.turn(end)?;
        }
        Ok(client)
    }

    fn ask(&mut self, probe: &[u8]) -> Result<()> {
        let request = self.stream.ask(probe);
        let taken = self.socket().send_slice(&request);
        if !matches!(taken, Ok(length) if length == request.len()) {
            return Err(Error::Other(format!(
                "the connection to the guest is in state {} and takes no request ({taken:?})",
                self.socket().state()
            )));
        }
        self.poll();
        Ok(())
    }

    /// Gives what has come to `each`; `false` when nothing has.
    fn answers(&mut self, each: &mut dyn FnMut(&[u8])) -> Result<bool> {
        self.turn(Instant::now())?;
        let mut any = false;
        let socket = self.sockets.get_mut::<Socket<'_>>(self.socket);
        while socket.can_recv() {
            any = true;
            let stream = &mut self.stream;
            socket
                .recv(|part| (part.len(), stream.take(part, each)))
                .map_err(|error| Error::Other(format!("the connection broke: {error}")))?
                .ok_or_else(|| Error::Other("more came back by TCP than was asked".into()))?;
        }
        Ok(any)
    }

    /// Does something unless the connection has failed.
    fn whole<T>(&mut self, result: impl FnOnce(&mut Self) -> Result<T>) -> Option<T> {
        if self.failed.is_some() {
            return None;
        }
        result(self).map_err(|error| self.failed = Some(error)).ok()
    }

    /// Leaves the connection alone; an error when it has failed.
    pub(super) fn rest(&mut self) -> Result<()> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let end = Instant::now() + REST;
        while Instant::now() < end {
            self.turn(end)?;
        }
        Ok(())
    }

    /// Waits for frames until `end`, or until something else is to do, and does it.
    fn turn(&mut self, end: Instant) -> Result<()> {
        let mut limit = end.saturating_duration_since(Instant::now());
        if let Some(delay) = self.interface.poll_delay(self.now(), &self.sockets) {
            limit = limit.min(Duration::from(delay) * SLOWER as u32);
        }
        self.wire.wait(limit).map_err(broken)?;
        self.poll();
        Ok(())
    }

    /// Ends it at once, on both sides.
    pub(super) fn close(mut self) -> Result<()> {
        self.socket().abort();
        self.poll();
        self.wire.wait(Duration::ZERO).map_err(broken)
    }

    fn poll(&mut self) {
        let now = self.now();
        self.interface.poll(now, &mut self.wire, &mut self.sockets);
    }

    fn now(&self) -> time::Instant {
        time::Instant::from_micros(self.start.elapsed().as_micros() as i64 / SLOWER)
    }

    fn socket(&mut self) -> &mut Socket<'static> {
        self.sockets.get_mut(self.socket)
    }
}

impl Transport for Client<'_> {
    fn flows(&self) -> usize {
        1
    }

    fn send(&mut self, _: usize, probe: &[u8]) -> bool {
        self.whole(|it| it.ask(probe)).is_some()
    }

    fn receive(&mut self, each: &mut dyn FnMut(&[u8])) -> bool {
        self.whole(|it| it.answers(each)).unwrap_or(false)
    }

    fn wait(&mut self, limit: Duration) {
        if self.whole(|it| it.turn(Instant::now() + limit)).is_none() {
            thread::sleep(limit);
        }
    }

    fn trouble(&self) -> Option<&str> {
        // `rest` tells it.
        None
    }
}
