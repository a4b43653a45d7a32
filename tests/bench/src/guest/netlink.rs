// SPDX-License-Identifier: GPL-2.0
//! Netlink: a request of any family, and the few words of the family `netdev` that sysfs has no file
//! for.

use netlink_bindings::netdev::Request;
use netlink_bindings::traits::NetlinkRequest;
use netlink_socket2::{NetlinkSocket, ReplyError};
use nix::net::if_::if_nametoindex;

use crate::{Error, Result};

pub use netlink_bindings::netdev::NapiThreaded as Threaded;

/// What `read` takes from the answers, on a connection of its own.
pub(crate) fn ask<R: NetlinkRequest, T>(
    request: &R,
    read: impl Fn(R::ReplyType<'_>) -> Option<T>,
) -> std::result::Result<Vec<T>, ReplyError> {
    let mut socket = NetlinkSocket::new();
    let mut reply = socket.request(request)?;
    let mut answers = Vec::new();
    while let Some(answer) = reply.recv() {
        answers.extend(read(answer?));
    }
    Ok(answers)
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

/// The family; this kernel has it.
#[derive(Debug)]
pub struct Netdev(());

impl Netdev {
    /// Finds the family.
    pub fn open() -> Result<Netdev> {
        // Any question asks for the family's number first.
        let any = Request::new().op_dev_get_dump();
        ask(&any, |_| Some(()))
            .map(|_| Netdev(()))
            .map_err(failed("this kernel has no netlink family netdev"))
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
        let napis =
            ask(&of, read).map_err(failed(format!("cannot list the NAPIs of {interface}")))?;
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
        change(&set, format!("cannot set how NAPI {id} is polled"))
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
        change(&set, format!("cannot set the interrupts of NAPI {id}"))
    }
}

fn change(request: &impl NetlinkRequest, what: String) -> Result<()> {
    ask(request, |_| None::<()>).map(drop).map_err(failed(what))
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
