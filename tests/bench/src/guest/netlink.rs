// SPDX-License-Identifier: GPL-2.0
//! The few words of the kernel's generic netlink family `netdev` that sysfs has no file for.

use std::os::fd::OwnedFd;

use rustix::io::Errno;
use rustix::net::{netlink, recv, send, socket, AddressFamily, RecvFlags, SendFlags, SocketType};

use crate::{Error, Result};

const ERROR: u16 = 2;
const DONE: u16 = 3;
const CONTROL: u16 = 0x10;
const GET_FAMILY: u8 = 3;
const FAMILY_ID: u16 = 1;
const FAMILY_NAME: u16 = 2;
pub(super) const REQUEST: u16 = 1;
pub(super) const ACK: u16 = 4;
pub(super) const DUMP: u16 = 0x300;
const NAPI_GET: u8 = 11;
const NAPI_SET: u8 = 14;
const NAPI_IFINDEX: u16 = 1;
const NAPI_ID: u16 = 2;
const NAPI_PID: u16 = 4;
const NAPI_DEFER: u16 = 5;
const NAPI_FLUSH: u16 = 6;
const NAPI_SUSPEND: u16 = 7;
const NAPI_THREADED: u16 = 8;
/// Length of nlmsghdr and of genlmsghdr.
const HEADER: usize = 16;
const GENERIC: usize = 4;

/// How a NAPI is polled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threaded {
    /// By softirq.
    No = 0,
    /// By a thread that polls all the time.
    BusyPoll = 2,
}

/// A NAPI as the family shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Napi {
    /// Its number.
    pub id: u32,
    /// The thread that polls it.
    pub pid: Option<u32>,
}

/// A connection to the family.
#[derive(Debug)]
pub struct Netdev {
    socket: OwnedFd,
    family: u16,
}

impl Netdev {
    /// Asks for the family's number.
    pub fn open() -> Result<Netdev> {
        let socket = socket(
            AddressFamily::NETLINK,
            SocketType::RAW,
            Some(netlink::GENERIC),
        )
        .map_err(Error::doing("cannot open a netlink socket"))?;
        let name = attribute(FAMILY_NAME, b"netdev\0");
        let answers = exchange(&socket, CONTROL, REQUEST | ACK, GET_FAMILY, &name)?;
        let family = answers
            .iter()
            .find_map(|answer| find(answer, FAMILY_ID)?.try_into().ok())
            .map(u16::from_ne_bytes)
            .ok_or_else(|| Error::Other("this kernel has no netlink family netdev".into()))?;
        Ok(Netdev { socket, family })
    }

    /// The NAPIs of an interface.
    pub fn napis(&self, ifindex: u32) -> Result<Vec<Napi>> {
        let of = attribute(NAPI_IFINDEX, &ifindex.to_ne_bytes());
        let answers = exchange(&self.socket, self.family, REQUEST | DUMP, NAPI_GET, &of)?;
        Ok(answers.iter().filter_map(|answer| napi(answer)).collect())
    }

    /// Chooses how a NAPI is polled.
    pub fn set_threaded(&self, id: u32, threaded: Threaded) -> Result<()> {
        self.set_napi(id, &[(NAPI_THREADED, threaded as u32)])
    }

    /// Interrupts of a NAPI: how many empty polls go by before one is armed again, how long (ns) until a
    /// timer polls meanwhile, and for how long (ns) an epoll that has found packets keeps them off.
    pub fn set_interrupts(
        &self,
        id: u32,
        defer: u32,
        flush_ns: u32,
        suspend_ns: u32,
    ) -> Result<()> {
        self.set_napi(
            id,
            &[
                (NAPI_DEFER, defer),
                (NAPI_FLUSH, flush_ns),
                (NAPI_SUSPEND, suspend_ns),
            ],
        )
    }

    fn set_napi(&self, id: u32, values: &[(u16, u32)]) -> Result<()> {
        let mut attributes = attribute(NAPI_ID, &id.to_ne_bytes());
        for (kind, value) in values {
            attributes.extend(attribute(*kind, &value.to_ne_bytes()));
        }
        exchange(
            &self.socket,
            self.family,
            REQUEST | ACK,
            NAPI_SET,
            &attributes,
        )
        .map(drop)
    }
}

fn napi(answer: &[u8]) -> Option<Napi> {
    let number = |kind| Some(u32::from_ne_bytes(find(answer, kind)?.try_into().ok()?));
    Some(Napi {
        id: number(NAPI_ID)?,
        pid: number(NAPI_PID),
    })
}

/// Sends one request; the attributes of each answer, until the kernel says that it was the last.
fn exchange(
    socket: &OwnedFd,
    family: u16,
    flags: u16,
    command: u8,
    attributes: &[u8],
) -> Result<Vec<Vec<u8>>> {
    converse(socket, &message(family, flags, command, attributes))
        .map_err(Error::doing(format!("netlink command {command}")))
}

