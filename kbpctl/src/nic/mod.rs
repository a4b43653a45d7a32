// SPDX-License-Identifier: GPL-2.0
//! Network interfaces and their interrupts, as the kernel shows them.
//!
//! [`interface`] finds the NICs that a name leads to, [`sysfs`] reads their interrupts, [`vectors`]
//! knows which of them receive, [`affinity`] where one goes, and [`interrupts`] how often each
//! came. [`transmit`] has the queues that send. [`card`] has all of that of one NIC, and [`why`]
//! says why one has nothing that receives.

pub(crate) mod affinity;
pub(crate) mod card;
pub(crate) mod interface;
pub(crate) mod interrupts;
#[cfg(test)]
mod layouts;
pub(crate) mod sysfs;
pub(crate) mod transmit;
pub(crate) mod vectors;
pub(crate) mod why;
