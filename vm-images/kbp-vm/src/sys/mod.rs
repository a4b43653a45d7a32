// SPDX-License-Identifier: GPL-2.0
//! The few system calls that have no safe wrapper.
#![allow(
    unsafe_code,
    reason = "the only place in this crate for calls without a safe wrapper"
)]

use std::fs::OpenOptions;
use std::io;
use std::mem::{size_of, zeroed};
use std::net::UdpSocket;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Makes a child that dies with the thread that starts it, that ctrl-c does not reach, and that
/// inherits `files`.
pub(crate) fn prepare_child(command: &mut Command, files: &[OwnedFd]) {
    let files: Vec<RawFd> = files.iter().map(AsRawFd::as_raw_fd).collect();
    command.process_group(0);
    let before_exec = move || {
        // SAFETY: prctl with these arguments touches no memory and is async-signal-safe.
        check(unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL as libc::c_ulong) })?;
        for file in &files {
            // SAFETY: F_SETFD touches no memory, is async-signal-safe, and fails on a bad number.
            check(unsafe { libc::fcntl(*file, libc::F_SETFD, 0) })?;
        }
        Ok(())
    };
    // SAFETY: the closure makes only async-signal-safe calls and allocates nothing.
    unsafe { command.pre_exec(before_exec) };
}

fn check(result: libc::c_int) -> io::Result<()> {
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Gives the calling thread a new, empty network namespace.
pub(crate) fn unshare_network() -> io::Result<()> {
    // SAFETY: unshare takes no pointers; CLONE_NEWNET changes nothing that memory safety rests on.
    check(unsafe { libc::unshare(libc::CLONE_NEWNET) })
}

/// Opens one more queue of the tap `name`, and makes the tap with the first one.
pub(crate) fn open_tap(name: &str) -> io::Result<OwnedFd> {
    let tap = OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/net/tun")?;
    let mut request = interface(name)?;
    request.ifr_ifru.ifru_flags =
        (libc::IFF_TAP | libc::IFF_NO_PI | libc::IFF_MULTI_QUEUE) as libc::c_short;
    // SAFETY: TUNSETIFF reads and writes one ifreq, which lives through the call.
    check(unsafe { libc::ioctl(tap.as_raw_fd(), libc::TUNSETIFF, &mut request) })?;
    Ok(tap.into())
}

/// Takes an interface up, with a transmit queue of this many frames.
pub(crate) fn set_link_up(name: &str, queue_length: i32) -> io::Result<()> {
    // Interface ioctls work on any socket.
    let socket = UdpSocket::bind("0.0.0.0:0")?;
    let mut request = interface(name)?;
    // The kernel's ifr_qlen; libc names the integer at this place after another request.
    request.ifr_ifru.ifru_metric = queue_length;
    // SAFETY: SIOCSIFTXQLEN reads one ifreq, which lives through the call.
    check(unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFTXQLEN, &mut request) })?;
    let mut request = interface(name)?;
    request.ifr_ifru.ifru_flags = libc::IFF_UP as libc::c_short;
    // SAFETY: SIOCSIFFLAGS reads one ifreq, which lives through the call.
    check(unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &mut request) })
}

/// A packet socket that sends on `name` and receives what the other side of `name` sends.
pub(crate) fn packet_socket(name: &str) -> io::Result<OwnedFd> {
    let index = rustix::net::netdevice::name_to_index(UdpSocket::bind("0.0.0.0:0")?, name)?;
    // SAFETY: socket takes no pointers.
    let number = unsafe { libc::socket(libc::AF_PACKET, libc::SOCK_RAW | libc::SOCK_CLOEXEC, 0) };
    check(number)?;
    // SAFETY: the number is a new descriptor that nobody else owns.
    let socket = unsafe { OwnedFd::from_raw_fd(number) };
    let on: libc::c_int = 1;
    // SAFETY: setsockopt reads one int, which lives through the call.
    check(unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_PACKET,
            libc::PACKET_IGNORE_OUTGOING,
            (&raw const on).cast(),
            size_of::<libc::c_int>() as libc::socklen_t,
        )
    })?;
    // SAFETY: sockaddr_ll is plain integers, for which zero is a value.
    let mut address: libc::sockaddr_ll = unsafe { zeroed() };
    address.sll_family = libc::AF_PACKET as u16;
    address.sll_protocol = (libc::ETH_P_ALL as u16).to_be();
    address.sll_ifindex = index as libc::c_int;
    // SAFETY: bind reads one sockaddr_ll of the given size, which lives through the call.
    check(unsafe {
        libc::bind(
            socket.as_raw_fd(),
            (&raw const address).cast(),
            size_of::<libc::sockaddr_ll>() as libc::socklen_t,
        )
    })?;
    Ok(socket)
}

/// A request about the interface `name`.
fn interface(name: &str) -> io::Result<libc::ifreq> {
    // SAFETY: ifreq is integers and a union of integers, for which zero is a value.
    let mut request: libc::ifreq = unsafe { zeroed() };
    // The last byte stays zero.
    if name.len() >= request.ifr_name.len() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    for (place, byte) in request.ifr_name.iter_mut().zip(name.bytes()) {
        *place = byte as libc::c_char;
    }
    Ok(request)
}