/// The same for a request of any family; each answer begins after the first four bytes of what its
/// family puts before the attributes.
pub(super) fn converse(socket: &OwnedFd, request: &[u8]) -> rustix::io::Result<Vec<Vec<u8>>> {
    send(socket, request, SendFlags::empty())?;
    let mut buffer = vec![0; 65536];
    let mut answers = Vec::new();
    loop {
        let (_, length) = recv(socket, buffer.as_mut_slice(), RecvFlags::empty())?;
        if take(&buffer[..length], &mut answers)? {
            return Ok(answers);
        }
    }
}

fn message(family: u16, flags: u16, command: u8, attributes: &[u8]) -> Vec<u8> {
    request(family, flags, &[command, 1, 0, 0], attributes)
}

/// A message: what its family wants first, then the attributes.
pub(super) fn request(kind: u16, flags: u16, first: &[u8], attributes: &[u8]) -> Vec<u8> {
    let length = (HEADER + first.len() + attributes.len()) as u32;
    let mut out = length.to_ne_bytes().to_vec();
    out.extend(kind.to_ne_bytes());
    out.extend(flags.to_ne_bytes());
    // Sequence number and port: we have one request under way, and the kernel knows us.
    out.extend([0; 8]);
    out.extend(first);
    out.extend(attributes);
    out
}

pub(super) fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    let mut out = ((4 + value.len()) as u16).to_ne_bytes().to_vec();
    out.extend(kind.to_ne_bytes());
    out.extend(value);
    out.resize(out.len().next_multiple_of(4), 0);
    out
}

/// Takes the messages of one datagram. True when the answer is complete.
fn take(mut datagram: &[u8], answers: &mut Vec<Vec<u8>>) -> std::result::Result<bool, Errno> {
    while let Some((length, kind)) = header(datagram) {
        let body = datagram.get(HEADER..length).ok_or(Errno::BADMSG)?;
        match kind {
            DONE => return Ok(true),
            ERROR => {
                let code = body
                    .first_chunk()
                    .map_or(0, |bytes| i32::from_ne_bytes(*bytes));
                return match code {
                    0 => Ok(true),
                    code => Err(Errno::from_raw_os_error(-code)),
                };
            }
            _ => answers.push(body.get(GENERIC..).ok_or(Errno::BADMSG)?.to_vec()),
        }
        datagram = datagram.get(length.next_multiple_of(4)..).unwrap_or(&[]);
    }
    Ok(false)
}

fn header(datagram: &[u8]) -> Option<(usize, u16)> {
    let length = u32::from_ne_bytes(*datagram.first_chunk()?) as usize;
    let kind = u16::from_ne_bytes(datagram.get(4..6)?.try_into().ok()?);
    (length >= HEADER).then_some((length, kind))
}

/// The value of the first attribute of this kind.
pub(super) fn find(mut attributes: &[u8], wanted: u16) -> Option<&[u8]> {
    loop {
        let length = usize::from(u16::from_ne_bytes(*attributes.first_chunk()?));
        let kind = u16::from_ne_bytes(attributes.get(2..4)?.try_into().ok()?);
        let value = attributes.get(4..length)?;
        if kind == wanted {
            return Some(value);
        }
        attributes = attributes.get(length.next_multiple_of(4)..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut attributes = attribute(FAMILY_NAME, b"netdev\0");
        attributes.extend(attribute(NAPI_ID, &7_u32.to_ne_bytes()));
        attributes.extend(attribute(NAPI_PID, &99_u32.to_ne_bytes()));
        let answer = message(20, 0, NAPI_GET, &attributes[12..]);
        let mut both = answer.clone();
        both.extend(message(DONE, 0, 0, &[]));
        let mut answers = Vec::new();
        assert_eq!(take(&answer, &mut answers), Ok(false));
        assert_eq!(take(&both, &mut answers), Ok(true));
        assert_eq!(answers.len(), 2);
        assert_eq!(
            napi(&answers[0]),
            Some(Napi {
                id: 7,
                pid: Some(99)
            })
        );
        assert_eq!(find(&attributes, FAMILY_NAME), Some(&b"netdev\0"[..]));
        assert_eq!(find(&attributes, NAPI_THREADED), None);
    }

    #[test]
    fn refusals_and_rubbish_are_errors() {
        let mut refusal = message(ERROR, 0, 0, &[]);
        refusal[HEADER..].copy_from_slice(&(-2_i32).to_ne_bytes());
        assert_eq!(take(&refusal, &mut Vec::new()), Err(Errno::NOENT));
        refusal[HEADER..].copy_from_slice(&0_i32.to_ne_bytes());
        assert_eq!(take(&refusal, &mut Vec::new()), Ok(true));
        let short = &message(20, 0, NAPI_GET, &[0; 8])[..24];
        assert_eq!(take(short, &mut Vec::new()), Err(Errno::BADMSG));
        // An attribute that is longer than the message, and one of no length.
        assert_eq!(find(&[9, 0, 2, 0, 1], 2), None);
        assert_eq!(find(&[0, 0, 2, 0, 1], 2), None);
    }

    #[test]
    fn this_kernel_answers() {
        // Root or not: to ask is free. Old kernels lack the family, and say so.
        match Netdev::open() {
            Ok(netdev) => assert!(netdev.napis(1).is_ok_and(|napis| napis.is_empty())),
            Err(error) => assert!(error.to_string().contains("netlink"), "{error}"),
        }
    }
}
