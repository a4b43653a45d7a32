// SPDX-License-Identifier: GPL-2.0
//! A peer that does not exist: what is late with it is late by the sender's own fault.

use std::thread;
use std::time::Duration;

use super::flows::Transport;

/// Takes everything, answers nothing.
#[derive(Debug)]
pub struct Silent;

impl Transport for Silent {
    fn flows(&self) -> usize {
        1
    }

    fn send(&mut self, _: usize, _: &[u8]) -> bool {
        true
    }

    fn receive(&mut self, _: &mut dyn FnMut(&[u8])) -> bool {
        false
    }

    fn wait(&mut self, limit: Duration) {
        thread::sleep(limit);
    }

    fn trouble(&self) -> Option<&str> {
        None
    }
}
