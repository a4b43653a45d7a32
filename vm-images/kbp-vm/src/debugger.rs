// SPDX-License-Identifier: GPL-2.0
//! A debugger for the guest's CPUs: QEMU speaks gdb's remote protocol on a TCP port of this machine.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::fd::{AsRawFd, OwnedFd};

use crate::error::{Error, Result};

/// A port that listens, and is there before QEMU is: nobody else can take it in between, and QEMU may be
/// in a network namespace that gdb is not in.
#[derive(Debug)]
pub(crate) struct Debugger {
    listener: TcpListener,
    pub(crate) address: SocketAddr,
}

impl Debugger {
    /// Takes this port, or a free one if it is 0.
    pub(crate) fn listen(port: u16) -> Result<Debugger> {
        let doing = || Error::doing(format!("cannot listen for gdb on port {port}"));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(doing())?;
        let address = listener.local_addr().map_err(doing())?;
        Ok(Debugger { listener, address })
    }

    /// What QEMU must be told, and must inherit: it waits for gdb before the first instruction.
    pub(crate) fn hand_over(self) -> ([String; 5], OwnedFd) {
        let number = self.listener.as_raw_fd();
        let port = format!("socket,id=gdb,fd={number},server=on,wait=off");
        let words = ["-S", "-chardev", &port, "-gdb", "chardev:gdb"];
        (words.map(String::from), self.listener.into())
    }
}
