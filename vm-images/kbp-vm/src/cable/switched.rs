// SPDX-License-Identifier: GPL-2.0
//! A cable that leads through Open vSwitch with DPDK to a vhost-user port.
//!
//! The host's end is the program's side of a tap, in the run's own network namespace; the switch polls the
//! tap's other side, and the rings that it shares with the guest.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::end::{Cable, Counters, End, Stats};
use super::tap;
use crate::address::{guest_mac, mac_text};
use crate::error::Result;
use crate::switch::Switch;
use crate::wait::readable;

/// Frames through the program's side of a tap.
#[derive(Debug)]
pub struct Switched {
    tap: File,
    counters: Counters,
}

impl Cable for Switched {
    fn send(&self, frame: &[u8]) -> io::Result<()> {
        self.counters.sent((&self.tap).write(frame))
    }

    fn recv(&self, buffer: &mut [u8], limit: Duration) -> io::Result<Option<usize>> {
        if !readable(&self.tap, limit)? {
            return Ok(None);
        }
        match (&self.tap).read(buffer) {
            Ok(length) => Ok(self.counters.received(length)),
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn stats(&self) -> Stats {
        self.counters.stats()
    }
}

/// Makes the tap and both its ports, in the namespace that `tap::isolate` has entered.
pub(crate) fn make(n: usize, dir: &Path, switch: &mut Switch) -> Result<End> {
    let name = format!("kbp{n}");
    let tap = tap::open(&name)?;
    tap::start(&name)?;
    switch.add_interface(&name)?;
    let socket = switch.add_guest(&format!("vhost{n}"), dir)?;
    let chardev = format!(
        "socket,id=c{n},path={},server=on,wait=off",
        socket.display()
    );
    let netdev = format!("vhost-user,id=n{n},chardev=c{n}");
    let device = format!(
        "virtio-net-pci,netdev=n{n},mac={},romfile=",
        mac_text(guest_mac(n))
    );
    let args = ["-chardev", &chardev, "-netdev", &netdev, "-device", &device];
    Ok(End {
        cable: Arc::new(Switched {
            tap: tap.into(),
            counters: Counters::default(),
        }),
        args: args.map(String::from).into(),
    })
}
