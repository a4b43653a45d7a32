// SPDX-License-Identifier: GPL-2.0
//! The cable to the guest as a TCP/IP stack in this program sees it.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use kbp_vm::cable::Held;
use smoltcp::phy::{self, Device, DeviceCapabilities, Medium};
use smoltcp::time::Instant;

/// The largest Ethernet frame, without its check sequence.
const LARGEST: usize = 1514;

/// A cable, and what has come out of it.
#[derive(Debug)]
pub(super) struct Wire<'a> {
    cable: &'a Held<'a>,
    arrived: VecDeque<Vec<u8>>,
    failed: Option<io::Error>,
}

impl<'a> Wire<'a> {
    pub(super) fn new(cable: &'a Held<'a>) -> Wire<'a> {
        Wire {
            cable,
            arrived: VecDeque::new(),
            failed: None,
        }
    }

    /// Waits for a frame, and takes all that are there. Fails, too, when the last frame could not
    /// be sent.
    pub(super) fn wait(&mut self, limit: Duration) -> io::Result<()> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let mut buffer = [0; 2048];
        let mut patience = limit;
        while let Some(length) = self.cable.recv(&mut buffer, patience)? {
            self.arrived.push_back(buffer[..length].to_vec());
            patience = Duration::ZERO;
        }
        Ok(())
    }
}

/// A frame that has come.
#[derive(Debug)]
pub(super) struct Come(Vec<u8>);

impl<'a> Device for Wire<'a> {
    type RxToken<'t>
        = Come
    where
        Self: 't;
    type TxToken<'t>
        = &'t mut Wire<'a>
    where
        Self: 't;

    fn receive(&mut self, _: Instant) -> Option<(Come, &mut Wire<'a>)> {
        Some((Come(self.arrived.pop_front()?), self))
    }

    fn transmit(&mut self, _: Instant) -> Option<&mut Wire<'a>> {
        Some(self)
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ethernet;
        capabilities.max_transmission_unit = LARGEST;
        capabilities
    }
}

impl phy::RxToken for Come {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, take: F) -> R {
        take(&self.0)
    }
}

impl phy::TxToken for &mut Wire<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, fill: F) -> R {
        let mut frame = vec![0; length];
        let result = fill(&mut frame);
        self.failed = self.cable.send(&frame).err().or(self.failed.take());
        result
    }
}
