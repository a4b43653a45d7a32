// SPDX-License-Identifier: GPL-2.0
//! A TCP connection to the guest, without the host's own network: no other program, no rights and no address are in
//! the way, and the frames go through the same cable as the datagrams of the UDP rows.

use std::time::{Duration, Instant};

use kbp_vm::cable::{guest_ip, host_ip, host_mac, Held};
use kbp_vm::udp::ECHO_PORT;
use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet};
use smoltcp::socket::tcp::{Socket, SocketBuffer, State};
use smoltcp::time;
use smoltcp::wire::{EthernetAddress, HardwareAddress, IpCidr, Ipv4Address, Ipv4Cidr};

use super::super::traffic::broken;
use super::wire::Wire;
use crate::{Error, Result};

/// How long the guest may take to accept.
const CONNECT: Duration = Duration::from_secs(20);
/// For what comes back.
const RECEIVE_BUFFER: usize = 1 << 20;
/// The stack's clock is slower than the real one by this: it would send again what has no answer after 20 ms, Linux
/// does after 200. A packet that waits for its poll is late, not lost, and must not be sent twice.
const SLOWER: i64 = 10;
/// How long the acknowledgement of an answer waits for the next request to take it along.
const ACK_WITHIN: time::Duration = time::Duration::from_millis(10 / SLOWER as u64);
const PREFIX: u8 = 24;

/// A connection.
pub(super) struct Client<'a> {
    wire: Wire<'a>,
    interface: Interface,
    sockets: SocketSet<'static>,
    socket: SocketHandle,
    start: Instant,
}

impl<'a> Client<'a> {
    /// Connects from `port`; `room` bytes may wait to be sent.
    pub(super) fn connect(cable: &'a Held<'a>, port: u16, room: usize) -> Result<Client<'a>> {
        let n = cable.index();
        let mut wire = Wire::new(cable);
        let address = HardwareAddress::Ethernet(EthernetAddress(host_mac(n)));
        let mut config = Config::new(address);
        // Initial sequence numbers: a connection of an earlier measurement must not look like this one.
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

    /// Sends `request` now.
    pub(super) fn send(&mut self, request: &[u8]) -> Result<()> {
        let taken = self.socket().send_slice(request);
        if !matches!(taken, Ok(length) if length == request.len()) {
            return Err(Error::Other(format!(
                "the connection to the guest is in state {} and takes no request ({taken:?})",
                self.socket().state()
            )));
        }
        self.poll();
        Ok(())
    }

    /// What has come, at the end of `bytes`.
    pub(super) fn receive(&mut self, bytes: &mut Vec<u8>) -> Result<()> {
        while self.socket().can_recv() {
            let taken = self.socket().recv(|part| {
                bytes.extend_from_slice(part);
                (part.len(), ())
            });
            taken.map_err(|error| Error::Other(format!("the connection broke: {error}")))?;
        }
        Ok(())
    }

    /// Waits for frames until `end`, or until something else is to do, and does it.
    pub(super) fn turn(&mut self, end: Instant) -> Result<()> {
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
