// SPDX-License-Identifier: GPL-2.0
//! What the kernel says by itself: that links, queues, devices and cores change. A message is a
//! reason to look, not the truth: some may be lost, and others say nothing new.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use netlink_bindings::nlctrl::Request;
use netlink_socket2::NetlinkSocket;
use nix::errno::Errno;
use nix::libc;
use nix::poll::{poll, PollFd, PollFlags, PollTimeout};
use nix::sys::socket::{
    bind, recv, setsockopt, socket, AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol,
    SockType,
};
use nix::{setsockopt_impl, sockopt_impl};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::low_level::pipe;

use super::{Event, Events};

sockopt_impl!(
    /// One more group whose messages come to a netlink socket.
    AddMembership,
    SetOnly,
    libc::SOL_NETLINK,
    libc::NETLINK_ADD_MEMBERSHIP,
    u32
);

/// The first group of rtnetlink, and the kernel's own of uevents.
const LINKS: u32 = libc::RTMGRP_LINK as u32;
const UEVENTS: u32 = 1;

/// More than a uevent has, whose environment is 2 KiB, and than what is looked at of the others.
const MESSAGE: usize = 16 << 10;

/// Sockets that say what changes, and signals that end the watch.
pub(super) struct Sockets {
    links: OwnedFd,
    uevents: OwnedFd,
    /// `None`: before 5.6 there was none, and a kernel may be without.
    ethtool: Option<OwnedFd>,
    signals: UnixStream,
}

impl Sockets {
    /// From now on.
    pub(super) fn open() -> io::Result<Sockets> {
        let (signals, raise) = UnixStream::pair()?;
        signals.set_nonblocking(true)?;
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            pipe::register(signal, raise.try_clone()?)?;
        }
        Ok(Sockets {
            links: netlink(SockProtocol::NetlinkRoute, LINKS)?,
            uevents: netlink(SockProtocol::NetlinkKObjectUEvent, UEVENTS)?,
            ethtool: ethtool().ok(),
            signals,
        })
    }
}

impl Events for Sockets {
    fn wait(&mut self, longest: Duration) -> io::Result<Vec<Event>> {
        let mut watched = vec![
            PollFd::new(self.signals.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.links.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.uevents.as_fd(), PollFlags::POLLIN),
        ];
        let ethtool = self.ethtool.iter();
        watched.extend(ethtool.map(|socket| PollFd::new(socket.as_fd(), PollFlags::POLLIN)));
        let longest = PollTimeout::try_from(longest).unwrap_or(PollTimeout::MAX);
        match poll(&mut watched, longest) {
            // What the signal was for is in the pipe.
            Ok(_) | Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno.into()),
        }
        let mut events = Vec::new();
        if watched[0].any().unwrap_or(true) {
            events.push(Event::End);
        }
        read(&self.links, &mut events, link)?;
        read(&self.uevents, &mut events, uevent)?;
        if let Some(socket) = &self.ethtool {
            read(socket, &mut events, |_| Some(Event::Queues))?;
        }
        Ok(events)
    }
}

fn netlink(protocol: SockProtocol, groups: u32) -> io::Result<OwnedFd> {
    let flags = SockFlag::SOCK_NONBLOCK | SockFlag::SOCK_CLOEXEC;
    let socket = socket(AddressFamily::Netlink, SockType::Raw, flags, protocol)?;
    bind(socket.as_raw_fd(), &NetlinkAddr::new(0, groups))?;
    Ok(socket)
}

/// The group of ethtool's messages has a number of its own in each boot.
fn ethtool() -> io::Result<OwnedFd> {
    let mut ask = Request::new().op_getfamily_do();
    ask.encode().push_family_name(c"ethtool");
    let mut asking = NetlinkSocket::new();
    let mut reply = asking.request(&ask)?;
    let family = reply.recv_one()?;
    let mut groups = family.get_mcast_groups().map_err(io::Error::other)?;
    let is_monitor = |name: &std::ffi::CStr| name == c"monitor";
    let group = groups.find(|group| group.get_name().is_ok_and(is_monitor));
    let group = group.ok_or(Errno::ENOENT)?;
    let socket = netlink(SockProtocol::NetlinkGeneric, 0)?;
    let id = group.get_id().map_err(io::Error::other)?;
    setsockopt(&socket, AddMembership, &id)?;
    Ok(socket)
}

