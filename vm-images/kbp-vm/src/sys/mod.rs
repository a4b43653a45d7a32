// SPDX-License-Identifier: GPL-2.0
//! The few system calls that have no safe wrapper, and what is made of them.
#![allow(
    unsafe_code,
    reason = "the only place in this crate for calls without a safe wrapper"
)]

use std::fs::OpenOptions;
use std::io;
use std::net::UdpSocket;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::errno::Errno;
use nix::fcntl::{fcntl, FcntlArg, FdFlag};
use nix::ifaddrs::getifaddrs;
use nix::libc;
use nix::sched::{sched_setaffinity, CpuSet};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use nix::sys::socket::{
    bind, setsockopt, socket, AddressFamily, SockFlag, SockProtocol, SockType, SockaddrLike,
};
use nix::unistd::Pid;

nix::ioctl_readwrite_bad!(tun_set_iff, libc::TUNSETIFF, libc::ifreq);
nix::ioctl_write_ptr_bad!(set_queue_length, libc::SIOCSIFTXQLEN, libc::ifreq);
nix::ioctl_write_ptr_bad!(set_flags, libc::SIOCSIFFLAGS, libc::ifreq);
nix::ioctl_read_bad!(get_window, libc::TIOCGWINSZ, libc::winsize);

mod option {
    use nix::{libc, setsockopt_impl};

    /// A packet socket does not hear what it sends.
    #[derive(Clone, Copy)]
    pub(super) struct IgnoreOutgoing;
    setsockopt_impl!(
        IgnoreOutgoing,
        libc::SOL_PACKET,
        libc::PACKET_IGNORE_OUTGOING,
        bool,
        nix::sys::socket::sockopt::SetBool
    );
}

/// Makes a child that dies with the thread that starts it, that ctrl-c does not reach, that runs on
/// `cpu` only if one is named, and that inherits `files`, which are closed here with the command.
pub(crate) fn prepare_child(command: &mut Command, files: Vec<OwnedFd>, cpu: Option<CpuSet>) {
    command.process_group(0);
    let before_exec = move || {
        set_pdeathsig(Signal::SIGKILL)?;
        if let Some(cpu) = &cpu {
            sched_setaffinity(Pid::from_raw(0), cpu)?;
        }
        for file in &files {
            fcntl(file, FcntlArg::F_SETFD(FdFlag::empty()))?;
        }
        Ok(())
    };
    // SAFETY: the closure makes system calls only, which are async-signal-safe, and allocates nothing.
    unsafe { command.pre_exec(before_exec) };
}

/// Opens one more queue of the tap `name`, and makes the tap with the first one.
pub(crate) fn open_tap(name: &str) -> io::Result<OwnedFd> {
    let tap = OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/net/tun")?;
    let flags = libc::IFF_TAP | libc::IFF_NO_PI | libc::IFF_MULTI_QUEUE;
    let mut request = flags_request(name, flags)?;
    // SAFETY: TUNSETIFF reads and writes one ifreq, which lives through the call.
    unsafe { tun_set_iff(tap.as_raw_fd(), &mut request) }?;
    Ok(tap.into())
}

/// Takes an interface up, with a transmit queue of this many frames.
pub(crate) fn set_link_up(name: &str, queue_length: i32) -> io::Result<()> {
    // Interface ioctls work on any socket.
    let socket = UdpSocket::bind("0.0.0.0:0")?;
    // The kernel's ifr_qlen; libc names the integer at this place after another request.
    let length = libc::__c_anonymous_ifr_ifru {
        ifru_metric: queue_length,
    };
    let request = request(name, length)?;
    // SAFETY: SIOCSIFTXQLEN reads one ifreq, which lives through the call.
    unsafe { set_queue_length(socket.as_raw_fd(), &request) }?;
    let request = flags_request(name, libc::IFF_UP)?;
    // SAFETY: SIOCSIFFLAGS reads one ifreq, which lives through the call.
    unsafe { set_flags(socket.as_raw_fd(), &request) }?;
    Ok(())
}

/// A packet socket that sends on `name` and receives what the other side of `name` sends.
pub(crate) fn packet_socket(name: &str) -> io::Result<OwnedFd> {
    let address = getifaddrs()?
        .filter(|interface| interface.interface_name == name)
        .filter_map(|interface| interface.address)
        .find(|address| address.family() == Some(AddressFamily::Packet))
        .ok_or(Errno::ENODEV)?;
    // The address has no protocol; that of the socket stays in force when it is bound.
    let socket = socket(
        AddressFamily::Packet,
        SockType::Raw,
        SockFlag::SOCK_CLOEXEC,
        SockProtocol::EthAll,
    )?;
    setsockopt(&socket, option::IgnoreOutgoing, &true)?;
    bind(socket.as_raw_fd(), &address)?;
    Ok(socket)
}

/// The rows and columns of a terminal; `None` if the file is none, or a terminal without a size.
pub fn window_size(terminal: impl AsFd) -> Option<(u16, u16)> {
    let mut size = libc::winsize {
        ws_row: 0,
        ws_col: 0,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    // SAFETY: TIOCGWINSZ writes one winsize, which lives through the call.
    unsafe { get_window(terminal.as_fd().as_raw_fd(), &mut size) }.ok()?;
    (size.ws_row > 0 && size.ws_col > 0).then_some((size.ws_row, size.ws_col))
}

/// A request about the interface `name` with these flags.
fn flags_request(name: &str, flags: libc::c_int) -> io::Result<libc::ifreq> {
    let ifru_flags = flags as libc::c_short;
    request(name, libc::__c_anonymous_ifr_ifru { ifru_flags })
}

/// A request about the interface `name`.
fn request(name: &str, value: libc::__c_anonymous_ifr_ifru) -> io::Result<libc::ifreq> {
    let mut request = libc::ifreq {
        ifr_name: [0; libc::IFNAMSIZ],
        ifr_ifru: value,
    };
    // The last byte stays zero.
    if name.len() >= request.ifr_name.len() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    for (place, byte) in request.ifr_name.iter_mut().zip(name.bytes()) {
        *place = byte as libc::c_char;
    }
    Ok(request)
}
