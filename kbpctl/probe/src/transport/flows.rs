// SPDX-License-Identifier: GPL-2.0
//! What every transport does.

use std::time::Duration;

/// Flows to one peer. A flow that fails loses its probes, and the others go on: what is lost is
/// counted, and [`Transport::trouble`] says what the system said.
pub trait Transport {
    /// How many flows there are.
    fn flows(&self) -> usize;

    /// Sends one payload on a flow; `false` when the system does not take it now.
    fn send(&mut self, flow: usize, payload: &[u8]) -> bool;

    /// Gives what has come to `each`, a little of it, without waiting; `false` when nothing has.
    fn receive(&mut self, each: &mut dyn FnMut(&[u8])) -> bool;

    /// Waits until something comes, or `limit` is over.
    fn wait(&mut self, limit: Duration);

    /// The last error of a socket.
    fn trouble(&self) -> Option<&str>;
}