/// All that has come.
fn read(
    socket: &OwnedFd,
    events: &mut Vec<Event>,
    understand: impl Fn(&[u8]) -> Option<Event>,
) -> io::Result<()> {
    let mut message = vec![0; MESSAGE];
    loop {
        match recv(socket.as_raw_fd(), &mut message, MsgFlags::empty()) {
            Ok(length) => events.extend(understand(&message[..length])),
            Err(Errno::EAGAIN) => return Ok(()),
            Err(Errno::EINTR) => {}
            // More came than the socket holds.
            Err(Errno::ENOBUFS) => events.push(Event::Lost),
            Err(errno) => return Err(errno.into()),
        }
    }
}

/// `struct nlmsghdr`, then `struct ifinfomsg`, whose fifth to eighth bytes are the ifindex.
fn link(message: &[u8]) -> Option<Event> {
    let index = message.get(20..24)?.try_into().ok()?;
    Some(Event::Link(i32::from_ne_bytes(index)))
}

/// `online@/devices/system/cpu/cpu1`, and then the environment, each with a zero at its end.
fn uevent(message: &[u8]) -> Option<Event> {
    let text = String::from_utf8_lossy(message);
    let mut words = text.split('\0');
    let (_, path) = words.next()?.split_once('@')?;
    let kind = words.find_map(|word| word.strip_prefix("SUBSYSTEM="))?;
    match kind {
        "cpu" => Some(Event::Core),
        // Containers have many of these, and no interrupt.
        _ if path.starts_with("/devices/virtual/") => None,
        "net" | "queues" | "pci" | "virtio" | "vmbus" => Some(Event::Device(path.to_owned())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_says_is_understood() {
        let device = |path: &str| Some(Event::Device(path.to_owned()));
        for (message, event) in [
            (
                "offline@/devices/system/cpu/cpu1\0ACTION=offline\0DEVPATH=/devices/system/cpu/cpu1\0SUBSYSTEM=cpu\0SEQNUM=1700\0",
                Some(Event::Core),
            ),
            (
                "remove@/devices/pci0000:00/0000:00:03.0/virtio1/net/eth1/queues/rx-3\0ACTION=remove\0SUBSYSTEM=queues\0",
                device("/devices/pci0000:00/0000:00:03.0/virtio1/net/eth1/queues/rx-3"),
            ),
            (
                "bind@/devices/pci0000:00/0000:00:03.0\0ACTION=bind\0DRIVER=virtio-pci\0SUBSYSTEM=pci\0",
                device("/devices/pci0000:00/0000:00:03.0"),
            ),
            (
                "add@/devices/virtual/net/veth3\0ACTION=add\0SUBSYSTEM=net\0",
                None,
            ),
            (
                "change@/devices/pci0000:00/0000:00:04.0/virtio2/block/vda\0ACTION=change\0SUBSYSTEM=block\0",
                None,
            ),
            ("libudev\0\u{fe}\u{ed}", None),
            ("", None),
        ] {
            assert_eq!(uevent(message.as_bytes()), event, "{message}");
        }
        let mut message = [0; 32];
        message[20..24].copy_from_slice(&7_i32.to_ne_bytes());
        assert_eq!(link(&message), Some(Event::Link(7)));
        assert_eq!(link(&message[..22]), None);
    }

    #[test]
    fn a_signal_ends_the_wait() {
        let mut sockets = Sockets::open().expect("sockets that everybody may open");
        signal_hook::low_level::raise(SIGHUP).expect("a signal");
        let deadline = std::time::Instant::now() + Duration::from_secs(60);
        loop {
            let events = sockets.wait(Duration::from_secs(1)).expect("events");
            if events.contains(&Event::End) {
                break;
            }
            assert!(std::time::Instant::now() < deadline);
        }
        assert!(sockets.ethtool.is_some(), "every kernel since 5.6 has it");
    }
}
