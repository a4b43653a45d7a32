// SPDX-License-Identifier: GPL-2.0
//! Netlink: a connection for all families, and the few words of the family `netdev` that sysfs has
//! no file for.

use std::cell::RefCell;
use std::fmt::{self, Debug, Formatter};

use netlink_bindings::netdev::Request;
use netlink_bindings::traits::NetlinkRequest;
use netlink_socket2::{NetlinkSocket, ReplyError};
use nix::net::if_::if_nametoindex;

use crate::{Error, Result};

pub use netlink_bindings::netdev::NapiThreaded as Threaded;

/// A connection. Its first request makes it; it talks of the namespace in which that was made.
#[derive(Default)]
pub(crate) struct Netlink(RefCell<NetlinkSocket>);

/// What the kernel answered.
pub(crate) type Answered<T> = std::result::Result<T, ReplyError>;

impl Netlink {
    /// Has something done; `what` could not be if it fails.
    pub(crate) fn command(
        &self,
        request: &impl NetlinkRequest,
        what: impl Into<String>,
    ) -> Result<()> {
        self.ask(request, |_| None::<()>)
            .map(drop)
            .map_err(failed(what))
    }

    /// What `read` takes from the answers.
    pub(crate) fn ask<R: NetlinkRequest, T>(
        &self,
        request: &R,
        read: impl Fn(R::ReplyType<'_>) -> Option<T>,
    ) -> Answered<Vec<T>> {
        let mut socket = self.0.borrow_mut();
        let mut reply = socket.request(request)?;
        let mut answers = Vec::new();
        while let Some(answer) = reply.recv() {
            answers.extend(read(answer?));
        }
        Ok(answers)
    }
}

impl Debug for Netlink {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Netlink")
    }
}

/// An error in the kernel's own words.
pub(crate) fn failed(what: impl Into<String>) -> impl FnOnce(ReplyError) -> Error {
    let what = what.into();
    move |error| Error::Other(format!("{what}: {error}"))
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
pub struct Netdev(Netlink);

impl Netdev {
    /// Finds the family.
    pub fn open() -> Result<Netdev> {
        let netlink = Netlink::default();
        // Any question asks for the family's number first.
        let any = Request::new().op_dev_get_dump();
        netlink
            .ask(&any, |_| Some(()))
            .map_err(failed("this kernel has no netlink family netdev"))?;
        Ok(Netdev(netlink))
    }

    /// The NAPIs of an interface, at least one.
    pub fn napis(&self, interface: &str) -> Result<Vec<Napi>> {
        let index = if_nametoindex(interface)
            .map_err(Error::doing(format!("cannot find the device {interface}")))?;
        let mut of = Request::new().op_napi_get_dump();
        of.encode().push_ifindex(index);
        let read = |napi: netlink_bindings::netdev::IterableNapi<'_>| {
            Some(Napi {
                id: napi.get_id().ok()?,
                pid: napi.get_pid().ok(),
            })
        };
        let napis = self.0.ask(&of, read);
        let napis = napis.map_err(failed(format!("cannot list the NAPIs of {interface}")))?;
        match napis.is_empty() {
            true => Err(Error::Other(format!(
                "netlink shows no NAPI of {interface}"
            ))),
            false => Ok(napis),
        }
    }

    /// Chooses how a NAPI is polled.
    pub fn set_threaded(&self, id: u32, threaded: Threaded) -> Result<()> {
        let mut set = Request::new().op_napi_set_do();
        set.encode().push_id(id).push_threaded(threaded as u32);
        let what = format!("cannot set how NAPI {id} is polled");
        self.0.command(&set, what)
    }

    /// Interrupts of a NAPI: how many empty polls go by before one is armed again, how long (ns)
    /// until a timer polls meanwhile, and for how long (ns) an epoll that has found packets keeps
    /// them off.
    pub fn set_interrupts(
        &self,
        id: u32,
        defer: u32,
        flush_ns: u32,
        suspend_ns: u32,
    ) -> Result<()> {
        let mut set = Request::new().op_napi_set_do();
        set.encode()
            .push_id(id)
            .push_defer_hard_irqs(defer)
            .push_gro_flush_timeout(flush_ns)
            .push_irq_suspend_timeout(suspend_ns);
        let what = format!("cannot set the interrupts of NAPI {id}");
        self.0.command(&set, what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_kernel_answers() {
        // Root or not: to ask is free. Old kernels lack the family, and say so.
        let said = Netdev::open().and_then(|netdev| netdev.napis("lo"));
        let error = said.unwrap_err().to_string();
        let expected = ["no NAPI of lo", "no netlink family netdev"];
        assert!(
            expected.iter().any(|words| error.contains(words)),
            "{error}"
        );
    }
}
