// SPDX-License-Identifier: GPL-2.0
//! What control orders a poller to do.

use super::guard::Between;
use super::policy::Policy;

/// What control wants of a poller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Serve the core.
    Serve,
    /// Leave the core to softirq for now: the system is going to sleep.
    Pause,
    /// Give the core back and end.
    Stop,
}

/// What control has ordered; it may change at any moment.
pub trait Orders {
    /// What to do now.
    fn current(&self, between: &mut Between) -> Order;
    /// A number that changes with the policy.
    fn version(&self) -> u32;
    /// How to serve.
    fn policy(&self) -> Policy;
}
